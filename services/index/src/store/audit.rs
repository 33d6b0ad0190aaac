//! Reading the decisions: who looked up this child, what did this practitioner look up.

use serde::Serialize;
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

/// Which decisions are wanted; what is not given does not narrow.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The agency that asked.
    pub agency: Option<String>,
    pub practitioner_id: Option<String>,
    /// About any of these records.
    pub records: Option<Vec<Uuid>>,
    pub limit: i64,
}

/// One decision. What the practitioner wrote is told apart: see [`reveal_reason_text`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decided {
    pub id: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    pub decided_at: OffsetDateTime,
    pub agency: String,
    pub query: Uuid,
    pub practitioner: String,
    pub purpose: String,
    pub outcome: String,
    pub reason: String,
    pub rules_version: String,
    pub rules: Vec<String>,
    pub has_reason_text: bool,
}

/// A record that a decision was about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct About {
    pub agency: String,
    /// That agency's own reference.
    pub child: String,
}

/// The latest first.
///
/// # Errors
/// When the database refuses.
pub async fn list(db: &PgPool, wanted: &Wanted) -> Result<Vec<Decided>, sqlx::Error> {
    let Some(records) = &wanted.records else {
        return sqlx::query_as!(
            Decided,
            r#"SELECT decision_id AS id, decided_at, agency, query_id AS query,
                      practitioner_id AS practitioner, purpose, outcome, reason, rules_version, rules,
                      reason_text_sealed IS NOT NULL AS "has_reason_text!"
               FROM decision
               WHERE ($1::text IS NULL OR agency = $1) AND ($2::text IS NULL OR practitioner_id = $2)
               ORDER BY decided_at DESC, decision_id DESC LIMIT $3"#,
            wanted.agency,
            wanted.practitioner_id,
            wanted.limit,
        )
        .fetch_all(db)
        .await;
    };
    sqlx::query_as!(
        Decided,
        r#"SELECT decision_id AS id, decided_at, agency, query_id AS query,
                  practitioner_id AS practitioner, purpose, outcome, reason, rules_version, rules,
                  reason_text_sealed IS NOT NULL AS "has_reason_text!"
           FROM decision JOIN (SELECT DISTINCT decision_id FROM decision_record
                               WHERE record_id = ANY($1)) AS about USING (decision_id)
           WHERE ($2::text IS NULL OR agency = $2) AND ($3::text IS NULL OR practitioner_id = $3)
           ORDER BY decided_at DESC, decision_id DESC LIMIT $4"#,
        records,
        wanted.agency,
        wanted.practitioner_id,
        wanted.limit,
    )
    .fetch_all(db)
    .await
}

/// One decision, if there is one of this id, or one of which a notice of this id told.
///
/// # Errors
/// When the database refuses.
pub async fn find(db: &PgPool, id: Uuid) -> Result<Option<Decided>, sqlx::Error> {
    sqlx::query_as!(
        Decided,
        r#"SELECT decision_id AS id, decided_at, agency, query_id AS query,
                  practitioner_id AS practitioner, purpose, outcome, reason, rules_version, rules,
                  reason_text_sealed IS NOT NULL AS "has_reason_text!"
           FROM decision
           WHERE decision_id = coalesce((SELECT n.decision_id FROM access_notice n WHERE n.notice_id = $1), $1)"#,
        id,
    )
    .fetch_optional(db)
    .await
}

/// The records that a decision was about, hidden ones included.
///
/// # Errors
/// When the database refuses.
pub async fn about(db: &PgPool, id: Uuid) -> Result<Vec<About>, sqlx::Error> {
    sqlx::query_as!(
        About,
        r#"SELECT r.agency, 'child:' || r.record_id AS "child!"
           FROM decision_record JOIN record r USING (record_id)
           WHERE decision_id = $1 ORDER BY r.agency, r.record_id"#,
        id,
    )
    .fetch_all(db)
    .await
}

/// What the practitioner wrote, sealed; that it was read is taken down first.
///
/// # Errors
/// When the database refuses.
pub async fn reveal_reason_text(
    tx: &mut PgConnection,
    id: Uuid,
    by: &str,
    now: OffsetDateTime,
) -> Result<Option<Vec<u8>>, sqlx::Error> {
    sqlx::query!(
        "INSERT INTO decision_reveal (decision_id, revealed_by, revealed_at) VALUES ($1, $2, $3)",
        id,
        by,
        now,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query_scalar!("SELECT reason_text_sealed FROM decision WHERE decision_id = $1", id)
        .fetch_one(tx)
        .await
}
