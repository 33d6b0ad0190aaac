//! Outgoing messages rest here from the transaction that decided them until the broker
//! has confirmed them.
//!
//! A transaction's messages are one row, a *bundle*: a batch of 256 receipts costs one insert
//! and one delete. Messages of a bundle that the broker does not take get a row of their
//! own, so that one of them never holds up another.

use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::outgoing::Outgoing;
use crate::seal::Sealer;

const CONTEXT: &str = "outbox";

/// Messages that were committed together.
#[derive(Debug)]
pub(crate) struct Bundle {
    pub(crate) id: Uuid,
    pub(crate) attempts: i16,
    /// To be published by itself: it may take others down with it.
    pub(crate) alone: bool,
    pub(crate) messages: Vec<Outgoing>,
}

impl Bundle {
    /// As its row keeps it.
    pub(crate) fn seal(&self, sealer: &Sealer) -> Result<Vec<u8>, sqlx::Error> {
        let plain = serde_json::to_vec(&self.messages).map_err(|e| sqlx::Error::Encode(e.into()))?;
        Ok(sealer.seal(CONTEXT, &plain))
    }

    pub(crate) fn count(&self) -> i32 {
        i32::try_from(self.messages.len()).unwrap_or(i32::MAX)
    }
}

/// Forgets bundles whose every message was confirmed.
pub(crate) async fn delete(db: impl sqlx::PgExecutor<'_>, ids: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM outbox WHERE bundle_id = ANY($1)", ids).execute(db).await?;
    Ok(())
}

/// Takes bundles that are due; another replica does not see them for the length of `lease`.
/// A bundle that does not open stays where it is, and is reported.
pub(crate) async fn claim(
    db: &PgPool,
    sealer: &Sealer,
    now: OffsetDateTime,
    lease: time::Duration,
) -> Result<Vec<Bundle>, sqlx::Error> {
    let rows = sqlx::query!(
        "UPDATE outbox SET due_at = $2
         WHERE bundle_id IN (
             SELECT bundle_id FROM outbox
             WHERE due_at <= $1 ORDER BY due_at LIMIT 64 FOR UPDATE SKIP LOCKED)
         RETURNING bundle_id, attempts, alone, sealed",
        now,
        now + lease,
    )
    .fetch_all(db)
    .await?;
    let mut bundles = Vec::with_capacity(rows.len());
    for row in rows {
        let plain = sealer.open(CONTEXT, &row.sealed).ok();
        if let Some(messages) = plain.and_then(|plain| serde_json::from_slice(&plain).ok()) {
            bundles.push(Bundle { id: row.bundle_id, attempts: row.attempts, alone: row.alone, messages });
        } else {
            tracing::error!(
                outbox.bundle_id = %row.bundle_id,
                "an outgoing bundle does not open with this master key; restore the key"
            );
        }
    }
    Ok(bundles)
}

/// Leaves bundles until `due_at`: the broker could not be asked.
pub(crate) async fn put_off(db: &PgPool, ids: &[Uuid], due_at: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE outbox SET due_at = $2 WHERE bundle_id = ANY($1)", ids, due_at).execute(db).await?;
    Ok(())
}

/// Replaces a bundle by single messages, each due when it says.
pub(crate) async fn split(
    db: &PgPool,
    sealer: &Sealer,
    bundle: Uuid,
    singles: &[(Bundle, OffsetDateTime)],
) -> Result<(), sqlx::Error> {
    let mut tx = db.begin().await?;
    let gone = sqlx::query!("DELETE FROM outbox WHERE bundle_id = $1", bundle).execute(&mut *tx).await?;
    // Another replica may have dealt with it after our lease ran out.
    if gone.rows_affected() == 1 {
        for (single, due_at) in singles {
            insert(&mut tx, sealer, single, *due_at).await?;
        }
    }
    tx.commit().await
}

/// Writes a bundle that is due at `due_at` if nobody has published it by then.
pub(crate) async fn insert(
    tx: &mut PgConnection,
    sealer: &Sealer,
    bundle: &Bundle,
    due_at: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO outbox (bundle_id, due_at, attempts, alone, messages, sealed)
         VALUES ($1, $2, $3, $4, $5, $6)",
        bundle.id,
        due_at,
        bundle.attempts,
        bundle.alone,
        bundle.count(),
        bundle.seal(sealer)?,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// How many messages wait.
pub(crate) async fn waiting(db: &PgPool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT COALESCE(sum(messages), 0) AS "n!" FROM outbox"#).fetch_one(db).await
}
