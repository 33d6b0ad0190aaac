//! The table `authority`, as operators keep it.

use std::collections::HashMap;

use schemas::{AgencyId, AuthorityId, CafRef, Day, SafetyNote};
use serde::Serialize;
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;

use super::{stands, watch};
use crate::rules::register::{AuthorityEntry, Locality, Terms};
use crate::rules::watch::Watch;
use crate::rules::world::Desk;
use kit::column::{parsed, parsed_if_any};

/// An authority of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Registered {
    pub id: AuthorityId,
    #[serde(flatten)]
    pub entry: AuthorityEntry,
}

/// One authority, or all, by id.
///
/// # Errors
/// When the database refuses.
pub async fn list(db: &PgPool, only: Option<&AuthorityId>) -> Result<Vec<Registered>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT authority, name, safeguarding_phone, caf_team, intention_days, reopen_days, refusal_days,
                index_age, bank_holidays, reopened_by, needs_agreement
         FROM authority WHERE $1::text IS NULL OR authority = $1 ORDER BY authority",
        only.map(AuthorityId::as_str),
    )
    .fetch_all(db)
    .await?;
    rows.iter()
        .map(|row| {
            let entry = AuthorityEntry {
                name: parsed(&row.name)?,
                safeguarding_phone: parsed(&row.safeguarding_phone)?,
                caf_team: parsed_if_any(row.caf_team.as_deref())?,
                reopened_by: row.reopened_by.iter().map(|id| parsed(id)).collect::<Result<_, _>>()?,
                needs_agreement: Some(row.needs_agreement),
                terms: Terms {
                    intention_days: row.intention_days,
                    reopen_days: row.reopen_days,
                    refusal_days: row.refusal_days,
                    index_age: row.index_age,
                },
                bank_holidays: row.bank_holidays.iter().copied().map(Day::from_date).collect(),
            };
            Ok(Registered { id: parsed(&row.authority)?, entry })
        })
        .collect()
}

/// These authorities, as who intends a CAF needs them.
///
/// # Errors
/// When the database refuses.
pub async fn localities(
    tx: &mut PgConnection,
    authorities: &[&str],
) -> Result<HashMap<AuthorityId, Locality>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT u.authority, u.name, u.safeguarding_phone, u.intention_days, u.reopen_days, u.refusal_days, u.index_age,
                  coalesce(team.neutral_display_name, team.display_name, u.name) AS "desk!",
                  coalesce(team.duty_desk_phone, u.safeguarding_phone) AS "phone!"
           FROM authority u
           LEFT JOIN agency AS team ON team.agency = u.caf_team AND team.state = 'active'
           WHERE u.authority = ANY($1)"#,
        authorities as _,
    )
    .fetch_all(tx)
    .await?;
    rows.iter()
        .map(|row| {
            let terms = Terms {
                intention_days: row.intention_days,
                reopen_days: row.reopen_days,
                refusal_days: row.refusal_days,
                index_age: row.index_age,
            };
            let desk = Desk { name: parsed(&row.desk)?, phone: parsed(&row.phone)? };
            let safety_note =
                SafetyNote::with_numbers([(row.name.as_str(), &parsed(&row.safeguarding_phone)?)]);
            Ok((parsed(&row.authority)?, Locality { terms, desk, safety_note }))
        })
        .collect()
}

/// Writes an entry. The CAF team may be enrolled later. Where its CAFs show otherwise from then on, they are
/// looked at.
///
/// # Errors
/// When the database refuses.
pub async fn put(
    tx: &mut PgConnection,
    id: &AuthorityId,
    entry: &AuthorityEntry,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let before = sqlx::query!(
        "SELECT needs_agreement, caf_team FROM authority WHERE authority = $1 FOR UPDATE",
        id.as_str()
    );
    let before = before.fetch_optional(&mut *tx).await?;
    sqlx::query!(
        "INSERT INTO authority (authority, name, safeguarding_phone, caf_team, intention_days, reopen_days,
                                refusal_days, index_age, bank_holidays, reopened_by, needs_agreement)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, coalesce($11, false))
         ON CONFLICT (authority) DO UPDATE
         SET name = EXCLUDED.name, safeguarding_phone = EXCLUDED.safeguarding_phone,
             caf_team = EXCLUDED.caf_team, intention_days = EXCLUDED.intention_days,
             reopen_days = EXCLUDED.reopen_days, refusal_days = EXCLUDED.refusal_days,
             index_age = EXCLUDED.index_age, bank_holidays = EXCLUDED.bank_holidays,
             reopened_by = EXCLUDED.reopened_by, needs_agreement = coalesce($11, authority.needs_agreement)",
        id.as_str(),
        entry.name.as_str(),
        entry.safeguarding_phone.as_str(),
        entry.caf_team.as_ref().map(AgencyId::as_str),
        entry.terms.intention_days,
        entry.terms.reopen_days,
        entry.terms.refusal_days,
        entry.terms.index_age,
        &entry.bank_holidays.iter().map(|day| day.date()).collect::<Vec<_>>(),
        &entry.reopened_by.iter().map(AgencyId::as_str).collect::<Vec<_>>() as _,
        entry.needs_agreement as _,
    )
    .execute(&mut *tx)
    .await?;
    let team = entry.caf_team.as_ref().map(AgencyId::as_str);
    let team_before = before.as_ref().and_then(|before| before.caf_team.as_deref());
    stands::of_area(tx, id, &team.into_iter().chain(team_before).collect::<Vec<_>>()).await?;
    let agreed_before = before.as_ref().map(|before| before.needs_agreement);
    let agreement_changed =
        agreed_before.zip(entry.needs_agreement).is_some_and(|(before, after)| before != after);
    if team != team_before || agreement_changed {
        stands::of_log(tx, id).await?;
    }
    if agreement_changed {
        let cafs = sqlx::query_scalar!("SELECT caf_ref FROM caf WHERE authority = $1", id.as_str());
        let cafs: Vec<CafRef> =
            cafs.fetch_all(&mut *tx).await?.iter().map(|caf| parsed(caf)).collect::<Result<_, _>>()?;
        watch::look_at(tx, cafs.into_iter().map(|caf| (Watch::Caf(caf), now))).await?;
    }
    Ok(())
}

/// Which of these are not on the register.
///
/// # Errors
/// When the database refuses.
pub async fn missing(tx: &mut PgConnection, authorities: &[AuthorityId]) -> Result<Vec<String>, sqlx::Error> {
    let ids: Vec<&str> = authorities.iter().map(AuthorityId::as_str).collect();
    sqlx::query_scalar!(
        r#"SELECT said.authority AS "authority!" FROM unnest($1::text[]) AS said(authority)
           WHERE NOT EXISTS (SELECT FROM authority WHERE authority.authority = said.authority)"#,
        &ids as _,
    )
    .fetch_all(tx)
    .await
}
