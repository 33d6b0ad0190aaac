//! Loads what the index told of the children, agencies and practitioners that a batch is about.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kit::column::read;
use kit::handler::{lock, lock_number};
use schemas::{
    AgencyId, AgencyNow, CafNow, ChildNow, ChildRef, InvolvementNow, LocalChildId, PractitionerId,
    PractitionerNow, Subject,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::rules::consent::Statement;
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
    add_what_was_said(tx, &mut records).await?;
    let named: BTreeSet<AgencyId> = wanted.agencies.iter().chain(agencies.keys()).cloned().collect();
    for agency in load_agencies(tx, &named.iter().collect::<Vec<_>>()).await? {
        agencies.insert(agency.agency_id.clone(), agency);
    }
    let work = records.values().flat_map(|record| &record.involvements);
    let workers = work.map(|work| (work.agency_id.clone(), work.practitioner_id.clone()));
    let people: BTreeSet<_> = wanted.practitioners.iter().cloned().chain(workers).collect();
    let practitioners = practitioners(tx, &people).await?;
    Ok(World::new(agencies, practitioners, records.into_values().collect()))
}

/// Adds the agencies that statements name: whether a sensitive one is among them has to be known (D-I6).
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn add_named(tx: &mut PgConnection, world: &mut World) -> Result<(), sqlx::Error> {
    let named = world.named_unknown();
    if named.is_empty() {
        return Ok(());
    }
    for agency in load_agencies(tx, &named.iter().collect::<Vec<_>>()).await? {
        world.agencies.insert(agency.agency_id.clone(), agency);
    }
    Ok(())
}

async fn add_what_was_said(
    tx: &mut PgConnection,
    records: &mut BTreeMap<Uuid, Record>,
) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = records.keys().copied().collect();
    let agencies: Vec<&str> = records.values().map(|record| record.child.agency_id.as_str()).collect();
    let local: Vec<Option<&str>> =
        records.values().map(|record| record.child.local_id.as_ref().map(LocalChildId::as_str)).collect();
    let rows =
        sqlx::query_file!("src/store/said.sql", &ids, &agencies as _, &local as _).fetch_all(tx).await?;
    for row in rows {
        let Some(record) = records.get_mut(&row.record_id) else {
            continue;
        };
        match row.what.as_str() {
            "involvement" => record.involvements.push(read::<InvolvementNow>(row.state)?),
            "caf" => record.cafs.push(read::<CafNow>(row.state)?),
            "confirmed" => record.confirmed.push(read(row.state)?),
            _ => record.statements.push(read::<Statement>(row.state)?),
        }
    }
    Ok(())
}

/// These agencies, and the CAF teams of the areas that they work in, as far as they are known.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn load_agencies(tx: &mut PgConnection, ids: &[&AgencyId]) -> Result<Vec<AgencyNow>, sqlx::Error> {
    let ids: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
    let rows = sqlx::query_scalar!(
        r#"WITH named AS (SELECT a.agency, a.state FROM unnest($1::text[]) AS said(agency)
                          CROSS JOIN LATERAL
                              (SELECT * FROM agency a WHERE a.agency = said.agency OFFSET 0) AS a)
           SELECT state AS "state!" FROM named
           UNION
           SELECT t.state
           FROM (SELECT DISTINCT area ->> 'cafTeam' AS agency
                 FROM named, jsonb_array_elements(named.state -> 'authorities') AS area) AS team
           CROSS JOIN LATERAL (SELECT * FROM agency t WHERE t.agency = team.agency OFFSET 0) AS t"#,
        &ids as _,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(read).collect()
}

async fn practitioners(
    tx: &mut PgConnection,
    people: &BTreeSet<(AgencyId, PractitionerId)>,
) -> Result<HashMap<(AgencyId, PractitionerId), PractitionerNow>, sqlx::Error> {
    let agencies: Vec<&str> = people.iter().map(|(agency, _)| agency.as_str()).collect();
    let ids: Vec<&str> = people.iter().map(|(_, id)| id.as_str()).collect();
    let rows = sqlx::query_scalar!(
        "SELECT p.state FROM unnest($1::text[], $2::text[]) AS said(agency, practitioner_id)
         CROSS JOIN LATERAL
             (SELECT * FROM practitioner p
              WHERE p.agency = said.agency AND p.practitioner_id = said.practitioner_id OFFSET 0) AS p",
        &agencies as _,
        &ids as _,
    )
    .fetch_all(tx)
    .await?;
    let mut known = HashMap::with_capacity(rows.len());
    for row in rows {
        let now: PractitionerNow = read(row)?;
        known.insert((now.agency_id.clone(), now.practitioner_id.clone()), now);
    }
    Ok(known)
}
