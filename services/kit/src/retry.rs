//! Messages that failed for a passing reason: kept sealed in their inbox row until
//! `retry_at`, so that no delivery is held and the broker redelivers nothing.

use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;

use crate::inbox::Row;

/// What a stored parcel is sealed for.
pub(crate) const CONTEXT: &str = "inbox.retry";

/// Keeps a message to be tried again; returns how often it has been put off by now.
pub(crate) async fn put_off(
    tx: &mut PgConnection,
    row: &Row,
    retry_at: OffsetDateTime,
    sealed: &[u8],
) -> Result<(), sqlx::Error> {
    let kept = sqlx::query!(
        "INSERT INTO inbox (source, message_id, fact, content, received_at, state, retry_at, attempts, sealed)
         VALUES ($1, $2, $3, $4, $5, 'retrying', $6, 1, $7)
         ON CONFLICT (source, message_id) DO UPDATE
         SET state = 'retrying', retry_at = $6, attempts = inbox.attempts + 1, sealed = $7
         WHERE inbox.state = 'retrying'",
        row.source,
        row.identity.id.as_uuid(),
        row.identity.fact.as_ref().map(<[u8; 32]>::as_slice),
        row.identity.content.as_slice(),
        row.received_at,
        retry_at,
        sealed,
    )
    .execute(tx)
    .await?
    .rows_affected();
    // Another replica has ended its case meanwhile: that stands.
    if kept == 1 { Ok(()) } else { Err(sqlx::Error::RowNotFound) }
}

/// A message whose time has come.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) attempts: i16,
    pub(crate) sealed: Vec<u8>,
}

/// Takes what is due; another replica does not see it for the length of `lease`.
pub(crate) async fn claim(
    db: &PgPool,
    now: OffsetDateTime,
    lease: time::Duration,
) -> Result<Vec<Due>, sqlx::Error> {
    sqlx::query_as!(
        Due,
        r#"UPDATE inbox SET retry_at = $2
           WHERE (source, message_id) IN (
               SELECT source, message_id FROM inbox
               WHERE retry_at <= $1 ORDER BY retry_at LIMIT 64 FOR UPDATE SKIP LOCKED)
           RETURNING attempts, sealed AS "sealed!""#,
        now,
        now + lease,
    )
    .fetch_all(db)
    .await
}
