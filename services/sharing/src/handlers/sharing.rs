//! The handler of both lanes: statements, and the requests and offers that are decided at once.
//!
//! Locked is the fact that a message states, so that the same one twice has one effect; a request that is answered; and,
//! wherever something may be released or agreement may end, all records in reach of the child: a withdrawal sees every
//! release that was made before it, and a release every withdrawal (D-C6).

#[cfg(test)]
mod histories;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use deciding::{Current, Rules};
use kit::handler::{Handler, Outcome, lock_number};
use kit::seal::{KeyedHash, Sealer};
use kit::{Clock, Message};
use schemas::{
    AgencyId, AgencyKind, AgencyNow, ChildRef, Inbound, LocalChildId, LocalRef, MessageId, MessageType,
    PractitionerId, PractitionerNow, PractitionerStanding, Subject, To, ToSharing,
};
use serde::Serialize;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) use super::ids::Ids;
use super::{
    advice_asked, advice_given, consent_recorded, delivery_acknowledged, family_copy_made, pending,
    share_corrected, share_declined, share_offered, share_recalled, share_requested, share_supplied,
};
use crate::error::Refusal;
use crate::keys::ChildKeys;
use crate::rules::advice::Taken;
use crate::rules::changes::{Changes, Fact};
use crate::rules::decision::Delivered;
use crate::rules::delivery::{Sent, SentTo};
use crate::rules::earlier::{Earlier, Reference};
use crate::rules::judge::Law;
use crate::rules::person::PersonKeys;
use crate::rules::share::Share;
use crate::rules::widened::Asked;
use crate::rules::world::World;
use crate::store::{self, advice, awaited, decision, delivery, earlier, share, widened, world};

/// The rules of a lane.
#[derive(Debug)]
pub struct Sharing {
    clock: Clock,
    sealer: Arc<Sealer>,
    keys: Arc<ChildKeys>,
    rules: Arc<Current>,
}

impl Sharing {
    #[must_use]
    pub const fn new(clock: Clock, sealer: Arc<Sealer>, keys: Arc<ChildKeys>, rules: Arc<Current>) -> Self {
        Self { clock, sealer, keys, rules }
    }
}

/// What a message needs to be known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Message(AgencyId, MessageId),
    Fact(Fact),
    Agency(AgencyId),
    Practitioner(AgencyId, PractitionerId),
    /// The child, as the sender names it.
    Subject(AgencyId, Subject),
    /// Something is said of a child, of whom a record may be coming in.
    Said(AgencyId, LocalChildId),
    /// A request, as its holder or its asker names it.
    Request(AgencyId, MessageId),
    /// All that went out of what a supplier names by its own reference.
    Sent(AgencyId, LocalRef),
    /// A message that went out by the one door.
    Delivery(MessageId),
    /// Something may leave, or agreement may end.
    Releases,
    /// Agreement may end, by which something left.
    Consents,
    /// Something may come to wait for agreement.
    Waits,
}

/// What is known before the batch, and what it changes.
#[derive(Debug)]
pub struct State {
    pub(super) world: World,
    pub(super) rules: Arc<Rules>,
    pub(super) people: PersonKeys,
    pub(super) shares: HashMap<Uuid, Share>,
    /// What was advised on a request.
    pub(super) advised: HashMap<Uuid, Taken>,
    /// When its holder last declined a request as doing the child more harm than good.
    pub(super) detrimental_at: HashMap<Uuid, OffsetDateTime>,
    /// What reminders of consent asked.
    pub(super) consent_asked: HashMap<Uuid, Asked>,
    /// To whom messages went out by the one door.
    pub(super) sent_to: HashMap<Uuid, SentTo>,
    /// What was released by consent, by the supplier's record.
    sent: Vec<(ChildRef, Sent)>,
    /// What went out before of what suppliers name.
    pub(super) earlier: HashMap<Reference, Vec<Earlier>>,
    facts: HashMap<Fact, KeyedHash>,
    sealer: Arc<Sealer>,
    allotted: HashMap<(AgencyId, MessageId), Uuid>,
    pub(super) changes: Changes,
}

impl Handler for Sharing {
    type Key = Key;
    type State = State;

    fn keys(&self, message: &Message) -> Vec<Key> {
        let Inbound::ToSharing(data) = &message.body.data else { return Vec::new() };
        let sender = &message.sender;
        let mut keys = vec![Key::Message(sender.clone(), message.id), Key::Agency(sender.clone())];
        keys.extend(message.body.subject.clone().map(|subject| Key::Subject(sender.clone(), subject)));
        let fact = |local_ref: &LocalRef| Key::Fact((sender.clone(), message.kind, local_ref.clone()));
        keys.extend(data.local_ref().map(fact));
        keys.extend(named(sender, data));
        if let (ToSharing::ConsentRecorded(_), Some(Subject::Local(id))) = (data, &message.body.subject) {
            keys.push(Key::Said(sender.clone(), id.clone()));
        }
        keys
    }

    fn lock(&self, key: &Key) -> Option<i64> {
        match key {
            Key::Fact((agency, kind, id)) => {
                Some(lock_number(&["fact", agency.as_str(), kind.name(), id.as_str()]))
            }
            Key::Sent(agency, id) => Some(lock_number(&["sent", agency.as_str(), id.as_str()])),
            Key::Request(_, id) => Some(lock_number(&["request", &id.to_string()])),
            Key::Said(agency, id) => Some(world::subject_lock(agency, id)),
            // Of two that say the same of it at once one is told of.
            Key::Delivery(id) => Some(lock_number(&["delivery", &id.to_string()])),
            Key::Message(..)
            | Key::Agency(_)
            | Key::Practitioner(..)
            | Key::Subject(..)
            | Key::Releases
            | Key::Consents
            | Key::Waits => None,
        }
    }

    async fn load(&self, tx: &mut PgConnection, keys: &BTreeSet<Key>) -> Result<State, sqlx::Error> {
        if keys.contains(&Key::Waits) {
            awaited::is_decided(tx).await?;
        }
        let wanted = Wanted::of(keys);
        let shares = share::load(tx, &wanted.requests).await?;
        let facts = share::facts(tx, &wanted.facts).await?;
        let earlier = earlier::load(tx, &wanted.sent).await?;
        let mut named = wanted.world;
        for sent in earlier.values().flatten() {
            named.records.extend(sent.record);
            named.agencies.insert(sent.recipient.clone());
            named.practitioners.extend(person_of(&sent.recipient, &sent.to));
        }
        for share in shares.values() {
            name_all_of(share, &mut named);
        }
        let sent_to = delivery::sent_to(tx, &wanted.deliveries).await?;
        named.records.extend(sent_to.values().filter_map(SentTo::referred));
        let in_reach = if keys.contains(&Key::Releases) {
            world::locked_reach(tx, &named).await?
        } else {
            world::reach(tx, &named).await?
        };
        let ids: Vec<Uuid> = in_reach.iter().map(|one| one.child.record.as_uuid()).collect();
        let mut sent = Vec::new();
        if keys.contains(&Key::Consents) {
            sent = delivery::by_consent(tx, &ids).await?;
        }
        named.agencies.extend(sent.iter().map(|(_, sent)| sent.recipient.clone()));
        let world = world::load(tx, &named, in_reach).await?;
        let corrected = earlier.values().flatten().map(|sent| sent.share);
        let requests: Vec<Uuid> = shares.keys().copied().chain(corrected).collect();
        let message = |key: &Key| match key {
            Key::Message(agency, id) => Some(((agency.clone(), *id), self.clock.new_id())),
            _ => None,
        };
        Ok(State {
            world,
            rules: self.rules.rules(),
            people: PersonKeys::new(Arc::clone(&self.sealer)),
            advised: advice::taken(tx, &requests).await?,
            detrimental_at: decision::detrimental(tx, &requests).await?,
            consent_asked: widened::asked(tx, &wanted.deliveries).await?,
            sent_to,
            sent,
            shares,
            earlier,
            facts,
            sealer: Arc::clone(&self.sealer),
            allotted: keys.iter().filter_map(message).collect(),
            changes: Changes::default(),
        })
    }

    fn apply(&self, state: &mut State, message: &Message, now: OffsetDateTime) -> Outcome {
        fold(state, message, now)
    }

    async fn store(&self, tx: &mut PgConnection, state: State) -> Result<(), sqlx::Error> {
        store::write(tx, state.changes, &state.rules, &self.keys, &self.sealer).await
    }
}

fn fold(state: &mut State, message: &Message, now: OffsetDateTime) -> Outcome {
    let Inbound::ToSharing(data) = &message.body.data else { return Refusal::NoSubject.into() };
    let decided = state.changes.decisions.len();
    let outcome = state.speaks(message).and_then(|()| match data {
        ToSharing::ShareRequested(data) => share_requested::fold(state, message, data, now),
        ToSharing::ShareSupplied(data) => share_supplied::fold(state, message, data, now),
        ToSharing::ShareDeclined(data) => share_declined::fold(state, message, data, now),
        ToSharing::ShareOffered(data) => share_offered::fold(state, message, data, now),
        ToSharing::ConsentRecorded(data) => consent_recorded::fold(state, message, data, now),
        ToSharing::DeliveryAcknowledged(data) => delivery_acknowledged::fold(state, message, data, now),
        ToSharing::AdviceAsked(data) => advice_asked::fold(state, message, data, now),
        ToSharing::AdviceGiven(data) => advice_given::fold(state, message, data, now),
        ToSharing::FamilyCopyMade(data) => family_copy_made::fold(state, message, data, now),
        ToSharing::ShareRecalled(data) => share_recalled::fold(state, message, data, now),
        ToSharing::ShareCorrected(data) => share_corrected::fold(state, message, data, now),
    });
    let outcome = outcome.map(|outcome| pending::and_asked(state, decided, outcome, now));
    outcome.unwrap_or_else(Outcome::from)
}

/// What a message names besides its sender, the child and itself.
fn named(sender: &AgencyId, data: &ToSharing) -> Vec<Key> {
    let person = |id: &PractitionerId| Key::Practitioner(sender.clone(), id.clone());
    match data {
        ToSharing::ShareRequested(data) => {
            let named = data.named_recipients.iter().chain([&data.practitioner.id]).map(person);
            named.chain([Key::Waits]).collect()
        }
        ToSharing::ShareSupplied(data) => {
            vec![Key::Request(sender.clone(), data.request), person(&data.judged_by), Key::Releases]
        }
        ToSharing::ShareDeclined(data) => {
            vec![Key::Request(sender.clone(), data.request), person(&data.judged_by)]
        }
        ToSharing::ShareOffered(data) => {
            let to = data.recipients.all().iter().flat_map(|recipient| {
                let agency = Key::Agency(recipient.agency_id.clone());
                let person = match &recipient.person {
                    To::Practitioner(id) => Some(Key::Practitioner(recipient.agency_id.clone(), id.clone())),
                    To::DutyDesk => None,
                };
                std::iter::once(agency).chain(person)
            });
            to.chain([person(&data.judged_by), Key::Releases]).collect()
        }
        ToSharing::ConsentRecorded(data) => {
            let named = consent_recorded::agencies_named(data).iter().cloned().map(Key::Agency);
            named.chain([Key::Releases, Key::Consents]).collect()
        }
        ToSharing::DeliveryAcknowledged(data) => vec![Key::Delivery(data.message)],
        ToSharing::AdviceAsked(data) => vec![Key::Request(sender.clone(), data.request)],
        ToSharing::AdviceGiven(data) => vec![Key::Request(sender.clone(), data.request)],
        ToSharing::ShareRecalled(data) => sent(sender, &data.share),
        ToSharing::ShareCorrected(data) => {
            let person = person(&data.practitioner.id);
            sent(sender, &data.share).into_iter().chain([person, Key::Releases]).collect()
        }
        ToSharing::FamilyCopyMade(_) => Vec::new(),
    }
}

/// What went out of what a supplier names, and whether it ever sent such a thing.
fn sent(sender: &AgencyId, reference: &LocalRef) -> Vec<Key> {
    let fact = |kind| Key::Fact((sender.clone(), kind, reference.clone()));
    let facts = share_recalled::SENT.into_iter().map(fact);
    facts.chain([Key::Sent(sender.clone(), reference.clone())]).collect()
}

fn name_all_of(share: &Share, named: &mut world::Wanted) {
    named.records.extend(share.record);
    named.records.extend(share.holder.as_ref().map(|held| held.record));
    named.agencies.insert(share.agency.clone());
    named.agencies.extend(share.holder.as_ref().map(|held| held.agency.clone()));
    named.practitioners.extend(recipients_of(share));
}

fn recipients_of(share: &Share) -> impl Iterator<Item = (AgencyId, PractitionerId)> {
    share.asked.recipients.iter().filter_map(|to| person_of(&share.agency, to))
}

pub(super) fn person_of(agency: &AgencyId, to: &To) -> Option<(AgencyId, PractitionerId)> {
    match to {
        To::Practitioner(id) => Some((agency.clone(), id.clone())),
        To::DutyDesk => None,
    }
}

/// The keys of a batch, by what they are looked up by.
#[derive(Default)]
struct Wanted {
    world: world::Wanted,
    requests: BTreeSet<(AgencyId, MessageId)>,
    facts: BTreeSet<Fact>,
    sent: BTreeSet<Reference>,
    deliveries: BTreeSet<Uuid>,
}

impl Wanted {
    fn of(keys: &BTreeSet<Key>) -> Self {
        let mut wanted = Self::default();
        for key in keys {
            match key.clone() {
                Key::Fact(fact) => drop(wanted.facts.insert(fact)),
                Key::Agency(agency) => drop(wanted.world.agencies.insert(agency)),
                Key::Practitioner(agency, id) => drop(wanted.world.practitioners.insert((agency, id))),
                Key::Subject(agency, subject) => drop(wanted.world.subjects.insert((agency, subject))),
                Key::Request(agency, id) => drop(wanted.requests.insert((agency, id))),
                Key::Sent(agency, local_ref) => drop(wanted.sent.insert((agency, local_ref))),
                Key::Delivery(id) => drop(wanted.deliveries.insert(id.as_uuid())),
                Key::Message(..) | Key::Said(..) | Key::Releases | Key::Consents | Key::Waits => {}
            }
        }
        wanted
    }
}

/// Whether a fact had its effect before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fresh {
    New,
    /// Also where only the message is new.
    Known,
}

impl State {
    /// The sender, which takes part.
    pub(super) fn sender(&self, message: &Message) -> Result<AgencyNow, Refusal> {
        self.world.active(&message.sender).cloned().ok_or(Refusal::UnknownAgency)
    }

    /// D-A3: what another agency told, a CAF team alone writes down.
    fn speaks(&self, message: &Message) -> Result<(), Refusal> {
        let kind = self.world.active(&message.sender).map(|agency| agency.kind);
        if message.body.data.on_behalf_of().is_some() && kind != Some(AgencyKind::CafTeam) {
            return Err(Refusal::MayNotSpeakFor);
        }
        Ok(())
    }

    /// A practitioner of the sender who is at work (G7: a query needs one).
    pub(super) fn at_work(
        &self,
        agency: &AgencyId,
        id: &PractitionerId,
        at: &'static str,
    ) -> Result<PractitionerNow, Refusal> {
        let known = self.world.practitioners.get(&(agency.clone(), id.clone()));
        known
            .filter(|known| known.state == PractitionerStanding::Active)
            .cloned()
            .ok_or(Refusal::UnknownPractitioner(at))
    }

    /// Notes a fact, and whether it had its effect before, of the same child and with the same data.
    pub(super) fn note(
        &mut self,
        message: &Message,
        kind: MessageType,
        local_ref: &LocalRef,
        data: &impl Serialize,
    ) -> Fresh {
        let subject = message.body.subject.as_ref().map(named_as).unwrap_or_default();
        let data = serde_json::to_vec(data).unwrap_or_default();
        let content = self.sealer.hash(&[subject.as_bytes(), &data]);
        let fact = (message.sender.clone(), kind, local_ref.clone());
        if self.facts.insert(fact.clone(), content) == Some(content) {
            return Fresh::Known;
        }
        self.changes.facts.insert(fact, content);
        Fresh::New
    }

    /// Whether a fact had its effect, whatever it said.
    pub(super) fn had_effect(&self, message: &Message, kind: MessageType, local_ref: &LocalRef) -> bool {
        self.facts.contains_key(&(message.sender.clone(), kind, local_ref.clone()))
    }

    /// Ids for what comes of a message: the same message has the same ones whenever its batch runs again.
    pub(super) fn ids(&self, message: &Message) -> Ids {
        let first = self.allotted.get(&(message.sender.clone(), message.id)).copied();
        Ids::new(first.unwrap_or(message.id.as_uuid()), Arc::clone(&self.sealer))
    }

    /// By what is decided.
    pub(super) fn law(&self) -> Law<'_> {
        Law { world: &self.world, rules: &self.rules, people: &self.people }
    }

    /// What a record's agency released by consent, before and in this batch.
    pub(super) fn sent_of(&self, record: ChildRef) -> Vec<Sent> {
        let before = self.sent.iter().filter(|(of, _)| *of == record).map(|(_, sent)| sent.clone());
        let now = self.changes.deliveries.iter().filter(|sent| sent.record == Some(record));
        before.chain(now.filter_map(Delivered::by_consent)).collect()
    }

    /// How an agency names a child: by its own id, else by its reference.
    pub(super) fn own_name(&self, record: ChildRef) -> String {
        let known = self.world.record(record).and_then(|record| record.child.local_id.as_ref());
        known.map_or_else(|| record.to_string(), |id| id.as_str().to_owned())
    }
}

/// How an agency names a child of whom there is no record yet.
pub(super) fn named_as(subject: &Subject) -> String {
    match subject {
        Subject::Local(id) => id.as_str().to_owned(),
        Subject::Child(reference) => reference.to_string(),
    }
}
