//! The tables of what the index says: of each entity the state of the highest version, whatever the order in which
//! the events come.

use std::collections::HashMap;
use std::hash::Hash;

use kit::handler::lock;
use schemas::{
    AgencyNow, CafNow, ChildNow, ChildRef, InvolvementNow, LocalChildId, PractitionerNow, StateEvent,
    StateVersion, Token,
};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::showing;
use super::world::{self, Wanted};
use crate::rules::watch::Watch;

/// Keeps what these events say.
///
/// # Errors
/// When the database refuses.
pub async fn keep(tx: &mut PgConnection, events: &[&StateEvent]) -> Result<(), sqlx::Error> {
    let (mut agencies, mut practitioners, mut children) = (Vec::new(), Vec::new(), Vec::new());
    let (mut involvements, mut cafs) = (Vec::new(), Vec::new());
    for event in events {
        match event {
            StateEvent::AgencyChanged(event) => agencies.extend(&event.states),
            StateEvent::PractitionerChanged(event) => practitioners.extend(&event.states),
            StateEvent::ChildChanged(event) => children.extend(&event.states),
            StateEvent::InvolvementChanged(event) => involvements.extend(&event.states),
            StateEvent::CafChanged(event) => cafs.extend(&event.states),
            // Its own: the catalogue gives it to the index.
            StateEvent::ConsentChanged(_) => {}
        }
    }
    keep_agencies(tx, &latest(agencies, |one| &one.agency_id, |one| one.version)).await?;
    let by = |one: &'_ PractitionerNow| (one.agency_id.clone(), one.practitioner_id.clone());
    keep_practitioners(tx, &latest(practitioners, by, |one| one.version)).await?;
    keep_children(tx, &latest(children, |one| one.record, |one| one.version)).await?;
    let by = |one: &'_ InvolvementNow| (one.agency_id.clone(), one.local_ref.clone());
    keep_involvements(tx, &latest(involvements, by, |one| one.version)).await?;
    keep_cafs(tx, &latest(cafs, |one| &one.caf_ref, |one| one.version)).await
}

/// One statement must not meet a row twice.
fn latest<'s, T, K: Hash + Eq>(
    states: Vec<&'s T>,
    key: impl Fn(&'s T) -> K,
    version: impl Fn(&T) -> StateVersion,
) -> Vec<&'s T> {
    let mut latest: HashMap<K, &T> = HashMap::new();
    for state in states {
        let known = latest.entry(key(state)).or_insert(state);
        if version(known) < version(state) {
            *known = state;
        }
    }
    latest.into_values().collect()
}

fn json<T: Serialize>(states: &[&T]) -> Vec<Value> {
    states.iter().map(|state| serde_json::json!(state)).collect()
}

async fn keep_agencies(tx: &mut PgConnection, states: &[&AgencyNow]) -> Result<(), sqlx::Error> {
    if states.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = states.iter().map(|one| one.agency_id.as_str()).collect();
    let versions: Vec<i64> = states.iter().map(|one| one.version.number()).collect();
    sqlx::query!(
        "INSERT INTO agency AS known (agency, version, state)
         SELECT * FROM unnest($1::text[], $2::bigint[], $3::jsonb[])
         ON CONFLICT (agency) DO UPDATE SET version = EXCLUDED.version, state = EXCLUDED.state
         WHERE known.version < EXCLUDED.version",
        &ids as _,
        &versions,
        &json(states),
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn keep_practitioners(tx: &mut PgConnection, states: &[&PractitionerNow]) -> Result<(), sqlx::Error> {
    if states.is_empty() {
        return Ok(());
    }
    let agencies: Vec<&str> = states.iter().map(|one| one.agency_id.as_str()).collect();
    let ids: Vec<&str> = states.iter().map(|one| one.practitioner_id.as_str()).collect();
    let versions: Vec<i64> = states.iter().map(|one| one.version.number()).collect();
    sqlx::query!(
        "INSERT INTO practitioner AS known (agency, practitioner_id, version, state)
         SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::jsonb[])
         ON CONFLICT (agency, practitioner_id) DO UPDATE
         SET version = EXCLUDED.version, state = EXCLUDED.state
         WHERE known.version < EXCLUDED.version",
        &agencies as _,
        &ids as _,
        &versions,
        &json(states),
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn keep_children(tx: &mut PgConnection, states: &[&ChildNow]) -> Result<(), sqlx::Error> {
    if states.is_empty() {
        return Ok(());
    }
    let called = states.iter().filter_map(|one| Some((&one.agency_id, one.local_id.as_ref()?)));
    lock(tx, &called.map(|(agency, id)| world::subject_lock(agency, id)).collect()).await?;
    let ids: Vec<Uuid> = states.iter().map(|one| one.record.as_uuid()).collect();
    let versions: Vec<i64> = states.iter().map(|one| one.version.number()).collect();
    let agencies: Vec<&str> = states.iter().map(|one| one.agency_id.as_str()).collect();
    let local: Vec<Option<&str>> =
        states.iter().map(|one| one.local_id.as_ref().map(LocalChildId::as_str)).collect();
    let of: Vec<Option<Uuid>> = states.iter().map(|one| one.alias_of.map(|of| of.as_uuid())).collect();
    let kept: Vec<Uuid> = sqlx::query_scalar!(
        "INSERT INTO child_record AS known (record_id, version, agency, local_id, alias_of, state)
         SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::uuid[], $6::jsonb[])
         ON CONFLICT (record_id) DO UPDATE
         SET version = EXCLUDED.version, local_id = EXCLUDED.local_id, alias_of = EXCLUDED.alias_of,
             state = EXCLUDED.state
         WHERE known.version < EXCLUDED.version
         RETURNING record_id",
        &ids,
        &versions,
        &agencies as _,
        &local as _,
        &of as _,
        &json(states),
    )
    .fetch_all(&mut *tx)
    .await?;
    let tokens = states.iter().filter(|one| kept.contains(&one.record.as_uuid())).flat_map(|one| {
        let tokens = one.child_tokens();
        tokens.map(|token| (one.record.as_uuid(), token.as_str()))
    });
    let (records, tokens): (Vec<Uuid>, Vec<&str>) = tokens.unzip();
    sqlx::query!("DELETE FROM child_token WHERE record_id = ANY($1)", &kept).execute(&mut *tx).await?;
    sqlx::query!(
        "INSERT INTO child_token (record_id, token) SELECT DISTINCT * FROM unnest($1::uuid[], $2::text[])",
        &records,
        &tokens as _,
    )
    .execute(&mut *tx)
    .await?;
    // In the order in which a lane sets timers.
    look_at_consents(tx, &kept).await?;
    showing::look_again(tx, &kept).await
}

/// What is due of consents rests on when a child was born, and on who lives; and what was said may meet what was released
/// (G7): looked at anew where consents were recorded with these records or with any that are tied to them.
async fn look_at_consents(tx: &mut PgConnection, changed: &[Uuid]) -> Result<(), sqlx::Error> {
    let records = changed.iter().copied().map(ChildRef::from_uuid).collect();
    // What is being said of any of them is waited for: it does not see the change.
    let in_reach = world::locked_reach(tx, &Wanted { records, ..Wanted::default() }).await?;
    let tied: Vec<Uuid> = in_reach.iter().map(|one| one.child.record.as_uuid()).collect();
    let concerned = sqlx::query_file_scalar!("src/store/consents_of.sql", &tied).fetch_all(&mut *tx).await?;
    let watches = concerned.into_iter().map(ChildRef::from_uuid);
    let watches = watches.flat_map(|record| [Watch::Consent(record), Watch::Released(record)]);
    let timers: Vec<_> = watches.map(|watch| (watch.timer(), OffsetDateTime::UNIX_EPOCH)).collect();
    kit::timers::set(tx, &timers).await
}

/// By what records meet.
trait Tokens {
    fn child_tokens(&self) -> impl Iterator<Item = &Token>;
}

impl Tokens for ChildNow {
    fn child_tokens(&self) -> impl Iterator<Item = &Token> {
        self.tokens.number.iter().chain(&self.tokens.keys)
    }
}

async fn keep_involvements(tx: &mut PgConnection, states: &[&InvolvementNow]) -> Result<(), sqlx::Error> {
    if states.is_empty() {
        return Ok(());
    }
    let agencies: Vec<&str> = states.iter().map(|one| one.agency_id.as_str()).collect();
    let refs: Vec<&str> = states.iter().map(|one| one.local_ref.as_str()).collect();
    let versions: Vec<i64> = states.iter().map(|one| one.version.number()).collect();
    let records: Vec<Uuid> = states.iter().map(|one| one.record.as_uuid()).collect();
    sqlx::query!(
        "INSERT INTO involvement AS known (agency, local_ref, version, record_id, state)
         SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::uuid[], $5::jsonb[])
         ON CONFLICT (agency, local_ref) DO UPDATE
         SET version = EXCLUDED.version, record_id = EXCLUDED.record_id, state = EXCLUDED.state
         WHERE known.version < EXCLUDED.version",
        &agencies as _,
        &refs as _,
        &versions,
        &records,
        &json(states),
    )
    .execute(&mut *tx)
    .await?;
    showing::look_again(tx, &records).await
}

async fn keep_cafs(tx: &mut PgConnection, states: &[&CafNow]) -> Result<(), sqlx::Error> {
    if states.is_empty() {
        return Ok(());
    }
    let refs: Vec<String> = states.iter().map(|one| one.caf_ref.to_string()).collect();
    let versions: Vec<i64> = states.iter().map(|one| one.version.number()).collect();
    let records: Vec<Uuid> = states.iter().map(|one| one.record.as_uuid()).collect();
    sqlx::query!(
        "INSERT INTO caf AS known (caf_ref, version, record_id, state)
         SELECT * FROM unnest($1::text[], $2::bigint[], $3::uuid[], $4::jsonb[])
         ON CONFLICT (caf_ref) DO UPDATE
         SET version = EXCLUDED.version, record_id = EXCLUDED.record_id, state = EXCLUDED.state
         WHERE known.version < EXCLUDED.version",
        &refs,
        &versions,
        &records,
        &json(states),
    )
    .execute(tx)
    .await?;
    Ok(())
}
