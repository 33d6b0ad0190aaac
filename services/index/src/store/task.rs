//! The table `task`: what waits for a person of the CAF team.

use sqlx::{PgConnection, PgPool};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::rules::task::{Task, TaskKind};

/// Opens tasks, if there are any. One that is open stays, but with whom and when it is due is
/// as said last; one that was done is opened anew.
///
/// # Errors
/// When the database refuses.
pub async fn open(tx: &mut PgConnection, tasks: &[Task]) -> Result<(), sqlx::Error> {
    // One statement must not meet a row of its own twice.
    let mut tasks: Vec<&Task> = tasks.iter().collect();
    tasks.sort_by_key(|task| (task.kind, &task.about));
    tasks.dedup_by_key(|task| (task.kind, &task.about));
    let kinds: Vec<&str> = tasks.iter().map(|task| task.kind.as_str()).collect();
    let authorities: Vec<&str> = tasks.iter().map(|task| task.authority.as_str()).collect();
    let refs: Vec<&str> = tasks.iter().map(|task| task.about.as_str()).collect();
    let records: Vec<Option<Uuid>> =
        tasks.iter().map(|task| task.record.map(|record| record.as_uuid())).collect();
    let opened: Vec<OffsetDateTime> = tasks.iter().map(|task| task.opened_at).collect();
    let due: Vec<Date> = tasks.iter().map(|task| task.due_on).collect();
    sqlx::query!(
        "INSERT INTO task AS known (kind, authority, ref, record_id, opened_at, due_on)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[], $6::date[])
         ON CONFLICT (kind, ref) DO UPDATE
         SET authority = EXCLUDED.authority, due_on = EXCLUDED.due_on,
             opened_at = CASE WHEN known.done_at IS NULL THEN known.opened_at ELSE EXCLUDED.opened_at END,
             done_at = NULL, done_by = NULL
         WHERE known.done_at IS NOT NULL OR known.authority <> EXCLUDED.authority
               OR known.due_on <> EXCLUDED.due_on",
        &kinds as _,
        &authorities as _,
        &refs as _,
        &records as _,
        &opened,
        &due,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Who closes tasks that are no longer due.
const BY_ITSELF: &str = "svc-index";

/// Closes the open ones among these tasks, each of a kind and about something.
///
/// # Errors
/// When the database refuses.
pub async fn close_by_themselves(
    tx: &mut PgConnection,
    gone: &[(TaskKind, String)],
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    if gone.is_empty() {
        return Ok(());
    }
    let (kinds, refs): (Vec<&str>, Vec<&str>) =
        gone.iter().map(|(kind, about)| (kind.as_str(), about.as_str())).unzip();
    sqlx::query!(
        "UPDATE task SET done_at = $3, done_by = $4
         FROM unnest($1::text[], $2::text[]) AS said(kind, ref)
         WHERE task.kind = said.kind AND task.ref = said.ref AND task.done_at IS NULL",
        &kinds as _,
        &refs as _,
        now,
        BY_ITSELF,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Opens tasks anew that closed by themselves, and hands over those that stand elsewhere. What a person has
/// done stays done.
///
/// # Errors
/// When the database refuses.
pub async fn reopen(tx: &mut PgConnection, tasks: &[Task]) -> Result<(), sqlx::Error> {
    if tasks.is_empty() {
        return Ok(());
    }
    let kinds: Vec<&str> = tasks.iter().map(|task| task.kind.as_str()).collect();
    let authorities: Vec<&str> = tasks.iter().map(|task| task.authority.as_str()).collect();
    let refs: Vec<&str> = tasks.iter().map(|task| task.about.as_str()).collect();
    let opened: Vec<OffsetDateTime> = tasks.iter().map(|task| task.opened_at).collect();
    let due: Vec<Date> = tasks.iter().map(|task| task.due_on).collect();
    sqlx::query!(
        "UPDATE task SET authority = said.authority, opened_at = said.opened_at, due_on = said.due_on,
             done_at = NULL, done_by = NULL
         FROM unnest($1::text[], $2::text[], $3::text[], $5::timestamptz[], $6::date[])
              AS said(kind, authority, ref, opened_at, due_on)
         WHERE task.kind = said.kind AND task.ref = said.ref
           AND (task.done_by = $4 OR (task.done_at IS NULL AND task.authority <> said.authority))",
        &kinds as _,
        &authorities as _,
        &refs as _,
        BY_ITSELF,
        &opened,
        &due,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Marks a task as done; whether it was open.
///
/// # Errors
/// When the database refuses.
pub async fn close(db: &PgPool, id: Uuid, by: &str, now: OffsetDateTime) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE task SET done_at = $3, done_by = $2 WHERE task_id = $1 AND done_at IS NULL",
        id,
        by,
        now,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
