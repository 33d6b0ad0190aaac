//! Incoming messages that could not be processed (G8): kept sealed with their reason until a
//! person has them replayed or discarded. Only a recorded look shows a body (G6).

use serde::Serialize;
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::which::{Group, Which};

/// What a parcel set aside is sealed for.
pub(crate) const CONTEXT: &str = "set-aside";

/// A message set aside, as an operator sees it: no content.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "as it stands in JSON")]
pub(crate) struct SetAside {
    pub(crate) id: Uuid,
    pub(crate) agency: Option<String>,
    pub(crate) r#type: String,
    pub(crate) message_id: Option<Uuid>,
    pub(crate) reason: String,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) set_aside_at: OffsetDateTime,
    pub(crate) attempts: i16,
}

/// Keeps a message for a person.
pub(crate) async fn insert(tx: &mut PgConnection, row: &SetAside, sealed: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO set_aside (set_aside_id, agency, type, message_id, reason, set_aside_at, sealed)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        row.id,
        row.agency,
        row.r#type,
        row.message_id,
        row.reason,
        row.set_aside_at,
        sealed,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What waits for a person, oldest first.
pub(crate) async fn list(db: &PgPool, which: &Which) -> Result<Vec<SetAside>, sqlx::Error> {
    sqlx::query_as!(
        SetAside,
        r#"SELECT set_aside_id AS id, agency, type AS "type", message_id, reason, set_aside_at, attempts
           FROM set_aside
           WHERE ($1::text IS NULL OR reason = $1) AND ($2::text IS NULL OR type = $2)
             AND ($3::text IS NULL OR agency = $3) AND ($4::uuid IS NULL OR set_aside_id > $4)
           ORDER BY set_aside_id LIMIT $5"#,
        which.reason,
        which.r#type,
        which.agency,
        which.after,
        which.rows()
    )
    .fetch_all(db)
    .await
}

/// The same by cause, the most numerous first.
pub(crate) async fn groups(db: &PgPool) -> Result<Vec<Group>, sqlx::Error> {
    sqlx::query_as!(
        Group,
        r#"SELECT reason, type AS "type", agency, count(*) AS "messages!", min(set_aside_at) AS "oldest!"
           FROM set_aside GROUP BY reason, type, agency ORDER BY 4 DESC, 1, 2, 3"#
    )
    .fetch_all(db)
    .await
}

/// One of them.
pub(crate) async fn show(db: &PgPool, id: Uuid) -> Result<Option<SetAside>, sqlx::Error> {
    sqlx::query_as!(
        SetAside,
        r#"SELECT set_aside_id AS id, agency, type AS "type", message_id, reason, set_aside_at, attempts
           FROM set_aside WHERE set_aside_id = $1"#,
        id
    )
    .fetch_optional(db)
    .await
}

/// The sealed parcel of one of them.
pub(crate) async fn sealed(db: &PgPool, id: Uuid) -> Result<Option<Vec<u8>>, sqlx::Error> {
    sqlx::query_scalar!("SELECT sealed FROM set_aside WHERE set_aside_id = $1", id).fetch_optional(db).await
}

/// The sealed parcel for somebody to read; that they looked is recorded first.
pub(crate) async fn reveal(
    db: &PgPool,
    id: Uuid,
    (reveal_id, by, now): (Uuid, &str, OffsetDateTime),
) -> Result<Option<Vec<u8>>, sqlx::Error> {
    let mut tx = db.begin().await?;
    let row = sqlx::query_scalar!("SELECT sealed FROM set_aside WHERE set_aside_id = $1", id)
        .fetch_optional(&mut *tx)
        .await?;
    if row.is_some() {
        sqlx::query!(
            "INSERT INTO reveal (reveal_id, set_aside_id, revealed_by, revealed_at)
             VALUES ($1, $2, $3, $4)",
            reveal_id,
            id,
            by,
            now,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
    }
    Ok(row)
}

/// Takes it off the list, in the transaction that ends its case. `RowNotFound` where somebody
/// else was first.
pub(crate) async fn close(tx: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    let gone = sqlx::query!("DELETE FROM set_aside WHERE set_aside_id = $1", id).execute(tx).await?;
    if gone.rows_affected() == 1 { Ok(()) } else { Err(sqlx::Error::RowNotFound) }
}

/// A replay that failed again.
pub(crate) async fn failed_again(tx: &mut PgConnection, id: Uuid, reason: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE set_aside SET attempts = attempts + 1, reason = $2 WHERE set_aside_id = $1",
        id,
        reason
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// How many wait for a person.
pub(crate) async fn waiting(db: &PgPool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM set_aside"#).fetch_one(db).await
}
