//! The lane of queries: its own queue and consumer, so that a flood of notices delays none. It
//! locks nothing: an answer is as of what was committed when it was decided (G7).

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use kit::handler::{Handler, Outcome};
use kit::seal::Sealer;
use kit::{Clock, Message};
use schemas::{
    AgencyId, ChildRef, Identifier, Inbound, IndexAnswered, IndexLookedUp, LocalChildId, MessageId,
    NhsNumber, PractitionerId, Restriction, Uln, Upn,
};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::index_looked_up;
use crate::error::Refusal;
use crate::rules::answer::{Alias, Asker, Verdict, decide};
use crate::rules::decision::Decision;
use crate::rules::demographics::DemographicsKey;
use crate::rules::world::{KnownAs, Record, Selector, World};
use crate::store::{asker, decision, lookup, record};

/// The handler of the lane `queries`.
#[derive(Debug)]
pub struct Queries {
    clock: Clock,
    sealer: Arc<Sealer>,
}

impl Queries {
    #[must_use]
    pub const fn new(clock: Clock, sealer: Arc<Sealer>) -> Self {
        Self { clock, sealer }
    }
}

/// What a question asks by, and who asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Question(AgencyId, MessageId),
    Asker(AgencyId, PractitionerId),
    Local(AgencyId, LocalChildId),
    Child(ChildRef),
    Nhs(NhsNumber),
    Upn(Upn),
    Uln(Uln),
    Demographics(DemographicsKey),
}

/// What the questions of a batch may reach, and what they lead to.
#[derive(Debug)]
pub struct State {
    askers: HashMap<(AgencyId, PractitionerId), Asker>,
    world: World,
    allotted: HashMap<(AgencyId, MessageId), Allotted>,
    aliases: Vec<(AgencyId, Alias)>,
    decisions: Vec<decision::Row>,
}

/// Ids set aside for one question, so that deciding it needs no chance.
#[derive(Clone, Copy, Debug)]
struct Allotted {
    decision: Uuid,
    reference: ChildRef,
}

impl Handler for Queries {
    type Key = Key;
    type State = State;

    fn keys(&self, message: &Message) -> Vec<Key> {
        let Some(data) = looked_up(message) else {
            return Vec::new();
        };
        let sender = &message.sender;
        let mut keys = vec![
            Key::Question(sender.clone(), message.id),
            Key::Asker(sender.clone(), data.practitioner.id.clone()),
        ];
        match index_looked_up::question(message, data).selector {
            Selector::Identifiers(identifiers) => {
                let key = |identifier| match identifier {
                    Identifier::NhsNumber(number) => Key::Nhs(number),
                    Identifier::Upn(number) => Key::Upn(number),
                    Identifier::Uln(number) => Key::Uln(number),
                    Identifier::Local(id) => Key::Local(sender.clone(), id),
                };
                keys.extend(identifiers.into_iter().map(key));
            }
            Selector::Demographics(key) => keys.extend(key.map(Key::Demographics)),
            Selector::Child(reference) => keys.push(Key::Child(reference)),
            Selector::Local(id) => keys.push(Key::Local(sender.clone(), id)),
        }
        keys
    }

    fn lock(&self, _key: &Key) -> Option<i64> {
        None
    }

    async fn load(&self, tx: &mut PgConnection, keys: &BTreeSet<Key>) -> Result<State, sqlx::Error> {
        let allotted = keys.iter().filter_map(|key| match key {
            Key::Question(agency, query) => {
                let decision = self.clock.new_id();
                let reference = ChildRef::from_uuid(self.clock.new_id());
                Some(((agency.clone(), *query), Allotted { decision, reference }))
            }
            Key::Asker(..)
            | Key::Local(..)
            | Key::Child(_)
            | Key::Nhs(_)
            | Key::Upn(_)
            | Key::Uln(_)
            | Key::Demographics(_) => None,
        });
        Ok(State {
            allotted: allotted.collect(),
            askers: asker::load(tx, keys).await?,
            world: World::new(lookup::records(tx, keys).await?),
            aliases: Vec::new(),
            decisions: Vec::new(),
        })
    }

    fn apply(&self, state: &mut State, message: &Message, now: OffsetDateTime) -> Outcome {
        match answer(state, message, now) {
            Ok(answered) => Outcome::Answered { kind: IndexAnswered::TYPE, data: answered },
            Err(refusal) => Outcome::from(refusal),
        }
    }

    async fn store(&self, tx: &mut PgConnection, state: State) -> Result<(), sqlx::Error> {
        record::store_aliases(tx, &state.aliases).await?;
        decision::store(tx, &state.decisions, &self.sealer).await
    }
}

fn looked_up(message: &Message) -> Option<&IndexLookedUp> {
    match &message.body.data {
        Inbound::IndexLookedUp(data) => Some(data),
        Inbound::PractitionerRecorded(_)
        | Inbound::PractitionerEnded(_)
        | Inbound::ChildRecorded(_)
        | Inbound::RestrictionSet(_)
        | Inbound::InvolvementRecorded(_)
        | Inbound::InvolvementEnded(_)
        | Inbound::CafStarted(_) => None,
        not_yet_answered!() => None,
    }
}

/// Decides one question and takes down the decision, shown or not, refused or not: pure.
fn answer(state: &mut State, message: &Message, now: OffsetDateTime) -> Result<serde_json::Value, Refusal> {
    // The kit gives this lane the catalogue's queries only, and `load` saw the keys of a lookup.
    let data = looked_up(message).ok_or(Refusal::NotYetAnswered)?;
    let question = index_looked_up::question(message, data);
    let of = (message.sender.clone(), message.id);
    let allotted = *state.allotted.get(&of).ok_or(Refusal::NoSubject)?;
    let asker = state.askers.get(&(message.sender.clone(), data.practitioner.id.clone()));
    let verdict = decide(&state.world, asker, &question, allotted.reference, now);
    let Verdict { reply, decision, alias } = verdict;
    if let (Some(alias), Some(asker)) = (alias, asker) {
        state.world.add(alias_record(alias, asker));
        state.aliases.push((message.sender.clone(), alias));
    }
    state.take_down(allotted.decision, now, decision);
    // A struct of texts, lists and flags: its keys are all names.
    reply.map(|answered| serde_json::json!(answered))
}

impl State {
    fn take_down(&mut self, id: Uuid, decided_at: OffsetDateTime, decision: Decision) {
        self.decisions.push(decision::Row { id, decided_at, decision });
    }
}

/// The new row as later questions of the batch see it.
fn alias_record(alias: Alias, asker: &Asker) -> Record {
    Record {
        id: alias.id,
        supplier: asker.supplier.clone(),
        known_as: KnownAs::AliasOf(alias.of),
        facts: None,
        restriction: Restriction::None,
        involvements: Vec::new(),
        cafs: Vec::new(),
    }
}
