//! The table `publication`: how far other services were told of each type. What was committed since is found
//! by the transaction that wrote it: all before the oldest one that still runs are over.

use std::sync::Arc;

use kit::StateSource;
use kit::seal::Sealer;
use schemas::{MessageType, StateEvent};
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;

use super::states;

/// What the index tells of its state.
#[derive(Debug)]
pub struct Publication {
    sealer: Arc<Sealer>,
}

/// The types of which the index tells.
pub const TYPES: [MessageType; 5] = [
    MessageType::AgencyChanged,
    MessageType::PractitionerChanged,
    MessageType::ChildChanged,
    MessageType::InvolvementChanged,
    MessageType::CafChanged,
];

/// How far one type was told.
#[derive(Debug)]
pub(super) struct Cursor {
    pub(super) changed_in: String,
    /// The key of the last row of that transaction.
    pub(super) after: Vec<String>,
}

impl Cursor {
    /// One part of the key.
    pub(super) fn part(&self, place: usize) -> &str {
        self.after.get(place).map_or("", String::as_str)
    }
}

/// What a type's versions are told with, beyond what their rows count: so much that whatever was told before all was
/// last told again is lower, also by an index whose rows had been written more often.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raised(pub(super) i64);

/// A page, and how far it goes.
pub(super) type Page = Option<(StateEvent, Cursor)>;

impl Publication {
    #[must_use]
    pub const fn new(sealer: Arc<Sealer>) -> Self {
        Self { sealer }
    }
}

impl StateSource for Publication {
    async fn page(&self, tx: &mut PgConnection) -> Result<Vec<StateEvent>, sqlx::Error> {
        let rows = sqlx::query!(
            r#"SELECT type AS kind, changed_in::text AS "changed_in!", after, raised_by FROM publication"#
        );
        let mut events = Vec::new();
        for row in rows.fetch_all(&mut *tx).await? {
            let from = Cursor { changed_in: row.changed_in, after: row.after };
            let raised = Raised(row.raised_by);
            let page = match row.kind.as_str() {
                "agency.changed" => states::agencies(tx, &from, raised).await?,
                "practitioner.changed" => states::practitioners(tx, &from, raised).await?,
                "child.changed" => states::children(tx, &from, raised, &self.sealer).await?,
                "involvement.changed" => states::involvements(tx, &from, raised).await?,
                "caf.changed" => states::cafs(tx, &from, raised).await?,
                // Of a newer version, which runs beside this one.
                _ => None,
            };
            if let Some((event, to)) = page {
                advance(tx, &row.kind, &to).await?;
                events.push(event);
            }
        }
        Ok(events)
    }
}

async fn advance(tx: &mut PgConnection, kind: &str, to: &Cursor) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE publication SET changed_in = $2::text::xid8, after = $3 WHERE type = $1",
        kind,
        to.changed_in,
        &to.after,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Has all states of these types told again, in higher versions than ever before; how many there are of each. What was
/// written by transactions of another database server, from which this one was restored, counts as written before all.
///
/// # Errors
/// When the database refuses.
pub async fn begin_again(
    db: &PgPool,
    types: &[MessageType],
    now: OffsetDateTime,
) -> Result<Vec<(MessageType, i64)>, sqlx::Error> {
    let mut tx = db.begin().await?;
    kit::publication::exclusive(&mut tx, "index").await?;
    let names: Vec<&str> = types.iter().map(|kind| kind.short_name()).collect();
    sqlx::query!(
        "UPDATE publication SET changed_in = '0', after = '{}', raised_by = greatest(raised_by + 1, $2)
         WHERE type = ANY($1)",
        &names as _,
        kit::publication::version_at(now),
    )
    .execute(&mut *tx)
    .await?;
    let mut counts = Vec::new();
    for kind in types {
        if let Some(count) = count(&mut tx, *kind).await? {
            counts.push((*kind, count));
        }
    }
    tx.commit().await?;
    Ok(counts)
}

async fn count(tx: &mut PgConnection, kind: MessageType) -> Result<Option<i64>, sqlx::Error> {
    macro_rules! again {
        ($update:literal, $count:literal) => {{
            sqlx::query!($update).execute(&mut *tx).await?;
            sqlx::query_scalar!($count).fetch_one(&mut *tx).await?
        }};
    }
    Ok(Some(match kind {
        MessageType::AgencyChanged => again!(
            "UPDATE agency SET changed_in = '0' WHERE changed_in >= pg_snapshot_xmax(pg_current_snapshot())",
            r#"SELECT count(*) AS "n!" FROM agency"#
        ),
        MessageType::PractitionerChanged => again!(
            "UPDATE practitioner SET changed_in = '0' WHERE changed_in >= pg_snapshot_xmax(pg_current_snapshot())",
            r#"SELECT count(*) AS "n!" FROM practitioner"#
        ),
        MessageType::ChildChanged => again!(
            "UPDATE record SET changed_in = '0' WHERE changed_in >= pg_snapshot_xmax(pg_current_snapshot())",
            r#"SELECT count(*) AS "n!" FROM record"#
        ),
        MessageType::InvolvementChanged => again!(
            "UPDATE involvement SET changed_in = '0' WHERE changed_in >= pg_snapshot_xmax(pg_current_snapshot())",
            r#"SELECT count(*) AS "n!" FROM involvement WHERE record_id IS NOT NULL"#
        ),
        MessageType::CafChanged => again!(
            "UPDATE caf SET changed_in = '0' WHERE changed_in >= pg_snapshot_xmax(pg_current_snapshot())",
            r#"SELECT count(*) AS "n!" FROM caf"#
        ),
        _ => return Ok(None),
    }))
}
