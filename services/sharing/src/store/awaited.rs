//! The table `awaited`.

use kit::column::read;
use schemas::ChildRef;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::rules::awaited::Awaited;

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

/// Adds what waits, and notes what may pass.
///
/// # Errors
/// When the database refuses.
pub async fn store(
    tx: &mut PgConnection,
    waits: &[Awaited],
    passes: &[(Uuid, OffsetDateTime)],
) -> Result<(), sqlx::Error> {
    for Awaited { share, record, asked } in waits {
        sqlx::query!(
            "INSERT INTO awaited (share_id, holder_record, asked) VALUES ($1, $2, $3)",
            share,
            record.as_uuid(),
            serde_json::json!(asked),
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
