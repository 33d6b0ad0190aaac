//! What people wrote in messages about sharing, sealed, and the table `text_reveal`, which is append-only.

use serde::Serialize;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

/// What stands in a message, sealed under its sender's key of the child.
#[derive(Clone, Debug)]
pub struct Written {
    pub agency: String,
    pub message: Uuid,
    /// As that agency names it.
    pub child: String,
    pub sealed: Vec<u8>,
}

/// What was written in the request that a decision is about.
///
/// # Errors
/// When the database refuses.
pub async fn request(db: &PgPool, decision: Uuid) -> Result<Option<Written>, sqlx::Error> {
    sqlx::query_as!(
        Written,
        r#"SELECT s.agency, s.message_id AS message, s.child AS "child!", s.sealed AS "sealed!"
           FROM decision d JOIN share s ON s.share_id = d.share_id
           WHERE d.decision_id = $1 AND s.sealed IS NOT NULL AND s.child IS NOT NULL"#,
        decision,
    )
    .fetch_optional(db)
    .await
}

/// A question to an adviser, or the answer (D-S8).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Advised {
    pub role: String,
    /// None: a question.
    pub answer: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub said_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub due_by: Option<OffsetDateTime>,
    #[serde(skip)]
    pub written: Written,
}

/// The advice that either side took about what a decision is about, in the order in which it was said.
///
/// # Errors
/// When the database refuses.
pub async fn advice(db: &PgPool, decision: Uuid) -> Result<Vec<Advised>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT a.role, a.answer, a.said_at, a.due_at, a.agency, a.message_id, a.sealed AS "sealed!",
                  coalesce(r.local_id, 'child:' || r.record_id) AS "child!"
           FROM decision d
           JOIN share s ON s.share_id = d.share_id
           JOIN advice a ON a.share_id = s.share_id
           JOIN child_record r
               ON r.record_id = CASE WHEN s.holder = a.agency THEN s.holder_record ELSE s.record_id END
           WHERE d.decision_id = $1 ORDER BY a.said_at, a.received_at, a.message_id"#,
        decision,
    )
    .fetch_all(db)
    .await?;
    let advised = rows.into_iter().map(|row| Advised {
        role: row.role,
        answer: row.answer,
        said_at: row.said_at,
        due_by: row.due_at,
        written: Written {
            agency: row.agency,
            message: row.message_id,
            child: row.child,
            sealed: row.sealed,
        },
    });
    Ok(advised.collect())
}

/// What of the assessment the family was given, or why nothing was (D-S9).
#[derive(Clone, Debug)]
pub struct Copied {
    /// Codes, ids and dates.
    pub made: Value,
    pub written: Written,
}

/// The copies that were made of these records until a moment, as far as it was known at another.
///
/// # Errors
/// When the database refuses.
pub async fn copies(
    db: &PgPool,
    records: &[Uuid],
    (at, known): (OffsetDateTime, OffsetDateTime),
) -> Result<Vec<Copied>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT f.made, f.agency, f.message_id, f.sealed AS "sealed!",
                  coalesce(f.local_id, r.local_id, 'child:' || r.record_id) AS "child!"
           FROM child_record r
           JOIN family_copy f ON f.record_id = r.record_id OR (f.agency = r.agency AND f.local_id = r.local_id)
           WHERE r.record_id = ANY($1) AND f.made_at <= $2 AND f.received_at <= $3
           ORDER BY f.made_at, f.received_at, f.message_id"#,
        records,
        at,
        known,
    )
    .fetch_all(db)
    .await?;
    let copied = rows.into_iter().map(|row| Copied {
        made: row.made,
        written: Written {
            agency: row.agency,
            message: row.message_id,
            child: row.child,
            sealed: row.sealed,
        },
    });
    Ok(copied.collect())
}

/// Takes down that what stands in a message is read.
///
/// # Errors
/// When the database refuses.
pub async fn reveal(
    tx: &mut PgConnection,
    written: &Written,
    by: &str,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO text_reveal (agency, message_id, revealed_by, revealed_at) VALUES ($1, $2, $3, $4)",
        written.agency,
        written.message,
        by,
        now,
    )
    .execute(tx)
    .await?;
    Ok(())
}
