//! Loads what the index told of the children, agencies and practitioners that a batch is about.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kit::column::{read, unreadable};
use kit::handler::{lock, lock_number};
use schemas::{
    AgencyId, AgencyNow, ChildNow, ChildRef, LocalChildId, PractitionerId, PractitionerNow, Subject,
};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::rules::world::{Record, World, sensitivity};

/// A child's lock is one of so many, so that no child with many records takes up the server's table of locks.
const CHILD_LOCKS: u128 = 1_024;

/// What a batch names.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub subjects: BTreeSet<(AgencyId, Subject)>,
    pub records: BTreeSet<ChildRef>,
    pub agencies: BTreeSet<AgencyId>,
    pub practitioners: BTreeSet<(AgencyId, PractitionerId)>,
}

/// A record in reach, and the agency that supplied it as far as it is known.
#[derive(Debug)]
pub struct InReach {
    pub child: ChildNow,
    pub agency: Option<AgencyNow>,
}

/// The records in reach of what is named, without what was said of them.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn reach(tx: &mut PgConnection, wanted: &Wanted) -> Result<Vec<InReach>, sqlx::Error> {
    let (mut agencies, mut local, mut records) = (Vec::new(), Vec::new(), Vec::new());
    for (agency, subject) in &wanted.subjects {
        match subject {
            Subject::Local(id) => {
                agencies.push(agency.as_str());
                local.push(id.as_str());
            }
            Subject::Child(reference) => records.push(reference.as_uuid()),
        }
    }
    records.extend(wanted.records.iter().map(ChildRef::as_uuid));
    if agencies.is_empty() && records.is_empty() {
        return Ok(Vec::new());
    }
    let rows =
        sqlx::query_file!("src/store/reach.sql", &agencies as _, &local as _, &records).fetch_all(tx).await?;
    rows.into_iter()
        .map(|row| Ok(InReach { child: read(row.state)?, agency: row.agency.map(read).transpose()? }))
        .collect()
}

/// The records in reach, with all that reach them locked: whoever held a lock may have brought in more.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn locked_reach(tx: &mut PgConnection, named: &Wanted) -> Result<Vec<InReach>, sqlx::Error> {
    let mut locked = BTreeSet::new();
    loop {
        let in_reach = reach(tx, named).await?;
        let children: BTreeSet<i64> = in_reach.iter().map(|one| child_lock(one.child.record)).collect();
        if children.is_subset(&locked) {
            return Ok(in_reach);
        }
        lock(tx, &children.difference(&locked).copied().collect()).await?;
        locked.extend(children);
    }
}

fn child_lock(record: ChildRef) -> i64 {
    let of = record.as_uuid().as_u128() % CHILD_LOCKS;
    lock_number(&["child", &of.to_string()])
}

/// The lock of what an agency calls a child: whoever says something of a child and whoever brings its record in see one
/// another.
#[must_use]
pub fn subject_lock(agency: &AgencyId, id: &LocalChildId) -> i64 {
    lock_number(&["subject", agency.as_str(), id.as_str()])
}

/// The world of a batch: all that was said of what is in reach, and who takes part.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn load(
    tx: &mut PgConnection,
    wanted: &Wanted,
    in_reach: Vec<InReach>,
) -> Result<World, sqlx::Error> {
    let mut agencies = HashMap::new();
    let mut records: BTreeMap<Uuid, Record> = BTreeMap::new();
    for InReach { child, agency } in in_reach {
        // D-I6: of an agency that is not known yet nothing shows.
        let sensitive = agency.as_ref().is_none_or(|agency| agency.sensitive);
        let record = Record {
            agency: sensitivity(sensitive),
            involvements: Vec::new(),
            cafs: Vec::new(),
            statements: Vec::new(),
            confirmed: Vec::new(),
            child,
        };
        records.insert(record.child.record.as_uuid(), record);
        if let Some(agency) = agency {
            agencies.insert(agency.agency_id.clone(), agency);
        }
    }
    let mut practitioners = HashMap::new();
    for row in said(tx, wanted, &agencies, &records).await? {
        let of = row.record_id.and_then(|record| records.get_mut(&record));
        match (row.what.as_str(), of) {
            ("agency", _) => {
                let now: AgencyNow = read(row.state)?;
                agencies.insert(now.agency_id.clone(), now);
            }
            ("practitioner", _) => {
                let now: PractitionerNow = read(row.state)?;
                practitioners.insert((now.agency_id.clone(), now.practitioner_id.clone()), now);
            }
            ("involvement", Some(record)) => record.involvements.push(read(row.state)?),
            ("caf", Some(record)) => record.cafs.push(read(row.state)?),
            ("confirmed", Some(record)) => record.confirmed.push(read(row.state)?),
            ("consent", Some(record)) => record.statements.push(read(row.state)?),
            (what, _) => return Err(unreadable(format!("something said: {what}"))),
        }
    }
    Ok(World::new(agencies, practitioners, records.into_values().collect()))
}

/// Something that was said.
struct Row {
    what: String,
    record_id: Option<Uuid>,
    state: Value,
}

async fn said(
    tx: &mut PgConnection,
    wanted: &Wanted,
    agencies: &HashMap<AgencyId, AgencyNow>,
    records: &BTreeMap<Uuid, Record>,
) -> Result<Vec<Row>, sqlx::Error> {
    let ids: Vec<Uuid> = records.keys().copied().collect();
    let of: Vec<&str> = records.values().map(|record| record.child.agency_id.as_str()).collect();
    let local: Vec<Option<&str>> =
        records.values().map(|record| record.child.local_id.as_ref().map(LocalChildId::as_str)).collect();
    let named: Vec<&str> = wanted.agencies.iter().chain(agencies.keys()).map(AgencyId::as_str).collect();
    let (at, people): (Vec<&str>, Vec<&str>) =
        wanted.practitioners.iter().map(|(agency, id)| (agency.as_str(), id.as_str())).unzip();
    if ids.is_empty() && named.is_empty() && people.is_empty() {
        return Ok(Vec::new());
    }
    sqlx::query_file_as!(
        Row,
        "src/store/said.sql",
        &ids,
        &of as _,
        &local as _,
        &named as _,
        &at as _,
        &people as _
    )
    .fetch_all(tx)
    .await
}
