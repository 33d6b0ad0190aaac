//! The lane of queries: its own queue and consumers, so that a flood of notices delays none. Lookups
//! lock nothing: an answer is as of what was committed when it was decided (G7).

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use kit::handler::{Handler, Outcome, lock, lock_number};
use kit::seal::Sealer;
use kit::{Clock, Message};
use schemas::{
    AgencyId, AuthorityId, ChildRef, Identifier, Inbound, IndexAnswered, LocalChildId, LocalRef, MessageId,
    NhsNumber, PractitionerId, Restriction, ToIndex, Uln, Upn,
};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{caf_intended, index_looked_up};
use crate::error::Refusal;
use crate::rules::answer::{Alias, Asker};
use crate::rules::changes::Folded;
use crate::rules::decision::Decision;
use crate::rules::demographics::DemographicsKey;
use crate::rules::intention::{Intended, Intention, Key as IntentionKey, keys_of_record};
use crate::rules::register::Locality;
use crate::rules::task::Task;
use crate::rules::watch::Watch;
use crate::rules::world::{KnownAs, Record, Selector, World};
use crate::store::{asker, authority, decision, intention, lookup, record, task, watch};
use kit::calendar::morning;
use kit::moment::Moment;

/// What the other lane takes.
macro_rules! statements {
    () => {
        ToIndex::PractitionerRecorded(_)
            | ToIndex::PractitionerEnded(_)
            | ToIndex::ChildRecorded(_)
            | ToIndex::ChildCorrected(_)
            | ToIndex::RestrictionSet(_)
            | ToIndex::RestrictionLifted(_)
            | ToIndex::InvolvementRecorded(_)
            | ToIndex::InvolvementEnded(_)
            | ToIndex::CafStarted(_)
            | ToIndex::CafCompleted(_)
            | ToIndex::CafChecked(_)
            | ToIndex::CafClosed(_)
            | ToIndex::CafReopened(_)
            | ToIndex::CafTransferred(_)
            | ToIndex::CafWithdrawn(_)
            | ToIndex::CafRefused(_)
    };
}

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
    /// By what an intention describes the child, in whose area.
    Intended(AuthorityId, BTreeSet<IntentionKey>),
}

/// What the questions of a batch may reach, and what they lead to.
#[derive(Debug)]
pub struct State {
    pub(super) askers: HashMap<(AgencyId, PractitionerId), Asker>,
    pub(super) world: World,
    pub(super) allotted: HashMap<(AgencyId, MessageId), Allotted>,
    pub(super) aliases: Vec<(AgencyId, Alias)>,
    pub(super) decisions: Vec<decision::Row>,
    pub(super) intentions: Vec<Intention>,
    pub(super) areas: HashMap<AuthorityId, Locality>,
    pub(super) intended: Folded<(AgencyId, LocalRef), Intended>,
    pub(super) tasks: Vec<Task>,
}

/// Ids set aside for one question, so that deciding it needs no chance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allotted {
    pub(super) decision: Uuid,
    pub(super) reference: ChildRef,
}

impl Handler for Queries {
    type Key = Key;
    type State = State;

    fn keys(&self, message: &Message) -> Vec<Key> {
        let sender = &message.sender;
        let Inbound::ToIndex(data) = &message.body.data else { return Vec::new() };
        let (question, intended) = match data {
            ToIndex::IndexLookedUp(data) => (index_looked_up::question(message, data), None),
            ToIndex::CafIntended(data) => {
                let key = Key::Intended(data.authority.clone(), caf_intended::keys(message, data));
                (caf_intended::question(message, data), Some(key))
            }
            statements!() => return Vec::new(),
        };
        let asker = Key::Asker(sender.clone(), question.asked.practitioner.clone());
        let by = selected(sender, question.selector);
        [Key::Question(sender.clone(), message.id), asker].into_iter().chain(by).chain(intended).collect()
    }

    /// Only intentions wait for one another, and by what is known once the records are there.
    fn lock(&self, _: &Key) -> Option<i64> {
        None
    }

    async fn load(&self, tx: &mut PgConnection, keys: &BTreeSet<Key>) -> Result<State, sqlx::Error> {
        let intended = keys.iter().any(|key| matches!(key, Key::Intended(..)));
        if intended {
            let in_reach = lookup::bare_records(tx, keys).await?;
            lock(tx, &meetings(keys, &in_reach)).await?;
        }
        // Only now: what another one waited for with us is there to be seen.
        let records = lookup::records(tx, keys).await?;
        let (intentions, areas) = self.load_intentions(tx, keys, &records).await?;
        Ok(State {
            allotted: keys.iter().filter_map(|key| self.allot(key)).collect(),
            askers: asker::load(tx, keys).await?,
            world: World::new(records),
            aliases: Vec::new(),
            decisions: Vec::new(),
            intentions,
            areas,
            intended: Folded::default(),
            tasks: Vec::new(),
        })
    }

    fn apply(&self, state: &mut State, message: &Message, now: OffsetDateTime) -> Outcome {
        let Inbound::ToIndex(data) = &message.body.data else { return Refusal::NoSubject.into() };
        let outcome = match data {
            ToIndex::IndexLookedUp(data) => {
                let answered = index_looked_up::answer(state, message, data, now);
                answered.map(|data| Outcome::Answered { kind: IndexAnswered::TYPE, data })
            }
            ToIndex::CafIntended(data) => caf_intended::fold(state, message, data, now),
            // The kit gives this lane the catalogue's queries only.
            statements!() => Err(Refusal::NoSubject),
        };
        outcome.unwrap_or_else(Outcome::from)
    }

    async fn store(&self, tx: &mut PgConnection, state: State) -> Result<(), sqlx::Error> {
        record::store_aliases(tx, &state.aliases).await?;
        if !state.intended.is_empty() {
            intention::store(tx, &state.intended).await?;
            let lapses = |(agency, local_ref): &(AgencyId, LocalRef), intended: &Intended| {
                let watch = Watch::Intention(agency.clone(), local_ref.clone());
                (watch, morning(intended.lapses_on))
            };
            watch::look_at(tx, state.intended.column(lapses)).await?;
            // G5: also where there is none, so that it takes its time of every answer.
            task::open(tx, &state.tasks).await?;
        }
        decision::store(tx, &state.decisions, &self.sealer).await
    }
}

impl Queries {
    fn allot(&self, key: &Key) -> Option<((AgencyId, MessageId), Allotted)> {
        let Key::Question(agency, query) = key else {
            return None;
        };
        let reference = ChildRef::from_uuid(self.clock.new_id());
        let allotted = Allotted { decision: self.clock.new_id(), reference };
        Some(((agency.clone(), *query), allotted))
    }

    /// What only those who intend a CAF are told; nothing is asked for lookups alone.
    async fn load_intentions(
        &self,
        tx: &mut PgConnection,
        keys: &BTreeSet<Key>,
        records: &[Record],
    ) -> Result<(Vec<Intention>, HashMap<AuthorityId, Locality>), sqlx::Error> {
        let mut authorities = Vec::new();
        let mut described = BTreeSet::new();
        for key in keys {
            if let Key::Intended(authority, keys) = key {
                authorities.push(authority.as_str());
                described.extend(keys.iter().cloned());
            }
        }
        if authorities.is_empty() {
            return Ok((Vec::new(), HashMap::new()));
        }
        described.extend(records.iter().flat_map(keys_of_record));
        let ids: Vec<Uuid> = records.iter().map(|record| record.id.as_uuid()).collect();
        let today = self.clock.now().date();
        let intentions = intention::load(tx, &ids, &described, today).await?;
        Ok((intentions, authority::localities(tx, &authorities).await?))
    }
}

/// The locks of all by which an intention may meet another one: of two that come at once one must meet
/// the other. So many and no more, however much is in reach: the server has room for some thousands.
fn meetings(keys: &BTreeSet<Key>, records: &[Record]) -> BTreeSet<i64> {
    const LOCKS: i64 = 256;
    let by_record = records.iter().map(|record| lock_number(&["intention", &record.id.to_string()]));
    let described = keys.iter().flat_map(|key| match key {
        Key::Intended(_, described) => described.iter().cloned().collect(),
        _ => Vec::new(),
    });
    let described = described.chain(records.iter().flat_map(keys_of_record));
    let by_key = described.map(|key| lock_number(&["intention", key.as_str()]));
    let first = lock_number(&["intentions"]) & !(LOCKS - 1);
    by_record.chain(by_key).map(|number| first | (number & (LOCKS - 1))).collect()
}

/// By what a selector finds records.
fn selected(sender: &AgencyId, selector: Selector) -> Vec<Key> {
    let identified = |identifier| match identifier {
        Identifier::NhsNumber(number) => Key::Nhs(number),
        Identifier::Upn(number) => Key::Upn(number),
        Identifier::Uln(number) => Key::Uln(number),
        Identifier::Local(id) => Key::Local(sender.clone(), id),
    };
    match selector {
        Selector::Identifiers(identifiers) => identifiers.into_iter().map(identified).collect(),
        Selector::Described { identifiers, keys } => {
            let by_number = identifiers.into_iter().map(identified);
            by_number.chain(keys.into_iter().map(Key::Demographics)).collect()
        }
        Selector::Demographics(key) => key.into_iter().map(Key::Demographics).collect(),
        Selector::Child(reference) => vec![Key::Child(reference)],
        Selector::Local(id) => vec![Key::Local(sender.clone(), id)],
    }
}

impl State {
    pub(super) fn asker(&self, agency: &AgencyId, practitioner: &PractitionerId) -> Option<&Asker> {
        self.askers.get(&(agency.clone(), practitioner.clone()))
    }

    pub(super) fn area(&self, authority: &AuthorityId) -> Result<&Locality, Refusal> {
        self.areas.get(authority).ok_or(Refusal::UnknownAuthority("/data/authority"))
    }

    /// The kit gives this lane the catalogue's queries only, and `load` saw their keys.
    pub(super) fn allotted(&self, message: &Message) -> Result<Allotted, Refusal> {
        self.allotted.get(&(message.sender.clone(), message.id)).copied().ok_or(Refusal::NoSubject)
    }

    pub(super) fn take_down(&mut self, id: Uuid, decided_at: OffsetDateTime, decision: Decision) {
        self.decisions.push(decision::Row { id, decided_at, decision });
    }

    /// A first reference for the asker, which later questions of the batch see.
    pub(super) fn name(&mut self, asker: &Asker, alias: Alias) {
        self.world.add(alias_record(alias, asker));
        self.aliases.push((asker.supplier.agency.clone(), alias));
    }

    pub(super) fn intend(
        &mut self,
        moment: Moment,
        message: &Message,
        local_ref: &LocalRef,
        intended: Intended,
    ) {
        let which = (message.sender.clone(), local_ref.clone());
        if let Some(asker) = self.asker(&message.sender, &intended.practitioner) {
            let seen = Intention {
                local_ref: local_ref.clone(),
                record: intended.record,
                keys: intended.keys.clone(),
                training: intended.training,
                supplier: asker.supplier.clone(),
                practitioner: asker.practitioner.clone(),
                sensitivity: asker.sensitivity,
            };
            self.intentions.push(seen);
        }
        self.intended.fold(which, moment, || intended);
    }
}

/// The new row as later questions of the batch see it.
fn alias_record(alias: Alias, asker: &Asker) -> Record {
    Record {
        shown: None,
        id: alias.id,
        supplier: asker.supplier.clone(),
        known_as: KnownAs::AliasOf(alias.of),
        facts: None,
        restriction: Restriction::None,
        involvements: Vec::new(),
        cafs: Vec::new(),
    }
}
