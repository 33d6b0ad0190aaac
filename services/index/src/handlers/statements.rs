//! The lane of statements.
//!
//! What a batch says is folded in memory by (`effective_at`, message id) and stored by upserts that
//! keep the same order against what stands in the table, so statements need neither the rows that
//! they change nor locks on them. Locked is the child that a message names by the agency's own id: the
//! first statement about it makes its row, and two batches must not both; a fact that may go over to
//! another child; and, to the end of the batch, the look at what is in reach (`store/near.rs`).

use std::collections::BTreeSet;

use kit::handler::{Handler, Outcome, lock_number};
use kit::{Clock, Message};
use schemas::{
    AgencyId, AuthorityId, ChildRef, ChildState, Inbound, LocalChildId, LocalRef, Subject, ToIndex,
};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{
    caf_checked, caf_closed, caf_completed, caf_refused, caf_reopened, caf_started, caf_transferred,
    caf_withdrawn, child_corrected, child_recorded, involvement_ended, involvement_recorded,
    practitioner_ended, practitioner_recorded, restriction_lifted, restriction_set,
};
use crate::error::Refusal;
use crate::rules::changes::Changes;
use crate::rules::known::{Known, Place};
use crate::rules::near::to_look_at;
use crate::rules::permission::may_speak_for;
use crate::rules::watch::Watch;
use crate::store::{
    caf, caf_step, correction, involvement, near, practitioner, record, refusal, register, restriction, task,
    watch,
};

/// The handler of the lane `statements`.
#[derive(Debug)]
pub struct Statements {
    clock: Clock,
}

impl Statements {
    #[must_use]
    pub const fn new(clock: Clock) -> Self {
        Self { clock }
    }
}

/// What a statement needs to be known, or may make.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// Whether the sender is on the register, and of what kind.
    Sender(AgencyId),
    Authority(AuthorityId),
    /// A fact of which a later version may be about another child.
    Fact(AgencyId, LocalRef),
    /// An agency's record by its own id: made if there is none.
    Local(AgencyId, LocalChildId),
    /// An agency's record by the reference that it was given.
    Child(AgencyId, ChildRef),
}

/// What was known before the batch, and what the batch changes.
#[derive(Debug)]
pub struct State {
    pub(super) known: Known,
    pub(super) changes: Changes,
}

impl Handler for Statements {
    type Key = Key;
    type State = State;

    fn keys(&self, message: &Message) -> Vec<Key> {
        let sender = Key::Sender(message.sender.clone());
        let child = message.body.subject.as_ref().map(|subject| match subject {
            Subject::Local(id) => Key::Local(message.sender.clone(), id.clone()),
            Subject::Child(reference) => Key::Child(message.sender.clone(), *reference),
        });
        std::iter::once(sender).chain(child).chain(named(message)).collect()
    }

    fn lock(&self, key: &Key) -> Option<i64> {
        match key {
            Key::Local(agency, id) => Some(lock_number(&["record", agency.as_str(), id.as_str()])),
            Key::Fact(agency, id) => Some(lock_number(&["fact", agency.as_str(), id.as_str()])),
            Key::Sender(_) | Key::Authority(_) | Key::Child(..) => None,
        }
    }

    async fn load(&self, tx: &mut PgConnection, keys: &BTreeSet<Key>) -> Result<State, sqlx::Error> {
        let mut known = Known::default();
        register::load_known(tx, keys, &mut known).await?;
        record::load_known(tx, keys, &self.clock, &mut known).await?;
        Ok(State { known, changes: Changes::default() })
    }

    fn apply(&self, state: &mut State, message: &Message, now: OffsetDateTime) -> Outcome {
        fold(state, message, now).unwrap_or_else(Outcome::from)
    }

    async fn store(&self, tx: &mut PgConnection, state: State) -> Result<(), sqlx::Error> {
        let changes = state.changes;
        practitioner::store_recorded(tx, &changes.practitioners).await?;
        practitioner::store_ended(tx, &changes.practitioner_endings).await?;
        record::store_new(tx, &changes.new_records).await?;
        let mut corrected = correction::store(tx, &changes.corrections).await?;
        corrected.extend(record::store_facts(tx, &changes.children).await?);
        correction::apply(tx, &corrected).await?;
        restriction::store(tx, &changes.restrictions).await?;
        restriction::change(tx, &changes.raised, &changes.lifted).await?;
        involvement::store_recorded(tx, &changes.involvements).await?;
        involvement::store_ended(tx, &changes.involvement_endings).await?;
        let started = caf::store(tx, &changes.cafs).await?;
        caf_step::store(tx, &changes.caf_steps).await?;
        refusal::store(tx, &changes.refusals).await?;
        // Before any task: a look at a timer holds its row and then writes tasks.
        let near = to_look_at(&near::reach(tx, &changes).await?, &started);
        let watches = watched(&changes).chain(near.into_iter().map(Watch::Caf));
        let now = self.clock.now();
        watch::look_at(tx, watches.map(|watch| (watch, now))).await?;
        if !changes.tasks.is_empty() {
            task::open(tx, &changes.tasks).await?;
        }
        Ok(())
    }
}

/// What may be due otherwise than before, besides CAFs in reach.
fn watched(changes: &Changes) -> impl Iterator<Item = Watch> {
    let steps = changes.caf_steps.column(|_, said| Watch::Caf(said.caf_ref.clone()));
    let unborn = changes.children.column(|record, child| match child.child_state {
        ChildState::Unborn => Some(Watch::Unborn(*record)),
        ChildState::Living | ChildState::Died | ChildState::PregnancyEnded => None,
    });
    // Whatever was corrected: of a record that is of no unborn child nothing comes.
    let corrected = changes.corrections.column(|_, (record, _)| Watch::Unborn(*record));
    steps.into_iter().chain(unborn.into_iter().flatten()).chain(corrected)
}

/// What a statement names besides its sender and the child.
fn named(message: &Message) -> Vec<Key> {
    let authority = |id: &AuthorityId| Key::Authority(id.clone());
    let fact = |id: &LocalRef| Key::Fact(message.sender.clone(), id.clone());
    let Inbound::ToIndex(data) = &message.body.data else { return Vec::new() };
    match data {
        ToIndex::ChildRecorded(data) => vec![authority(&data.authority)],
        ToIndex::ChildCorrected(data) => {
            let named = child_corrected::authority(data).map(authority);
            named.into_iter().chain([fact(&data.local_ref)]).collect()
        }
        ToIndex::RestrictionLifted(data) => vec![fact(&data.local_ref)],
        ToIndex::CafStarted(data) => vec![authority(&data.authority)],
        ToIndex::CafCompleted(data) => vec![authority(&data.authority)],
        ToIndex::CafChecked(data) => vec![authority(&data.authority)],
        ToIndex::CafClosed(data) => vec![authority(&data.authority)],
        ToIndex::CafReopened(data) => vec![authority(&data.authority)],
        ToIndex::CafTransferred(data) => {
            vec![authority(&data.authority), authority(&data.transfer.to_authority)]
        }
        ToIndex::CafWithdrawn(data) => vec![authority(&data.authority)],
        ToIndex::CafRefused(data) => vec![authority(&data.authority)],
        ToIndex::PractitionerRecorded(data) => data.authorities.iter().map(authority).collect(),
        ToIndex::PractitionerEnded(_)
        | ToIndex::RestrictionSet(_)
        | ToIndex::InvolvementRecorded(_)
        | ToIndex::InvolvementEnded(_)
        | ToIndex::CafIntended(_)
        | ToIndex::IndexLookedUp(_) => Vec::new(),
    }
}

/// Folds one message: pure. A refused message leaves the state as it was.
fn fold(state: &mut State, message: &Message, now: OffsetDateTime) -> Result<Outcome, Refusal> {
    let kind = state.known.kind_of(&message.sender)?;
    may_speak_for(kind, message.body.data.on_behalf_of())?;
    let Inbound::ToIndex(data) = &message.body.data else { return Err(Refusal::NoSubject) };
    match data {
        ToIndex::PractitionerRecorded(data) => practitioner_recorded::fold(state, message, data, now),
        ToIndex::PractitionerEnded(data) => practitioner_ended::fold(state, message, data, now),
        ToIndex::ChildRecorded(data) => child_recorded::fold(state, message, data, kind, now),
        ToIndex::ChildCorrected(data) => child_corrected::fold(state, message, data, now),
        ToIndex::RestrictionSet(data) => restriction_set::fold(state, message, data, kind, now),
        ToIndex::RestrictionLifted(data) => restriction_lifted::fold(state, message, data, kind, now),
        ToIndex::InvolvementRecorded(data) => involvement_recorded::fold(state, message, data, now),
        ToIndex::InvolvementEnded(data) => involvement_ended::fold(state, message, data, now),
        ToIndex::CafStarted(data) => caf_started::fold(state, message, data, now),
        ToIndex::CafCompleted(data) => caf_completed::fold(state, message, data, kind, now),
        ToIndex::CafChecked(data) => caf_checked::fold(state, message, data, kind, now),
        ToIndex::CafClosed(data) => caf_closed::fold(state, message, data, now),
        ToIndex::CafReopened(data) => caf_reopened::fold(state, message, data, kind, now),
        ToIndex::CafTransferred(data) => caf_transferred::fold(state, message, data, kind, now),
        ToIndex::CafWithdrawn(data) => caf_withdrawn::fold(state, message, data, kind, now),
        ToIndex::CafRefused(data) => caf_refused::fold(state, message, data, now),
        // The kit gives this lane the catalogue's statements only.
        ToIndex::CafIntended(_) | ToIndex::IndexLookedUp(_) => Err(Refusal::NoSubject),
    }
}

impl State {
    /// The record that the message's subject names: found, or now to be made.
    pub(super) fn child(&mut self, message: &Message) -> Result<ChildRef, Refusal> {
        let subject = message.body.subject.as_ref().ok_or(Refusal::NoSubject)?;
        match subject {
            Subject::Child(reference) => self.known.child(&message.sender, *reference),
            Subject::Local(id) => match self.known.place(&message.sender, id)? {
                Place::Found(record) => Ok(record),
                Place::New(record) => {
                    let named = (message.sender.clone(), id.clone());
                    self.changes.new_records.insert(record, named);
                    Ok(record)
                }
            },
        }
    }
}

#[cfg(test)]
#[path = "statements_tests.rs"]
mod tests;
