//! The table `consent_shown`: to whom a record's consents show a sensitive service (D-I6).

use std::collections::BTreeMap;

use kit::column::read;
use schemas::{ChildRef, ShowSensitive};
use serde_json::{Value, json};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::rules::consent::Statement;

/// A statement of showing a sensitive service, and the record of the child, once there is one.
#[derive(Clone, Debug)]
pub struct Said {
    pub statement: Statement,
    pub record: Option<ChildRef>,
}

/// To whom each record's service is shown.
pub type ShownTo = BTreeMap<ChildRef, Option<ShowSensitive>>;

/// These statements, as far as they are of showing.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn said(tx: &mut PgConnection, messages: &[Uuid]) -> Result<Vec<Said>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT s.statement, coalesce(s.record_id, r.record_id) AS record_id
           FROM consent_statement s
           LEFT JOIN LATERAL (SELECT * FROM child_record r
                              WHERE r.agency = s.agency AND r.local_id = s.local_id OFFSET 0) AS r ON true
           WHERE s.message_id = ANY($1) AND s.statement -> 'acts' ? 'show-sensitive-service'"#,
        messages,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Said { statement: read(row.statement)?, record: row.record_id.map(ChildRef::from_uuid) })
        })
        .collect()
}

/// As others were told last.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn told(tx: &mut PgConnection, records: &[Uuid]) -> Result<ShownTo, sqlx::Error> {
    let rows = sqlx::query!("SELECT record_id, shown FROM consent_shown WHERE record_id = ANY($1)", records);
    let rows = rows.fetch_all(tx).await?;
    let told = rows
        .into_iter()
        .map(|row| Ok((ChildRef::from_uuid(row.record_id), row.shown.map(read).transpose()?)));
    told.collect()
}

/// Keeps what changed.
///
/// # Errors
/// When the database refuses.
pub async fn store(tx: &mut PgConnection, changed: &ShownTo, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    if changed.is_empty() {
        return Ok(());
    }
    let records: Vec<Uuid> = changed.keys().map(ChildRef::as_uuid).collect();
    let shown: Vec<Option<Value>> =
        changed.values().map(|shown| shown.as_ref().map(|it| json!(it))).collect();
    sqlx::query!(
        "INSERT INTO consent_shown AS told (record_id, state_version, shown)
         SELECT record_id, $3, shown FROM unnest($1::uuid[], $2::jsonb[]) AS said(record_id, shown)
         ON CONFLICT (record_id) DO UPDATE
         SET state_version = greatest(told.state_version + 1, EXCLUDED.state_version),
             changed_in = pg_current_xact_id(), shown = EXCLUDED.shown",
        &records,
        &shown as _,
        kit::publication::version_at(now),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Something about these records changed: what their statements come to is to be looked at.
///
/// # Errors
/// When the database refuses.
pub async fn look_again(tx: &mut PgConnection, records: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO timer AS known (kind, about, look_at)
         SELECT DISTINCT 'showing', s.message_id::text, 'epoch'::timestamptz
         FROM unnest($1::uuid[]) AS said(record_id)
         CROSS JOIN LATERAL
             (SELECT * FROM child_record r WHERE r.record_id = said.record_id OFFSET 0) AS r
         CROSS JOIN LATERAL
             (SELECT s.message_id, s.statement FROM consent_statement s
              WHERE s.agency = r.agency AND s.local_id = r.local_id
              UNION ALL
              SELECT s.message_id, s.statement FROM consent_statement s
              WHERE s.record_id = r.record_id AND s.agency = r.agency) AS s
         WHERE s.statement -> 'acts' ? 'show-sensitive-service'
         ORDER BY 2
         ON CONFLICT (kind, about) DO UPDATE SET look_at = EXCLUDED.look_at
         WHERE known.look_at > EXCLUDED.look_at",
        records,
    )
    .execute(tx)
    .await?;
    Ok(())
}
