//! The table `told`, and all that the timers of a batch are about.

use std::collections::{BTreeSet, HashMap, HashSet};

use schemas::{AgencyId, CafRef, ChildRef, LocalRef};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::column::{parsed, parsed_if_any};
use super::lookup;
use crate::rules::calendar::Calendar;
use crate::rules::changes::Changes;
use crate::rules::due::{Area, Areas, Standing};
use crate::rules::watch::Watch;
use crate::rules::world::World;

/// That something was told: reminder's kind, what it is about, when it is due, and whom.
pub type Told = (String, String, Date, String);

/// Has things looked at by the timers.
///
/// # Errors
/// When the database refuses.
pub async fn look_at(
    tx: &mut PgConnection,
    watches: impl IntoIterator<Item = (Watch, OffsetDateTime)>,
) -> Result<(), sqlx::Error> {
    let timers: Vec<_> = watches.into_iter().map(|(watch, at)| (watch.timer(), at)).collect();
    kit::timers::set(tx, &timers).await
}

/// The authorities' clocks and CAF teams; a team that was revoked is none.
///
/// # Errors
/// When the database refuses.
pub async fn areas(tx: &mut PgConnection) -> Result<Areas, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT u.authority, u.bank_holidays, a.agency AS "team?"
           FROM authority u LEFT JOIN agency a ON a.agency = u.caf_team AND a.state = 'active'"#
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let calendar = Calendar::with_bank_holidays(row.bank_holidays);
            let area = Area { team: parsed_if_any(row.team.as_deref())?, calendar };
            Ok((parsed(&row.authority)?, area))
        })
        .collect()
}

/// All that is known of the children of these CAFs and records.
///
/// # Errors
/// When the database refuses.
pub async fn world(
    tx: &mut PgConnection,
    cafs: &[CafRef],
    mut records: Vec<Uuid>,
) -> Result<World, sqlx::Error> {
    if cafs.is_empty() && records.is_empty() {
        return Ok(World::default());
    }
    let refs: Vec<String> = cafs.iter().map(CafRef::to_string).collect();
    let of_cafs = sqlx::query_scalar!("SELECT record_id FROM caf WHERE caf_ref = ANY($1)", &refs);
    records.extend(of_cafs.fetch_all(&mut *tx).await?);
    Ok(World::new(lookup::records_with_cafs(tx, records).await?))
}

/// The CAFs that a batch of statements may have changed what is due of, besides those that it names: of
/// records that it wrote something of and of those that share a number or a key with one, since two CAFs
/// may now be of one child, or one of two be over; and of assessors whom it wrote, since a CAF takes
/// effect with its assessor. Of a record with more than two the latest: those before were told, and
/// the work is bounded.
///
/// # Errors
/// When the database refuses.
pub async fn cafs_near(tx: &mut PgConnection, changes: &Changes) -> Result<Vec<CafRef>, sqlx::Error> {
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
        return Ok(Vec::new());
    }
    let refs = sqlx::query_scalar!(
        r#"WITH said AS (SELECT record_id FROM unnest($1::uuid[]) AS said(record_id)),
                number AS (SELECT DISTINCT r.nhs_number FROM said CROSS JOIN LATERAL
                               (SELECT * FROM record WHERE record.record_id = said.record_id OFFSET 0) AS r
                           WHERE r.nhs_number IS NOT NULL),
                held AS (SELECT DISTINCT k.key FROM said CROSS JOIN LATERAL
                             (SELECT * FROM record_key WHERE record_key.record_id = said.record_id OFFSET 0) AS k),
                near AS (SELECT record_id FROM said
                         UNION
                         SELECT r.record_id FROM number CROSS JOIN LATERAL
                             (SELECT * FROM record WHERE record.nhs_number = number.nhs_number OFFSET 0) AS r
                         UNION
                         SELECT k.record_id FROM held CROSS JOIN LATERAL
                             (SELECT * FROM record_key WHERE record_key.key = held.key OFFSET 0) AS k)
           SELECT c.caf_ref AS "caf_ref!" FROM near CROSS JOIN LATERAL
               (SELECT * FROM caf WHERE caf.record_id = near.record_id
                ORDER BY started_at DESC, caf_ref LIMIT 2) AS c
           UNION
           SELECT c.caf_ref FROM unnest($2::text[], $3::text[]) AS said(agency, practitioner_id)
           CROSS JOIN LATERAL
               (SELECT * FROM caf WHERE caf.agency = said.agency
                AND caf.practitioner_id = said.practitioner_id OFFSET 0) AS c"#,
        &records,
        &agencies as _,
        &people as _,
    )
    .fetch_all(tx)
    .await?;
    refs.iter().map(|caf| parsed(caf)).collect()
}

/// The intentions that stand: no CAF was started upon them.
///
/// # Errors
/// When the database refuses.
pub async fn standing(
    tx: &mut PgConnection,
    intentions: &[(AgencyId, LocalRef)],
) -> Result<Vec<Standing>, sqlx::Error> {
    if intentions.is_empty() {
        return Ok(Vec::new());
    }
    let agencies: Vec<&str> = intentions.iter().map(|(agency, _)| agency.as_str()).collect();
    let local_refs: Vec<&str> = intentions.iter().map(|(_, local_ref)| local_ref.as_str()).collect();
    let rows = sqlx::query!(
        "SELECT i.agency, i.local_ref, i.record_id, i.authority, i.lapses_on
           FROM unnest($1::text[], $2::text[]) AS said(agency, local_ref)
           JOIN intention i ON i.agency = said.agency AND i.local_ref = said.local_ref
           JOIN agency a ON a.agency = i.agency AND a.state = 'active'
           WHERE NOT EXISTS (SELECT FROM caf c
                             WHERE c.agency = i.agency AND c.intention_ref = i.local_ref)",
        &agencies as _,
        &local_refs as _,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Standing {
                agency: parsed(&row.agency)?,
                local_ref: parsed(&row.local_ref)?,
                record: row.record_id.map(ChildRef::from_uuid),
                authority: parsed(&row.authority)?,
                lapses_on: row.lapses_on,
            })
        })
        .collect()
}

/// In which authority's log these records stand, as far as they have facts.
///
/// # Errors
/// When the database refuses.
pub async fn authorities_of(
    tx: &mut PgConnection,
    records: &[Uuid],
) -> Result<HashMap<ChildRef, schemas::AuthorityId>, sqlx::Error> {
    if records.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        r#"SELECT record_id, authority AS "authority!" FROM record
           WHERE record_id = ANY($1) AND authority IS NOT NULL"#,
        records,
    )
    .fetch_all(tx)
    .await?;
    rows.iter().map(|row| Ok((ChildRef::from_uuid(row.record_id), parsed(&row.authority)?))).collect()
}

/// What was told already about any of these.
///
/// # Errors
/// When the database refuses.
pub async fn told(tx: &mut PgConnection, about: &[String]) -> Result<HashSet<Told>, sqlx::Error> {
    if about.is_empty() {
        return Ok(HashSet::new());
    }
    let rows = sqlx::query!("SELECT kind, ref, due_on, whom FROM told WHERE ref = ANY($1)", about);
    let rows = rows.fetch_all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.kind, row.r#ref, row.due_on, row.whom)).collect())
}

/// Takes down what is told now. Told meanwhile by another replica: the round runs again.
///
/// # Errors
/// When the database refuses.
pub async fn store_told(
    tx: &mut PgConnection,
    told: &[Told],
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    if told.is_empty() {
        return Ok(());
    }
    let kinds: Vec<&str> = told.iter().map(|(kind, ..)| kind.as_str()).collect();
    let refs: Vec<&str> = told.iter().map(|(_, about, ..)| about.as_str()).collect();
    let due: Vec<Date> = told.iter().map(|(_, _, due, _)| *due).collect();
    let whom: Vec<&str> = told.iter().map(|(.., whom)| whom.as_str()).collect();
    sqlx::query!(
        "INSERT INTO told (kind, ref, due_on, whom, told_at)
         SELECT kind, ref, due_on, whom, $5
         FROM unnest($1::text[], $2::text[], $3::date[], $4::text[]) AS said(kind, ref, due_on, whom)",
        &kinds as _,
        &refs as _,
        &due,
        &whom as _,
        now,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets what was told before a moment.
///
/// # Errors
/// When the database refuses.
pub async fn forget(tx: &mut PgConnection, before: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM told WHERE told_at < $1", before).execute(tx).await?;
    Ok(())
}
