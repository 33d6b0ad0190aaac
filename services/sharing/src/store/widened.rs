//! The tables `consent_asked` and `consent_confirmed`: append-only.

use std::collections::{BTreeSet, HashMap, HashSet};

use kit::column::parsed;
use schemas::{AgencyId, MessageId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::rules::consent::StatementVersion;
use crate::rules::widened::{Asked, Confirmed};

/// What these reminders asked.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn asked(
    tx: &mut PgConnection,
    reminders: &BTreeSet<Uuid>,
) -> Result<HashMap<Uuid, Asked>, sqlx::Error> {
    if reminders.is_empty() {
        return Ok(HashMap::new());
    }
    let reminders: Vec<Uuid> = reminders.iter().copied().collect();
    let rows = sqlx::query!(
        "SELECT reminder_id, agency, of_agency, message_id, asked_at FROM consent_asked
         WHERE reminder_id = ANY($1)",
        &reminders,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let of = (parsed(&row.of_agency)?, MessageId::from_uuid(row.message_id));
            let agency = parsed(&row.agency)?;
            let asked = Asked { reminder: row.reminder_id, agency, of, asked_at: row.asked_at };
            Ok((row.reminder_id, asked))
        })
        .collect()
}

/// Who was asked to confirm these statements.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn asked_of(
    tx: &mut PgConnection,
    of: &[StatementVersion],
) -> Result<HashSet<(AgencyId, (AgencyId, MessageId))>, sqlx::Error> {
    let agencies: Vec<&str> = of.iter().map(|version| version.agency.as_str()).collect();
    let messages: Vec<Uuid> = of.iter().map(|version| version.message.as_uuid()).collect();
    let rows = sqlx::query!(
        "SELECT asked.agency, asked.of_agency, asked.message_id
         FROM unnest($1::text[], $2::uuid[]) AS said(agency, message_id)
         JOIN consent_asked asked ON asked.of_agency = said.agency AND asked.message_id = said.message_id",
        &agencies as _,
        &messages,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let of = (parsed(&row.of_agency)?, MessageId::from_uuid(row.message_id));
            Ok((parsed(&row.agency)?, of))
        })
        .collect()
}

/// Notes what was asked.
///
/// # Errors
/// When the database refuses.
pub async fn store_asked(tx: &mut PgConnection, asked: &[Asked]) -> Result<(), sqlx::Error> {
    for Asked { reminder, agency, of: (of_agency, message), asked_at } in asked {
        sqlx::query!(
            "INSERT INTO consent_asked (reminder_id, agency, of_agency, message_id, asked_at)
             VALUES ($1, $2, $3, $4, $5)",
            reminder,
            agency.as_str(),
            of_agency.as_str(),
            message.as_uuid(),
            asked_at,
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Notes that statements were confirmed: once by each.
///
/// # Errors
/// When the database refuses.
pub async fn store_confirmed(tx: &mut PgConnection, confirmed: &[Confirmed]) -> Result<(), sqlx::Error> {
    for Confirmed { of: (agency, message), by, for_agency, confirmed_at } in confirmed {
        sqlx::query!(
            "INSERT INTO consent_confirmed (agency, message_id, confirmed_by, confirmed_at, for_agency)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            agency.as_str(),
            message.as_uuid(),
            by.as_str(),
            confirmed_at,
            for_agency.as_ref().map(AgencyId::as_str),
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}
