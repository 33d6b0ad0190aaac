//! What else comes of agreement that ends: the lead is asked whether a child may be at risk (D-S1), and whoever released
//! something after it was said and before it was known here is told which release that was.

use std::collections::BTreeSet;

use kit::Message;
use kit::handler::Notice;
use schemas::{AgencyId, ChildRef, ConsentRecorded, Decided, LocalRef, ReminderKind, ReminderRef};
use schemas::{ReminderRole, YesNo};
use time::OffsetDateTime;

use super::sharing::State;
use crate::rules::lead::leads;
use crate::rules::world::Record;

/// Releases by who made them, of which record of theirs, and by their own reference.
pub(super) type Early = BTreeSet<(AgencyId, ChildRef, LocalRef)>;

/// The lead is asked, whoever leads; where nobody leads who may know of it, who recorded the withdrawal.
pub(super) fn protection(
    state: &State,
    (data, record): (&ConsentRecorded, &Record),
    now: OffsetDateTime,
) -> Vec<Notice> {
    let Decided::Withdrawn { withdrawal, .. } = &data.decided else {
        return Vec::new();
    };
    let own = &record.child.agency_id;
    let ask = |of: &Record, role| {
        let (kind, reference) = (ReminderKind::ConsiderProtection, ReminderRef::Child(of.child.record));
        state.remind(&of.child.agency_id, kind, reference, role, now).about(Some(of.child.record))
    };
    let found = leads(&state.world, record, now);
    let considered = |agency: &AgencyId| agency == own && withdrawal.risk_considered == YesNo::Yes;
    if found.is_empty() && !considered(own) {
        return vec![ask(record, ReminderRole::Owner)];
    }
    let asked = found.into_iter().filter(|lead| !considered(&lead.child.agency_id));
    asked.map(|lead| ask(lead, ReminderRole::LeadProfessional)).collect()
}

/// Each release to who made it; and once, by its own statement, to who recorded what was said, if it may know of any
/// of them (G5).
pub(super) fn known_late(
    state: &State,
    message: &Message,
    (record, said): (&Record, &LocalRef),
    early: &Early,
    now: OffsetDateTime,
) -> Vec<Notice> {
    let kind = ReminderKind::ReleasedBeforeWithdrawalWasKnown;
    let tell = |to: &AgencyId, of: &LocalRef, child: ChildRef| {
        let reference = ReminderRef::Statement(of.clone());
        state.remind(to, kind, reference, ReminderRole::Owner, now).about(Some(child))
    };
    let mut notices: Vec<Notice> =
        early.iter().map(|(holder, child, reference)| tell(holder, reference, *child)).collect();
    let sender = state.world.agencies.get(&message.sender);
    let seen = sender.map(|sender| state.world.seen_by(sender, record, now));
    let knows = |child: ChildRef| seen.iter().flatten().any(|seen| seen.child.record == child);
    if early.iter().any(|(holder, child, _)| *holder != message.sender && knows(*child)) {
        notices.push(tell(&message.sender, said, record.child.record));
    }
    notices
}
