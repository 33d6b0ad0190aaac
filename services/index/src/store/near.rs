//! The records in reach of what a batch of statements said, with their CAFs.

use std::collections::BTreeSet;

use kit::handler::{lock, lock_number};
use schemas::ChildRef;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::rules::changes::Changes;
use crate::rules::near::{Near, NearCaf, Reach};
use kit::column::parsed;

/// Records of which one question is asked: a full batch.
const AT_ONCE: usize = 256;
/// Numbers, keys and records that are gone through: some thirty for each statement of a full batch.
const MOST: i64 = 8_192;
/// Where that is not enough the question is asked again in parts, down to so many records: somebody's very
/// many records of one child cut short themselves and few others (G9).
const FEW: usize = 32;

/// What is in reach of what a batch may have changed: who a child is, how a CAF stands, who works with the
/// child; since two CAFs may now be of one child, or one of two be over.
///
/// # Errors
/// When the database refuses.
pub async fn reach(tx: &mut PgConnection, changes: &Changes) -> Result<Reach, sqlx::Error> {
    let mut records: BTreeSet<Uuid> = BTreeSet::new();
    records.extend(changes.children.column(|record, _| record.as_uuid()));
    records.extend(changes.corrections.column(|_, (record, _)| record.as_uuid()));
    records.extend(changes.involvements.column(|_, (record, _)| record.as_uuid()));
    records.extend(changes.cafs.column(|_, (record, _)| record.as_uuid()));
    records.extend(changes.caf_steps.column(|_, said| said.record.as_uuid()));
    records.extend(changes.raised.iter().map(|(record, ..)| record.as_uuid()));
    records.extend(changes.lifted.column(|_, (record, _)| record.as_uuid()));
    records.extend(of_assessors(tx, changes).await?);
    records.extend(of_endings(tx, changes).await?);
    if records.is_empty() {
        return Ok(Reach::default());
    }
    // Of two replicas that write of one child at once the second sees what the first wrote.
    lock(tx, &BTreeSet::from([lock_number(&["reach"])])).await?;
    let records: Vec<Uuid> = records.into_iter().collect();
    let mut parts: Vec<&[Uuid]> = records.chunks(AT_ONCE).collect();
    let mut reach = Reach::default();
    while let Some(part) = parts.pop() {
        let (near, is_cut_short) = around(tx, part).await?;
        if is_cut_short && part.len() > FEW {
            let (one, other) = part.split_at(part.len() / 2);
            parts.extend([one, other]);
        } else {
            reach.near.extend(near);
            reach.is_cut_short |= is_cut_short;
        }
    }
    Ok(reach)
}

/// The records of the CAFs of assessors whom a batch wrote: a CAF takes effect with its assessor.
async fn of_assessors(tx: &mut PgConnection, changes: &Changes) -> Result<Vec<Uuid>, sqlx::Error> {
    if changes.practitioners.is_empty() {
        return Ok(Vec::new());
    }
    let agencies = changes.practitioners.column(|(agency, _), _| agency.as_str());
    let people = changes.practitioners.column(|(_, practitioner), _| practitioner.as_str());
    sqlx::query_scalar!(
        r#"SELECT c.record_id AS "record_id!"
           FROM unnest($1::text[], $2::text[]) AS said(agency, practitioner_id) CROSS JOIN LATERAL
               (SELECT * FROM caf WHERE caf.agency = said.agency
                AND caf.practitioner_id = said.practitioner_id OFFSET 0) AS c"#,
        &agencies as _,
        &people as _,
    )
    .fetch_all(tx)
    .await
}

/// The records of the involvements that a batch ended: who leads says whose closing counts.
async fn of_endings(tx: &mut PgConnection, changes: &Changes) -> Result<Vec<Uuid>, sqlx::Error> {
    if changes.involvement_endings.is_empty() {
        return Ok(Vec::new());
    }
    let agencies = changes.involvement_endings.column(|(agency, _), _| agency.as_str());
    let local_refs = changes.involvement_endings.column(|(_, local_ref), _| local_ref.as_str());
    sqlx::query_scalar!(
        r#"SELECT i.record_id AS "record_id!"
           FROM unnest($1::text[], $2::text[]) AS said(agency, local_ref) CROSS JOIN LATERAL
               (SELECT * FROM involvement WHERE involvement.agency = said.agency
                AND involvement.local_ref = said.local_ref OFFSET 0) AS i
           WHERE i.record_id IS NOT NULL"#,
        &agencies as _,
        &local_refs as _,
    )
    .fetch_all(tx)
    .await
}

/// Whether it was cut short besides.
async fn around(tx: &mut PgConnection, records: &[Uuid]) -> Result<(Vec<Near>, bool), sqlx::Error> {
    let rows = sqlx::query_file!("src/store/near.sql", records, MOST).fetch_all(tx).await?;
    let is_cut_short = rows.first().is_some_and(|row| row.nodes >= MOST);
    let near = rows.into_iter().map(|row| {
        let caf = row
            .caf_ref
            .map(|caf| Ok::<_, sqlx::Error>(NearCaf { caf: parsed(&caf)?, may_be_due: row.may_be_due }));
        Ok(Near {
            record: ChildRef::from_uuid(row.record_id),
            alias_of: row.alias_of.map(ChildRef::from_uuid),
            tied_by: row.keys.into_iter().chain(row.nhs_number).collect(),
            caf: caf.transpose()?,
        })
    });
    Ok((near.collect::<Result<_, sqlx::Error>>()?, is_cut_short))
}
