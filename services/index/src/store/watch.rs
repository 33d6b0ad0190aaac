//! The table `told`, and all that the timers of a batch are about.

use std::collections::{HashMap, HashSet};

use schemas::{AgencyId, CafRef, CafReturned, ChildRef, LocalRef, MessageId};
use sqlx::PgConnection;
use sqlx::types::Json;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::lookup;
use super::shown::sensitivity;
use crate::rules::awaited::Standing;
use crate::rules::due::{Area, Areas, Saying};
use crate::rules::watch::Watch;
use crate::rules::world::World;
use kit::calendar::Calendar;
use kit::column::{parsed, parsed_if_any};

/// That something was told: the kind of reminder, task or message, what it is about, when it is due, and
/// whom; with the statement that led to it where each is told of.
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

/// The intentions that stand: no CAF was started upon them, nor by the same agency of the same record since.
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
        r#"SELECT i.agency, i.local_ref, i.record_id, i.authority, i.lapses_on,
                  a.sensitive OR EXISTS (SELECT FROM involvement v
                                         WHERE v.agency = i.agency AND v.sensitive
                                           AND v.practitioner_id = i.practitioner_id) AS "discreet!",
                  ARRAY(SELECT r.record_id FROM intention_key k JOIN record_key r ON r.key = k.key
                        WHERE k.agency = i.agency AND k.local_ref = i.local_ref
                        UNION
                        SELECT r.record_id FROM intention_key k
                        JOIN record r ON r.nhs_number = split_part(k.key, '|', 1)
                                     AND r.birth_date = split_part(k.key, '|', 2)
                        WHERE k.agency = i.agency AND k.local_ref = i.local_ref) AS "met!"
           FROM unnest($1::text[], $2::text[]) AS said(agency, local_ref)
           JOIN intention i ON i.agency = said.agency AND i.local_ref = said.local_ref
           JOIN agency a ON a.agency = i.agency AND a.state = 'active'
           WHERE NOT EXISTS (SELECT FROM caf c
                             WHERE c.agency = i.agency AND c.intention_ref = i.local_ref)
             AND NOT EXISTS (SELECT FROM caf c
                             WHERE c.record_id = i.record_id AND c.agency = i.agency
                               AND c.started_at >= i.effective_at - interval '1 day')"#,
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
                sensitivity: sensitivity(row.discreet),
                met: row.met.into_iter().map(ChildRef::from_uuid).collect(),
            })
        })
        .collect()
}

/// What was said of CAFs after their start.
#[derive(Debug, Default)]
pub struct Said {
    /// By agencies which take part.
    pub sayings: HashMap<CafRef, Vec<Saying>>,
    /// What the checks of their forms found, each under its message.
    pub checks: HashMap<MessageId, CafReturned>,
}

/// All that was said of these CAFs after their start.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn said(tx: &mut PgConnection, cafs: &[CafRef]) -> Result<Said, sqlx::Error> {
    let mut said = Said::default();
    if cafs.is_empty() {
        return Ok(said);
    }
    let refs: Vec<String> = cafs.iter().map(CafRef::to_string).collect();
    let rows = sqlx::query!(
        r#"SELECT s.caf_ref, s.agency, a.kind, a.state = 'active' AS "takes_part!", s.local_ref,
                  s.message_id, s.received_at,
                  CASE s.what WHEN 'checked' THEN s.data END AS "found: Json<CafReturned>"
           FROM caf_step s JOIN agency a ON a.agency = s.agency
           WHERE s.caf_ref = ANY($1)"#,
        &refs,
    )
    .fetch_all(tx)
    .await?;
    for row in rows {
        let message = MessageId::from_uuid(row.message_id);
        said.checks.extend(row.found.map(|found| (message, found.0)));
        if row.takes_part {
            said.sayings.entry(parsed(&row.caf_ref)?).or_default().push(Saying {
                agency: parsed(&row.agency)?,
                kind: parsed(&row.kind)?,
                local_ref: parsed(&row.local_ref)?,
                message,
                received_on: row.received_at.date(),
            });
        }
    }
    Ok(said)
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
