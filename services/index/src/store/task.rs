//! The table `task`: the CAF team's work list.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::rules::task::Task;

/// Opens tasks, each under its id; one that is there already stays as it is.
///
/// # Errors
/// When the database refuses.
pub async fn open(tx: &mut PgConnection, tasks: &[(Uuid, Task)]) -> Result<(), sqlx::Error> {
    if tasks.is_empty() {
        return Ok(());
    }
    let of = || tasks.iter().map(|(_, task)| task);
    let ids: Vec<Uuid> = tasks.iter().map(|(id, _)| *id).collect();
    let kinds: Vec<&str> = of().map(|task| task.kind.as_str()).collect();
    let authorities: Vec<&str> = of().map(|task| task.authority.as_str()).collect();
    let refs: Vec<&str> = of().map(|task| task.about.as_str()).collect();
    let records: Vec<Option<Uuid>> = of().map(|task| task.record.map(|record| record.as_uuid())).collect();
    let opened: Vec<OffsetDateTime> = of().map(|task| task.opened_at).collect();
    let due: Vec<Date> = of().map(|task| task.due_on).collect();
    sqlx::query!(
        "INSERT INTO task (task_id, kind, authority, ref, record_id, opened_at, due_on)
         SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[],
                              $6::timestamptz[], $7::date[])
         ON CONFLICT (kind, ref) DO NOTHING",
        &ids,
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
