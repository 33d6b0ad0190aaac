//! What comes of agreement that ends: whoever got something by it is asked back; the lead is asked whether a child may be
//! at risk (D-S1); and whoever released something after it was said and before it was known here is told which release
//! that was.

use std::collections::BTreeSet;

use kit::handler::Notice;
use schemas::{
    AgencyId, ChildRef, ConsentWithdrawn, LocalRef, MessageId, ReminderKind, ReminderRef, ReminderRole,
    WithdrawalEffect, YesNo,
};
use time::OffsetDateTime;

use super::asked_back::{Lost, ask_back};
use super::reminders::remind;
use super::sharing::Ids;
use crate::rules::changes::Changes;
use crate::rules::consent::{Ends, SaidWhen, Statement, TakenAway};
use crate::rules::delivery::{Sent, Withdrawal};
use crate::rules::lead::leads;
use crate::rules::told::safety_note;
use crate::rules::world::{Record, World};

/// A statement, with the record that it was recorded with.
pub(super) type Said<'a> = (&'a Record, &'a Statement);

/// What went out and rests on consent no more.
#[derive(Debug, Default)]
pub(super) struct Gone {
    lost: Lost,
    /// Releases by who made them, of which record of theirs, and by their own reference.
    early: BTreeSet<(AgencyId, ChildRef, LocalRef)>,
}

impl Gone {
    pub(super) fn add(
        &mut self,
        holder: &Record,
        (sent, gone): (&Sent, &TakenAway),
        statement: &Statement,
        changes: &mut Changes,
        now: OffsetDateTime,
    ) {
        self.lost.entry(sent.recipient.clone()).or_default().insert(MessageId::from_uuid(sent.id));
        if gone.when == SaidWhen::BeforeItWasKnown {
            let (agency, record) = (holder.child.agency_id.clone(), holder.child.record);
            self.early.insert((agency, record, sent.supplier_ref.clone()));
        }
        changes.withdrawals.push(Withdrawal {
            delivery: sent.id,
            statement: statement.version.clone(),
            when: gone.when,
            withdrawn_at: now,
        });
    }

    /// Asks back what is lost, as the statement says, else that it is used no more; and tells what was released too late.
    pub(super) fn told(
        self,
        world: &World,
        changes: &mut Changes,
        said: Said<'_>,
        ids: &mut Ids,
        now: OffsetDateTime,
    ) -> Vec<Notice> {
        let effect = said.1.ends.map_or(WithdrawalEffect::StopNewUse, |ends| ends.effect);
        let asked = (ConsentWithdrawn::TYPE, self.lost);
        let mut notices = ask_back((world, changes), asked, (ids, now), |told, deliveries, ack_by| {
            ConsentWithdrawn { deliveries, effect, ack_by, safety_note: safety_note(told) }
        });
        notices.extend(known_late(world, said, &self.early, now));
        notices
    }
}

/// The lead is asked, whoever leads; where nobody leads who may know of it, who recorded the withdrawal.
pub(super) fn protection(world: &World, (record, statement): Said<'_>, now: OffsetDateTime) -> Vec<Notice> {
    let Some(Ends { risk_considered, .. }) = statement.ends else {
        return Vec::new();
    };
    let own = &record.child.agency_id;
    let ask = |of: &Record, role| {
        let (kind, reference) = (ReminderKind::ConsiderProtection, ReminderRef::Child(of.child.record));
        remind(world, &of.child.agency_id, kind, reference, role, now).about(Some(of.child.record))
    };
    let found = leads(world, record, now);
    let considered = |agency: &AgencyId| agency == own && risk_considered == YesNo::Yes;
    if found.is_empty() && !considered(own) {
        return vec![ask(record, ReminderRole::Owner)];
    }
    let asked = found.into_iter().filter(|lead| !considered(&lead.child.agency_id));
    asked.map(|lead| ask(lead, ReminderRole::LeadProfessional)).collect()
}

/// Each release to who made it; and once, by its own statement, to who recorded what was said, if it may know of any
/// of them (G5).
fn known_late(
    world: &World,
    (record, statement): Said<'_>,
    early: &BTreeSet<(AgencyId, ChildRef, LocalRef)>,
    now: OffsetDateTime,
) -> Vec<Notice> {
    let kind = ReminderKind::ReleasedBeforeWithdrawalWasKnown;
    let tell = |to: &AgencyId, of: &LocalRef, child: ChildRef| {
        let reference = ReminderRef::Statement(of.clone());
        remind(world, to, kind, reference, ReminderRole::Owner, now).about(Some(child))
    };
    let mut notices: Vec<Notice> =
        early.iter().map(|(holder, child, reference)| tell(holder, reference, *child)).collect();
    let recorder = &statement.version.agency;
    let seen = world.agencies.get(recorder).map(|agency| world.seen_by(agency, record, now));
    let knows = |child: ChildRef| seen.iter().flatten().any(|seen| seen.child.record == child);
    if early.iter().any(|(holder, child, _)| holder != recorder && knows(*child)) {
        notices.push(tell(recorder, &statement.version.local_ref, record.child.record));
    }
    notices
}
