//! The CAFs in reach of what a batch of statements said.

use std::collections::BTreeSet;

use kit::handler::{lock, lock_number};
use schemas::ChildRef;
use sqlx::PgConnection;
use uuid::Uuid;

use super::column::parsed;
use crate::rules::changes::Changes;
use crate::rules::near::{Near, Reach};

/// Numbers, keys and records that are gone through: some thirty for each statement of a full batch.
const MOST: i64 = 8_192;

/// The CAFs that a batch may have changed what is due of: of the children of whom it wrote something that
/// says who they are or how a CAF stands, since two CAFs may now be of one child, or one of two be over.
///
/// # Errors
/// When the database refuses.
pub async fn reach(tx: &mut PgConnection, changes: &Changes) -> Result<Reach, sqlx::Error> {
    let mut records: BTreeSet<Uuid> = BTreeSet::new();
    records.extend(changes.children.column(|record, _| record.as_uuid()));
    records.extend(changes.corrections.column(|_, (record, _)| record.as_uuid()));
    records.extend(changes.cafs.column(|_, (record, _)| record.as_uuid()));
    records.extend(changes.caf_steps.column(|_, said| said.record.as_uuid()));
    records.extend(changes.raised.iter().map(|(record, ..)| record.as_uuid()));
    records.extend(changes.lifted.column(|_, (record, _)| record.as_uuid()));
    let records: Vec<Uuid> = records.into_iter().collect();
    let agencies = changes.practitioners.column(|(agency, _), _| agency.as_str());
    let people = changes.practitioners.column(|(_, practitioner), _| practitioner.as_str());
    if records.is_empty() && agencies.is_empty() {
        return Ok(Reach::default());
    }
    // Of two replicas that write of one child at once the second sees what the first wrote.
    lock(tx, &BTreeSet::from([lock_number(&["reach"])])).await?;
    let rows = sqlx::query_file!("src/store/near.sql", &records, &agencies as _, &people as _, MOST,)
        .fetch_all(tx)
        .await?;
    let is_cut_short = rows.iter().any(|row| row.nodes >= MOST);
    let near = rows.iter().map(|row| {
        Ok(Near { record: ChildRef::from_uuid(row.seed), caf: parsed(&row.caf_ref)?, went_on: row.went_on })
    });
    Ok(Reach { near: near.collect::<Result<_, sqlx::Error>>()?, is_cut_short })
}
