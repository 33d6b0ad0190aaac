//! The CAF team's work list: its tasks, the matters of those who left or were revoked, and what could
//! not be processed or delivered, and certificates that end soon; each with an owner and a due date.

use serde::Serialize;
use sqlx::PgPool;
use time::{Date, OffsetDateTime};

/// One thing to be seen to. It names references, never people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Matter {
    /// A task's own id; of any other matter its kind and reference.
    pub id: String,
    pub kind: String,
    /// Missing where it is the operator's.
    pub authority: Option<String>,
    #[serde(rename = "ref")]
    pub about: String,
    #[serde(with = "time::serde::rfc3339")]
    pub opened_at: OffsetDateTime,
    pub due_on: Date,
    /// The agency that sees to it, or `operator`.
    pub owner: String,
}

/// What is open, the most urgent first; of one authority, or all.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    db: &PgPool,
    authority: Option<&str>,
    now: OffsetDateTime,
) -> Result<Vec<Matter>, sqlx::Error> {
    sqlx::query_as!(
        Matter,
        r#"SELECT m.id AS "id!", m.kind AS "kind!", m.authority, m.ref AS "about!",
                  m.opened_at AS "opened_at!", m.due_on AS "due_on!",
                  coalesce(u.caf_team, 'operator') AS "owner!"
           FROM (
               SELECT t.task_id::text AS id, t.kind, t.authority, t.ref, t.opened_at, t.due_on
               FROM task t WHERE t.done_at IS NULL
               UNION ALL
               -- Whoever left leaves open work behind (D-A2).
               SELECT 'leaver:' || i.agency || ':' || i.local_ref, 'leaver', a.authorities[1],
                      i.agency || '/' || i.local_ref, p.ended_at,
                      (p.ended_at AT TIME ZONE 'UTC')::date + 7
               FROM involvement i
               JOIN agency a ON a.agency = i.agency AND a.state = 'active'
               JOIN practitioner p ON p.agency = i.agency AND p.practitioner_id = i.practitioner_id
               WHERE i.effective_at IS NOT NULL AND (i.ended_at IS NULL OR i.ended_at < i.effective_at)
                 AND p.ended_at IS NOT NULL AND (p.effective_at IS NULL OR p.ended_at >= p.effective_at)
               UNION ALL
               SELECT 'revoked:' || i.agency || ':' || i.local_ref, 'revoked', a.authorities[1],
                      i.agency || '/' || i.local_ref, a.revoked_at,
                      (a.revoked_at AT TIME ZONE 'UTC')::date + 7
               FROM involvement i
               JOIN agency a ON a.agency = i.agency AND a.state = 'revoked' AND a.revoked_at IS NOT NULL
               WHERE i.effective_at IS NOT NULL AND (i.ended_at IS NULL OR i.ended_at < i.effective_at)
               UNION ALL
               SELECT 'set-aside:' || s.set_aside_id, 'set-aside', NULL, s.set_aside_id::text,
                      s.set_aside_at, (s.set_aside_at AT TIME ZONE 'UTC')::date + 2
               FROM set_aside s
               UNION ALL
               SELECT 'parked:' || k.parked_id, 'parked', NULL, k.parked_id::text, k.parked_at,
                      (k.parked_at AT TIME ZONE 'UTC')::date + 2
               FROM parked k
               UNION ALL
               -- Without a certificate an agency hears nothing and says nothing.
               SELECT 'certificate:' || a.agency, 'certificate', NULL, a.agency,
                      a.certificate_until - interval '30 days', (a.certificate_until AT TIME ZONE 'UTC')::date
               FROM agency a
               WHERE a.state = 'active' AND a.certificate_until <= $2::timestamptz + interval '30 days') AS m
           LEFT JOIN authority u ON u.authority = m.authority
           WHERE $1::text IS NULL OR m.authority = $1
           ORDER BY m.due_on, m.opened_at, m.id"#,
        authority,
        now,
    )
    .fetch_all(db)
    .await
}
