//! Outgoing messages that the broker will not take, alone or among others. Each waits for a
//! person, who replays or discards it.

use serde::Serialize;
use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::outbox::{self, Bundle};
use crate::outgoing::Outgoing;
use crate::seal::Sealer;
use crate::which::{Group, Which};

const CONTEXT: &str = "parked";

/// A parked message as an operator sees it: no content.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "as it stands in JSON")]
pub(crate) struct Parked {
    id: Uuid,
    destination: String,
    r#type: String,
    reason: String,
    #[serde(rename = "parkedAt", with = "time::serde::rfc3339")]
    parked_at: OffsetDateTime,
}

/// Moves a bundle of one out of the outbox.
pub(crate) async fn park(
    db: &PgPool,
    sealer: &Sealer,
    bundle: Uuid,
    message: &Outgoing,
    reason: &str,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let plain = serde_json::to_vec(message).map_err(|e| sqlx::Error::Encode(e.into()))?;
    let mut tx = db.begin().await?;
    outbox::delete(&mut *tx, &[bundle]).await?;
    sqlx::query!(
        "INSERT INTO parked (parked_id, destination, type, reason, parked_at, sealed)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (parked_id) DO NOTHING",
        message.id,
        message.routing_key,
        message.kind,
        reason,
        now,
        sealer.seal(CONTEXT, &plain),
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// The parked messages, oldest first. The agency stands in the key of its queue, which holds no other dot.
pub(crate) async fn list(db: &PgPool, which: &Which) -> Result<Vec<Parked>, sqlx::Error> {
    sqlx::query_as!(
        Parked,
        r#"SELECT parked_id AS id, destination, type AS "type", reason, parked_at
           FROM parked
           WHERE ($1::text IS NULL OR reason = $1) AND ($2::text IS NULL OR type = $2)
             AND ($3::text IS NULL OR split_part(destination, '.', 2) = $3)
             AND ($4::uuid IS NULL OR parked_id > $4)
           ORDER BY parked_id LIMIT $5"#,
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
        r#"SELECT reason, type AS "type", split_part(destination, '.', 2) AS agency, count(*) AS "messages!",
                  min(parked_at) AS "oldest!"
           FROM parked GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3"#
    )
    .fetch_all(db)
    .await
}

/// What became of an operator's wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Done,
    NotThere,
}

/// Puts a parked message back into the outbox, due at once, under the id that it had.
pub(crate) async fn replay(
    db: &PgPool,
    sealer: &Sealer,
    id: Uuid,
    bundle: Uuid,
    now: OffsetDateTime,
) -> Result<Done, sqlx::Error> {
    let mut tx = db.begin().await?;
    let Some(row) = sqlx::query!("DELETE FROM parked WHERE parked_id = $1 RETURNING sealed", id)
        .fetch_optional(&mut *tx)
        .await?
    else {
        return Ok(Done::NotThere);
    };
    let plain = sealer.open(CONTEXT, &row.sealed).map_err(|e| sqlx::Error::Decode(e.into()))?;
    let message: Outgoing = serde_json::from_slice(&plain).map_err(|e| sqlx::Error::Decode(e.into()))?;
    let bundle = Bundle { id: bundle, attempts: 0, alone: true, messages: vec![message] };
    outbox::insert(&mut tx, sealer, &bundle, now).await?;
    tx.commit().await?;
    Ok(Done::Done)
}

/// Forgets a parked message.
pub(crate) async fn discard(db: &PgPool, id: Uuid) -> Result<Done, sqlx::Error> {
    let gone = sqlx::query!("DELETE FROM parked WHERE parked_id = $1", id).execute(db).await?;
    Ok(if gone.rows_affected() == 1 { Done::Done } else { Done::NotThere })
}

/// How many wait for a person.
pub(crate) async fn waiting(db: &PgPool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM parked"#).fetch_one(db).await
}
