//! The table `awaited`.

use kit::column::read;
use kit::handler::lock_number;
use schemas::ChildRef;
use serde_json::{Value, json};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::rules::awaited::Awaited;

/// What may come to wait is being decided: until the transaction ends, no look at what waits begins.
///
/// # Errors
/// When the database refuses.
pub async fn is_decided(tx: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!(r#"SELECT pg_advisory_xact_lock_shared($1) IS NULL AS "held!""#, being_decided())
        .fetch_one(tx)
        .await?;
    Ok(())
}

/// Waits until all that is being decided is committed, and then holds nobody up: whatever was decided before a consent
/// was committed is seen by whoever looks after it.
///
/// # Errors
/// When the database refuses.
pub async fn all_is_decided(tx: &mut PgConnection) -> Result<(), sqlx::Error> {
    // Of the session, so that it is given back at once. One statement: it ends with both or with neither.
    sqlx::query!(
        r#"SELECT pg_advisory_lock($1) IS NULL AS "waited!", pg_advisory_unlock($1) AS "unlocked!""#,
        being_decided()
    )
    .fetch_one(tx)
    .await?;
    Ok(())
}

fn being_decided() -> i64 {
    lock_number(&["requests being decided"])
}

/// What waits for these holders' records.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn waiting(tx: &mut PgConnection, records: &[Uuid]) -> Result<Vec<Awaited>, sqlx::Error> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        "SELECT share_id, holder_record, asked FROM awaited
         WHERE holder_record = ANY($1) AND passes_at IS NULL ORDER BY share_id
         FOR UPDATE",
        records,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let record = ChildRef::from_uuid(row.holder_record);
            Ok(Awaited { share: row.share_id, record, asked: read(row.asked)? })
        })
        .collect()
}

/// Adds what waits, in the place of what the same agency asked alike before, and notes what may pass.
///
/// # Errors
/// When the database refuses.
pub async fn store(
    tx: &mut PgConnection,
    waits: &[Awaited],
    passes: &[(Uuid, OffsetDateTime)],
) -> Result<(), sqlx::Error> {
    if !waits.is_empty() {
        let shares: Vec<Uuid> = waits.iter().map(|one| one.share).collect();
        let records: Vec<Uuid> = waits.iter().map(|one| one.record.as_uuid()).collect();
        let asked: Vec<Value> = waits.iter().map(|one| json!(one.asked)).collect();
        sqlx::query!(
            "WITH said AS (
                 SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::jsonb[]) WITH ORDINALITY
                     AS said(share_id, holder_record, asked, place)
             ), before AS (
                 DELETE FROM awaited USING said
                 WHERE awaited.holder_record = said.holder_record AND awaited.passes_at IS NULL
                   AND awaited.asked - 'localRef' = said.asked - 'localRef'
             )
             INSERT INTO awaited (share_id, holder_record, asked)
             SELECT DISTINCT ON (holder_record, asked - 'localRef') share_id, holder_record, asked
             FROM said ORDER BY holder_record, asked - 'localRef', place DESC",
            &shares,
            &records,
            &asked,
        )
        .execute(&mut *tx)
        .await?;
    }
    for (share, at) in passes {
        sqlx::query!("UPDATE awaited SET passes_at = $2 WHERE share_id = $1", share, at)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}
