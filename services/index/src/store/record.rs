//! The tables `record` and `record_key`: an agency's records of children.

use std::collections::{BTreeMap, BTreeSet};

use kit::Clock;
use schemas::{AgencyId, ChildRecorded, ChildRef, LocalChildId, Restriction};
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::handlers::StatementKey as Key;
use crate::rules::answer::Alias;
use crate::rules::changes::Folded;
use crate::rules::demographics::DemographicsKey;
use crate::rules::kept::Kept;
use crate::rules::known::{Known, Place};
use kit::column::parsed;

/// Finds the records that the keys name, and sets a reference aside for each that is not there.
///
/// # Errors
/// When the database refuses.
pub async fn load_known(
    tx: &mut PgConnection,
    keys: &BTreeSet<Key>,
    clock: &Clock,
    known: &mut Known,
) -> Result<(), sqlx::Error> {
    let mut local: Vec<(&AgencyId, &LocalChildId)> = Vec::new();
    let mut references: Vec<Uuid> = Vec::new();
    for key in keys {
        match key {
            Key::Local(agency, id) => local.push((agency, id)),
            Key::Child(_, reference) => references.push(reference.as_uuid()),
            Key::Sender(_) | Key::Authority(_) | Key::Fact(..) => {}
        }
    }
    if local.is_empty() && references.is_empty() {
        return Ok(());
    }
    let agencies: Vec<&str> = local.iter().map(|(agency, _)| agency.as_str()).collect();
    let ids: Vec<&str> = local.iter().map(|(_, id)| id.as_str()).collect();
    let rows = sqlx::query!(
        r#"SELECT r.record_id AS "record_id!", r.agency AS "agency!", r.local_id
           FROM unnest($1::text[], $2::text[]) AS named(agency, local_id)
           CROSS JOIN LATERAL
               (SELECT * FROM record
                WHERE record.agency = named.agency AND record.local_id = named.local_id OFFSET 0) AS r
           UNION ALL
           SELECT r.record_id, r.agency, NULL
           FROM unnest($3::uuid[]) AS named(record_id)
           CROSS JOIN LATERAL
               (SELECT * FROM record WHERE record.record_id = named.record_id OFFSET 0) AS r"#,
        &agencies as _,
        &ids as _,
        &references,
    )
    .fetch_all(tx)
    .await?;
    for row in rows {
        let (agency, record) = (parsed(&row.agency)?, ChildRef::from_uuid(row.record_id));
        match row.local_id {
            Some(id) => known.add_place(agency, parsed(&id)?, Place::Found(record)),
            None => known.add_child(agency, record),
        }
    }
    for (agency, id) in local {
        known.add_missing(agency, id, || ChildRef::from_uuid(clock.new_id()));
    }
    Ok(())
}

/// Makes records, as yet without facts.
///
/// # Errors
/// When the database refuses.
pub async fn store_new(
    tx: &mut PgConnection,
    records: &BTreeMap<ChildRef, (AgencyId, LocalChildId)>,
) -> Result<(), sqlx::Error> {
    if records.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = records.keys().map(ChildRef::as_uuid).collect();
    let agencies: Vec<&str> = records.values().map(|(agency, _)| agency.as_str()).collect();
    let local_ids: Vec<&str> = records.values().map(|(_, id)| id.as_str()).collect();
    sqlx::query!(
        "INSERT INTO record (record_id, agency, local_id)
         SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])",
        &ids,
        &agencies as _,
        &local_ids as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Makes records by which an agency knows a child from a lookup.
///
/// # Errors
/// When the database refuses; also when the agency got another reference meanwhile, so that the
/// batch is decided again.
pub async fn store_aliases(tx: &mut PgConnection, aliases: &[(AgencyId, Alias)]) -> Result<(), sqlx::Error> {
    if aliases.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = aliases.iter().map(|(_, alias)| alias.id.as_uuid()).collect();
    let agencies: Vec<&str> = aliases.iter().map(|(agency, _)| agency.as_str()).collect();
    let targets: Vec<Uuid> = aliases.iter().map(|(_, alias)| alias.of.as_uuid()).collect();
    sqlx::query!(
        "INSERT INTO record (record_id, agency, alias_of)
         SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[])",
        &ids,
        &agencies as _,
        &targets,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What is to be written of a record, as of the latest `child.recorded`.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) record: Uuid,
    pub(super) kept: Kept,
    pub(super) effective_at: OffsetDateTime,
    pub(super) message_id: Uuid,
}

/// By what statement.
#[derive(Clone, Copy, Debug)]
pub(super) enum Said {
    Recorded,
    Corrected,
}

/// Writes what agencies hold of children; a later statement that stands there stays. Returns the
/// records among them that have corrections.
///
/// # Errors
/// When the database refuses.
pub async fn store_facts(
    tx: &mut PgConnection,
    children: &Folded<ChildRef, ChildRecorded>,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let (effective, messages) = children.moments();
    let said = children.column(|record, fact| (record.as_uuid(), Kept::recorded(fact)));
    let facts: Vec<Facts> = said
        .into_iter()
        .zip(effective.into_iter().zip(messages))
        .map(|((record, kept), (effective_at, message_id))| Facts { record, kept, effective_at, message_id })
        .collect();
    write_facts(tx, &facts, Said::Recorded).await
}

/// Writes the columns and keys; returns the records among them that have corrections.
pub(super) async fn write_facts(
    tx: &mut PgConnection,
    facts: &[Facts],
    said: Said,
) -> Result<Vec<Uuid>, sqlx::Error> {
    if facts.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = facts.iter().map(|of| of.record).collect();
    let kept: Vec<Json<&Value>> = facts.iter().map(|of| Json(&of.kept.facts)).collect();
    let effective: Vec<OffsetDateTime> = facts.iter().map(|of| of.effective_at).collect();
    let messages: Vec<Uuid> = facts.iter().map(|of| of.message_id).collect();
    let as_recorded = match said {
        Said::Recorded => true,
        Said::Corrected => false,
    };
    // One jsonb a row here, unlike elsewhere: a child's record is wide, and seldom written.
    let written = sqlx::query!(
        "UPDATE record AS known
         SET names = fact -> 'names', birth_date = fact -> 'birth' ->> 'date',
             birth_precision = fact -> 'birth' ->> 'precision', gender = fact ->> 'gender',
             nhs_number = fact ->> 'nhsNumber', upn = fact ->> 'upn', uln = fact ->> 'uln',
             addresses = fact -> 'addresses', carers = fact -> 'carers',
             setting = nullif(fact -> 'setting', 'null'),
             gp_practice = nullif(fact -> 'gpPractice', 'null'),
             child_state = fact ->> 'childState', authority = fact ->> 'authority',
             synthetic = (fact ->> 'synthetic')::bool,
             told_by = nullif(fact -> 'toldBy', 'null'),
             recorded = CASE WHEN NOT $5 THEN known.recorded WHEN known.corrected THEN fact END,
             effective_at = said.effective_at, message_id = said.message_id,
             state_version = known.state_version + 1, changed_in = pg_current_xact_id()
         FROM unnest($1::uuid[], $2::jsonb[], $3::timestamptz[], $4::uuid[])
              AS said(record_id, fact, effective_at, message_id)
         WHERE known.record_id = said.record_id
           AND (known.effective_at IS NULL
                OR (known.effective_at, known.message_id) <= (said.effective_at, said.message_id))
         RETURNING known.record_id, known.corrected",
        &ids,
        &kept as _,
        &effective,
        &messages,
        as_recorded,
    )
    .fetch_all(&mut *tx)
    .await?;
    let of: BTreeSet<Uuid> = written.iter().map(|row| row.record_id).collect();
    store_keys(tx, facts, &of).await?;
    Ok(written.into_iter().filter(|row| row.corrected).map(|row| row.record_id).collect())
}

/// Brings the keys of the records that were `written` into line with their facts.
async fn store_keys(
    tx: &mut PgConnection,
    facts: &[Facts],
    written: &BTreeSet<Uuid>,
) -> Result<(), sqlx::Error> {
    let (mut ids, mut keys) = (Vec::new(), Vec::new());
    for of in facts.iter().filter(|of| written.contains(&of.record)) {
        ids.extend(of.kept.keys.iter().map(|_| of.record));
        keys.extend(of.kept.keys.iter().map(DemographicsKey::as_str));
    }
    let written: Vec<Uuid> = written.iter().copied().collect();
    sqlx::query!(
        "WITH said AS (SELECT * FROM unnest($2::uuid[], $3::text[]) AS said(record_id, key)),
              gone AS (DELETE FROM record_key AS known
                       WHERE known.record_id = ANY($1)
                         AND NOT EXISTS (SELECT FROM said
                                         WHERE said.record_id = known.record_id
                                           AND said.key = known.key))
         INSERT INTO record_key (record_id, key) SELECT record_id, key FROM said
         ON CONFLICT DO NOTHING",
        &written,
        &ids,
        &keys as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Whoever else would write these rows waits for this transaction.
pub(super) async fn lock(tx: &mut PgConnection, records: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "SELECT record_id FROM record WHERE record_id = ANY($1) ORDER BY record_id FOR NO KEY UPDATE",
        records,
    )
    .fetch_all(tx)
    .await?;
    Ok(())
}

/// A level as it is stored.
pub(super) const fn number_of(level: Restriction) -> i16 {
    match level {
        Restriction::None => 0,
        Restriction::Address => 1,
        Restriction::WholeRecord => 2,
    }
}

/// The level behind a stored number. What nobody wrote restricts most.
pub(super) const fn level_of(number: i16) -> Restriction {
    match number {
        0 => Restriction::None,
        1 => Restriction::Address,
        _ => Restriction::WholeRecord,
    }
}
