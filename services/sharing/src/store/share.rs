//! The tables `share` and `fact`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kit::column::{parsed, read, unreadable};
use kit::seal::KeyedHash;
use schemas::{AgencyId, ChildRef, MessageId, MessageType};
use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Closet;
use crate::rules::changes::{Fact, Private};
use crate::rules::share::{Held, Kind, Share, State};

/// For what the texts of a request are sealed.
pub const CONTEXT: &str = "share";

/// The requests that these agencies name: their holder by our id, who asked by that of its message.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn load(
    tx: &mut PgConnection,
    named: &BTreeSet<(AgencyId, MessageId)>,
) -> Result<HashMap<Uuid, Share>, sqlx::Error> {
    if named.is_empty() {
        return Ok(HashMap::new());
    }
    let agencies: Vec<&str> = named.iter().map(|(agency, _)| agency.as_str()).collect();
    let ids: Vec<Uuid> = named.iter().map(|(_, id)| id.as_uuid()).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT s.share_id AS "share_id!", s.kind AS "kind!", s.agency AS "agency!",
                  s.message_id AS "message_id!", s.local_ref AS "local_ref!",
                  s.practitioner AS "practitioner!", s.record_id, s.holder, s.holder_record,
                  s.asked AS "asked!", s.state AS "state!", s.received_at AS "received_at!", s.due_at
           FROM unnest($1::text[], $2::uuid[]) AS said(agency, id)
           CROSS JOIN LATERAL (
               SELECT * FROM share s WHERE s.share_id = said.id AND s.holder = said.agency
               UNION ALL
               SELECT * FROM share s WHERE s.agency = said.agency AND s.message_id = said.id) AS s"#,
        &agencies as _,
        &ids,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(|row| row.parse().map(|share| (share.id, share))).collect()
}

/// Requests by our ids: for timers.
///
/// # Errors
/// When the database refuses, or holds what does not parse.
pub async fn by_ids(tx: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Share>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT share_id, kind, agency, message_id, local_ref, practitioner, record_id, holder, holder_record,
                asked, state, received_at, due_at
         FROM share WHERE share_id = ANY($1)",
        ids,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(|row| row.parse().map(|share| (share.id, share))).collect()
}

struct Row {
    share_id: Uuid,
    kind: String,
    agency: String,
    message_id: Uuid,
    local_ref: String,
    practitioner: String,
    record_id: Option<Uuid>,
    holder: Option<String>,
    holder_record: Option<Uuid>,
    asked: Value,
    state: String,
    received_at: OffsetDateTime,
    due_at: Option<OffsetDateTime>,
}

impl Row {
    fn parse(self) -> Result<Share, sqlx::Error> {
        let kinds = [Kind::Request, Kind::Offer];
        let kind = kinds.into_iter().find(|kind| kind.as_str() == self.kind);
        let state = State::ALL.into_iter().find(|state| state.as_str() == self.state);
        let holder = match (self.holder, self.holder_record) {
            (Some(agency), Some(record)) => {
                let agency = parsed(&agency)?;
                Some(Held { agency, record: ChildRef::from_uuid(record) })
            }
            _ => None,
        };
        Ok(Share {
            id: self.share_id,
            kind: kind.ok_or_else(|| unreadable("a kind of share"))?,
            agency: parsed(&self.agency)?,
            message: MessageId::from_uuid(self.message_id),
            local_ref: parsed(&self.local_ref)?,
            practitioner: parsed(&self.practitioner)?,
            record: self.record_id.map(ChildRef::from_uuid),
            holder,
            asked: read(self.asked)?,
            state: state.ok_or_else(|| unreadable("a state of a share"))?,
            received_at: self.received_at,
            due_at: self.due_at,
        })
    }
}

/// Adds shares, with their texts sealed.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn store(
    tx: &mut PgConnection,
    shares: &[(Share, Option<Private>)],
    closet: &Closet<'_>,
) -> Result<(), sqlx::Error> {
    if shares.is_empty() {
        return Ok(());
    }
    let all = || shares.iter().map(|(share, _)| share);
    let ids: Vec<Uuid> = all().map(|share| share.id).collect();
    let kinds: Vec<&str> = all().map(|share| share.kind.as_str()).collect();
    let agencies: Vec<&str> = all().map(|share| share.agency.as_str()).collect();
    let messages: Vec<Uuid> = all().map(|share| share.message.as_uuid()).collect();
    let refs: Vec<&str> = all().map(|share| share.local_ref.as_str()).collect();
    let people: Vec<&str> = all().map(|share| share.practitioner.as_str()).collect();
    let records: Vec<Option<Uuid>> = all().map(|share| share.record.map(|id| id.as_uuid())).collect();
    let holders: Vec<Option<&str>> =
        all().map(|share| share.holder.as_ref().map(|held| held.agency.as_str())).collect();
    let held: Vec<Option<Uuid>> =
        all().map(|share| share.holder.as_ref().map(|held| held.record.as_uuid())).collect();
    let asked: Vec<Value> = all().map(|share| serde_json::json!(share.asked)).collect();
    let sealed = shares
        .iter()
        .map(|(_, private)| private.as_ref().map(|private| closet.seal(CONTEXT, private)).transpose())
        .collect::<Result<Vec<_>, _>>()?;
    let children: Vec<Option<&str>> =
        shares.iter().map(|(_, private)| private.as_ref().map(|private| private.child.as_str())).collect();
    let states: Vec<&str> = all().map(|share| share.state.as_str()).collect();
    let received: Vec<OffsetDateTime> = all().map(|share| share.received_at).collect();
    let due: Vec<Option<OffsetDateTime>> = all().map(|share| share.due_at).collect();
    sqlx::query!(
        "INSERT INTO share (share_id, kind, agency, message_id, local_ref, practitioner, record_id, holder,
                            holder_record, asked, sealed, state, received_at, due_at, child)
         SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::uuid[],
                              $8::text[], $9::uuid[], $10::jsonb[], $11::bytea[], $12::text[],
                              $13::timestamptz[], $14::timestamptz[], $15::text[])",
        &ids,
        &kinds as _,
        &agencies as _,
        &messages,
        &refs as _,
        &people as _,
        &records as _,
        &holders as _,
        &held as _,
        &asked,
        &sealed as _,
        &states as _,
        &received,
        &due as _,
        &children as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// How requests stand from now on.
///
/// # Errors
/// When the database refuses.
pub async fn store_states(tx: &mut PgConnection, states: &BTreeMap<Uuid, State>) -> Result<(), sqlx::Error> {
    if states.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = states.keys().copied().collect();
    let states: Vec<&str> = states.values().map(|state| state.as_str()).collect();
    sqlx::query!(
        "UPDATE share SET state = said.state FROM unnest($1::uuid[], $2::text[]) AS said(share_id, state)
         WHERE share.share_id = said.share_id",
        &ids,
        &states as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What these facts said the last time that they had an effect.
///
/// # Errors
/// When the database refuses.
pub async fn facts(
    tx: &mut PgConnection,
    facts: &BTreeSet<Fact>,
) -> Result<HashMap<Fact, KeyedHash>, sqlx::Error> {
    if facts.is_empty() {
        return Ok(HashMap::new());
    }
    let (agencies, types, refs) = columns(facts.iter());
    let rows = sqlx::query!(
        "SELECT f.agency, f.type, f.local_ref, f.content
         FROM unnest($1::text[], $2::text[], $3::text[]) AS said(agency, type, local_ref)
         CROSS JOIN LATERAL
             (SELECT * FROM fact f WHERE f.agency = said.agency AND f.type = said.type
                                     AND f.local_ref = said.local_ref OFFSET 0) AS f",
        &agencies as _,
        &types as _,
        &refs as _,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let agency = parsed(&row.agency)?;
            let kind = MessageType::parse(&row.r#type).map_err(unreadable)?;
            let local_ref = parsed(&row.local_ref)?;
            let content = row.content.try_into().map_err(|_| unreadable("a keyed hash"))?;
            Ok(((agency, kind, local_ref), content))
        })
        .collect()
}

/// Notes that facts had their effect.
///
/// # Errors
/// When the database refuses.
pub async fn store_facts(
    tx: &mut PgConnection,
    facts: &BTreeMap<Fact, KeyedHash>,
) -> Result<(), sqlx::Error> {
    if facts.is_empty() {
        return Ok(());
    }
    let (agencies, types, refs) = columns(facts.keys());
    let contents: Vec<&[u8]> = facts.values().map(KeyedHash::as_slice).collect();
    sqlx::query!(
        "INSERT INTO fact (agency, type, local_ref, content)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[])
         ON CONFLICT (agency, type, local_ref) DO UPDATE SET content = EXCLUDED.content",
        &agencies as _,
        &types as _,
        &refs as _,
        &contents as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

fn columns<'f>(facts: impl Iterator<Item = &'f Fact>) -> (Vec<&'f str>, Vec<&'f str>, Vec<&'f str>) {
    let (mut agencies, mut types, mut refs) = (Vec::new(), Vec::new(), Vec::new());
    for (agency, kind, local_ref) in facts {
        agencies.push(agency.as_str());
        types.push(kind.name());
        refs.push(local_ref.as_str());
    }
    (agencies, types, refs)
}
