//! The table `publication`: how far other services were told of consents. What was committed since is found by the
//! transaction that wrote it: all before the oldest one that still runs are over.

use kit::StateSource;
use kit::column::{read, unreadable};
use schemas::{ChildRef, ConsentChanged, ConsentNow, StateEvent, StateVersion};
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;

/// What sharing tells of its state.
#[derive(Debug)]
pub struct Publication;

impl StateSource for Publication {
    async fn page(&self, tx: &mut PgConnection) -> Result<Vec<StateEvent>, sqlx::Error> {
        let rows = sqlx::query!(
            r#"SELECT s.record_id, s.state_version, s.changed_in::text AS "changed_in!", s.shown
               FROM publication p CROSS JOIN LATERAL
                   (SELECT * FROM consent_shown s
                    WHERE (s.changed_in, s.record_id) > (p.changed_in, p.after)
                      AND s.changed_in < pg_snapshot_xmin(pg_current_snapshot())
                    ORDER BY s.changed_in, s.record_id LIMIT 200) AS s
               WHERE p.type = 'consent.changed'
               ORDER BY s.changed_in, s.record_id"#
        );
        let rows = rows.fetch_all(&mut *tx).await?;
        let Some(last) = rows.last() else {
            return Ok(Vec::new());
        };
        sqlx::query!(
            "UPDATE publication SET changed_in = $1::text::xid8, after = $2 WHERE type = 'consent.changed'",
            last.changed_in,
            last.record_id,
        )
        .execute(tx)
        .await?;
        let states = rows.into_iter().map(|row| {
            let version = StateVersion::new(row.state_version).map_err(unreadable)?;
            let show_sensitive = row.shown.map(read).transpose()?;
            Ok(ConsentNow { record: ChildRef::from_uuid(row.record_id), version, show_sensitive })
        });
        let states = states.collect::<Result<_, sqlx::Error>>()?;
        Ok(vec![StateEvent::ConsentChanged(ConsentChanged { states })])
    }
}

/// Has all of it told again, in higher versions than ever before, also by one whose tables were of a later day; how many
/// states there are. What was written by transactions of another database server, from which this one was restored,
/// counts as written now.
///
/// # Errors
/// When the database refuses.
pub async fn begin_again(db: &PgPool, now: OffsetDateTime) -> Result<i64, sqlx::Error> {
    let mut tx = db.begin().await?;
    kit::publication::exclusive(&mut tx, "sharing").await?;
    sqlx::query!(
        "UPDATE publication SET changed_in = DEFAULT, after = DEFAULT WHERE type = 'consent.changed'"
    )
    .execute(&mut *tx)
    .await?;
    let told = sqlx::query!(
        "UPDATE consent_shown
         SET state_version = greatest(state_version + 1, $1), changed_in = pg_current_xact_id()",
        kit::publication::version_at(now),
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(i64::try_from(told.rows_affected()).unwrap_or(i64::MAX))
}
