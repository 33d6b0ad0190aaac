//! Reading the decisions and what followed from them.

use serde::Serialize;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

/// Which decisions are wanted; what is not given does not narrow.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub id: Option<Uuid>,
    /// The agency that asked, held or was to receive.
    pub agency: Option<String>,
    /// Its practitioner who asked, judged, sent or was to receive.
    pub practitioner: Option<String>,
    /// About any of these records.
    pub records: Option<Vec<Uuid>>,
    pub since: Option<OffsetDateTime>,
    pub until: Option<OffsetDateTime>,
    pub outcome: Option<String>,
    pub limit: i64,
}

/// One decision, as it is kept. The reasons are told apart: see [`reveal`].
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decided {
    pub id: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    pub decided_at: OffsetDateTime,
    pub stage: String,
    pub outcome: String,
    /// The message that led to it.
    pub message_agency: String,
    pub message: Uuid,
    /// Who asked or offered.
    pub agency: String,
    pub practitioner: String,
    pub holder: Option<String>,
    #[serde(skip)]
    pub record_id: Option<Uuid>,
    pub recipient: String,
    /// None: the duty desk.
    pub recipient_practitioner: Option<String>,
    pub purpose: String,
    pub basis: Value,
    pub consents: Value,
    pub rules_hash: String,
    #[serde(skip)]
    pub cases: Value,
    pub decided_by: Option<String>,
    /// The holder's practitioner who sent what was decided about.
    pub supplied_by: Option<String>,
    pub told_code: Option<String>,
    pub family_told: Option<Value>,
    pub has_reasons: bool,
}

/// The latest first.
///
/// # Errors
/// When the database refuses.
pub async fn list(db: &PgPool, wanted: &Wanted) -> Result<Vec<Decided>, sqlx::Error> {
    sqlx::query_file_as!(
        Decided,
        "src/store/decided.sql",
        wanted.id as _,
        wanted.agency as _,
        wanted.practitioner as _,
        wanted.records.as_deref() as _,
        wanted.since as _,
        wanted.until as _,
        wanted.outcome as _,
        wanted.limit,
    )
    .fetch_all(db)
    .await
}

/// What was weighed in a decision.
#[derive(Clone, Debug)]
pub struct Weighed {
    pub id: Uuid,
    pub decided_at: OffsetDateTime,
    pub cases: Value,
}

/// The decisions after a place, the oldest first; and how many there are in all since a moment.
///
/// # Errors
/// When the database refuses.
pub async fn weighed(
    db: &PgPool,
    since: OffsetDateTime,
    after: Option<Uuid>,
    limit: i64,
) -> Result<(i64, Vec<Weighed>), sqlx::Error> {
    let all =
        sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM decision WHERE decided_at >= $1"#, since)
            .fetch_one(db)
            .await?;
    let page = sqlx::query_as!(
        Weighed,
        "SELECT decision_id AS id, decided_at, cases FROM decision
         WHERE decided_at >= $1
           AND ($2::uuid IS NULL OR (decided_at, decision_id) >
                (SELECT d.decided_at, d.decision_id FROM decision d WHERE d.decision_id = $2))
         ORDER BY decision.decided_at, decision.decision_id LIMIT $3",
        since,
        after as _,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok((all, page))
}

/// A message that left upon a decision, and what became of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivered {
    pub id: Uuid,
    pub recipient: String,
    pub practitioner: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub sent_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub ack_by: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub received_by_system_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub received_by_person_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub acted_at: Option<OffsetDateTime>,
    pub cannot: Option<String>,
    /// Since when it rests on consent no more.
    #[serde(with = "time::serde::rfc3339::option")]
    pub withdrawn_at: Option<OffsetDateTime>,
    /// Between what was said and its coming to be known here.
    pub released_after_it_was_said: Option<bool>,
    /// By its supplier: why, and what its receiver is to do with it.
    pub called_back: Option<Value>,
    /// The salted hash of what was released.
    pub commitment: String,
    pub content_rests_here: bool,
}

/// What left upon a decision.
///
/// # Errors
/// When the database refuses.
pub async fn deliveries(db: &PgPool, decision: Uuid) -> Result<Vec<Delivered>, sqlx::Error> {
    sqlx::query_as!(
        Delivered,
        r#"SELECT delivery_id AS id, recipient, practitioner, sent_at, ack_by,
                  by_system_at AS received_by_system_at, by_person_at AS received_by_person_at, acted_at, cannot,
                  (SELECT min(w.withdrawn_at) FROM withdrawal w WHERE w.delivery_id = delivery.delivery_id)
                      AS withdrawn_at,
                  (SELECT bool_or(w.released_after_it_was_said) FROM withdrawal w
                   WHERE w.delivery_id = delivery.delivery_id) AS released_after_it_was_said,
                  (SELECT jsonb_build_object('at', r.recalled_at, 'practitioner', r.practitioner, 'reason', r.reason,
                                             'instruction', r.instruction, 'incidentRef', r.incident)
                   FROM recall r WHERE r.agency = delivery.supplier AND delivery.delivery_id = ANY(r.deliveries)
                   ORDER BY r.received_at, r.message_id LIMIT 1) AS called_back,
                  encode(commitment, 'hex') AS "commitment!", content IS NOT NULL AS "content_rests_here!"
           FROM delivery WHERE decision_id = $1 ORDER BY sent_at, delivery_id"#,
        decision,
    )
    .fetch_all(db)
    .await
}

/// The policies of a set, with their words, by their ids.
///
/// # Errors
/// When the database refuses.
pub async fn rule_set(db: &PgPool, hash: &str) -> Result<Option<Value>, sqlx::Error> {
    sqlx::query_scalar!("SELECT policies FROM rule_set WHERE rules_hash = $1", hash).fetch_optional(db).await
}

/// Reasons that rest sealed, and by which agency's key of which child.
#[derive(Clone, Debug)]
pub struct Sealed {
    pub agency: String,
    /// As that agency names it.
    pub child: String,
    pub sealed: Vec<u8>,
}

/// The reasons of a decision, sealed; that they were read is taken down first.
///
/// # Errors
/// When the database refuses.
pub async fn reveal(
    tx: &mut PgConnection,
    id: Uuid,
    by: &str,
    now: OffsetDateTime,
) -> Result<Option<Sealed>, sqlx::Error> {
    sqlx::query!(
        "INSERT INTO decision_reveal (decision_id, revealed_by, revealed_at) VALUES ($1, $2, $3)",
        id,
        by,
        now,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query_as!(
        Sealed,
        r#"SELECT r.agency, coalesce(r.local_id, 'child:' || r.record_id) AS "child!", d.sealed AS "sealed!"
           FROM decision d JOIN child_record r ON r.record_id = d.record_id
           WHERE d.decision_id = $1 AND d.sealed IS NOT NULL"#,
        id,
    )
    .fetch_optional(tx)
    .await
}

/// A release that rests on consent no more.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TakenBack {
    pub delivery: Uuid,
    pub recipient: String,
    pub purpose: String,
    #[serde(with = "time::serde::rfc3339")]
    pub sent_at: OffsetDateTime,
    /// By which statement.
    pub agency: String,
    pub statement: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    pub withdrawn_at: OffsetDateTime,
    /// Between what was said and its coming to be known here.
    pub released_after_it_was_said: bool,
}

/// The releases of these records that were taken back.
///
/// # Errors
/// When the database refuses.
pub async fn taken_back(db: &PgPool, records: &[Uuid]) -> Result<Vec<TakenBack>, sqlx::Error> {
    sqlx::query_as!(
        TakenBack,
        r#"SELECT d.delivery_id AS delivery, d.recipient, d.purpose, d.sent_at, w.agency,
                  w.message_id AS statement, w.withdrawn_at, w.released_after_it_was_said
           FROM delivery d JOIN withdrawal w ON w.delivery_id = d.delivery_id
           WHERE d.record_id = ANY($1) ORDER BY d.sent_at, d.delivery_id"#,
        records,
    )
    .fetch_all(db)
    .await
}

/// The names and texts of a statement, sealed; that they were read is taken down first.
///
/// # Errors
/// When the database refuses.
pub async fn reveal_statement(
    tx: &mut PgConnection,
    (agency, message): (&str, Uuid),
    by: &str,
    now: OffsetDateTime,
) -> Result<Option<Vec<u8>>, sqlx::Error> {
    sqlx::query!(
        "INSERT INTO consent_reveal (agency, message_id, revealed_by, revealed_at) VALUES ($1, $2, $3, $4)",
        agency,
        message,
        by,
        now,
    )
    .execute(&mut *tx)
    .await?;
    let sealed = sqlx::query_scalar!(
        "SELECT sealed FROM consent_statement WHERE agency = $1 AND message_id = $2",
        agency,
        message,
    )
    .fetch_optional(tx)
    .await?;
    Ok(sealed.flatten())
}
