//! What was weighed and waits for the family, or for advice (D-C6, D-S8): whoever can do something about it is asked to,
//! and the CAF team hears of it, to whom the asker is sent.

use std::collections::{BTreeMap, BTreeSet};

use kit::handler::{Notice, Outcome};
use schemas::{AgencyId, ChildRef, ReminderKind, ReminderRef, ReminderRole, ShareDecision};
use time::OffsetDateTime;
use uuid::Uuid;

use super::reminders::{remind, remind_team};
use super::sharing::State;
use crate::rules::awaited::{Waits, waits};
use crate::rules::decision::Decided;
use crate::rules::lead::leads;
use crate::rules::world::Record;

/// Adds to what a message led to, for the decisions from this place on.
pub(super) fn and_asked(state: &State, from: usize, outcome: Outcome, now: OffsetDateTime) -> Outcome {
    match outcome {
        Outcome::Recorded { child, mut notices, released } => {
            let mut open: BTreeMap<(ChildRef, Waits), Uuid> = BTreeMap::new();
            let mut judged: BTreeSet<ChildRef> = BTreeSet::new();
            for decided in state.changes.decisions.iter().skip(from) {
                let share = decided.matter.share;
                judged.extend(decided.matter.record.filter(|_| is_released_by_judgement(decided)));
                let of = |record| move |what| ((record, what), share);
                open.extend(decided.matter.record.into_iter().flat_map(|record| {
                    waits(&decided.cases).into_iter().map(of(record)).collect::<Vec<_>>()
                }));
            }
            for ((record, what), share) in open {
                let record = state.world.record(record);
                notices.extend(record.into_iter().flat_map(|record| asked(state, record, what, share, now)));
            }
            // D-S5: the holder's adviser, and nobody else, hears of what went without the family's word.
            notices.extend(judged.into_iter().filter_map(|record| {
                let own = state.world.record(record)?;
                let (kind, reference) = (ReminderKind::SharedWithoutConsent, ReminderRef::Child(record));
                let told =
                    remind(&state.world, &own.child.agency_id, kind, reference, ReminderRole::IgLead, now);
                Some(told.about(Some(record)))
            }));
            Outcome::Recorded { child, notices, released }
        }
        other => other,
    }
}

const fn is_released_by_judgement(decided: &Decided) -> bool {
    decided.decided_by.is_some()
        && matches!(decided.outcome, ShareDecision::Share | ShareDecision::ShareInPart)
}

fn asked(state: &State, record: &Record, what: Waits, share: Uuid, now: OffsetDateTime) -> Vec<Notice> {
    let kind = match what {
        Waits::Consent => ReminderKind::PendingConsent,
        Waits::Advice => ReminderKind::PendingAdvice,
    };
    let asks = |of: &Record, role| {
        let reference = ReminderRef::Child(of.child.record);
        remind(&state.world, &of.child.agency_id, kind, reference, role, now).about(Some(of.child.record))
    };
    let mut notices = match what {
        // D-C6: the lead goes back to the family; where that is another agency, whoever holds it knows why it waits.
        Waits::Consent => {
            let leads = leads(&state.world, record, now);
            let own = leads.iter().any(|lead| lead.child.agency_id == record.child.agency_id);
            let mut to: BTreeSet<&AgencyId> = BTreeSet::new();
            let once: Vec<_> = leads.into_iter().filter(|lead| to.insert(&lead.child.agency_id)).collect();
            let mut told: Vec<Notice> =
                once.into_iter().map(|lead| asks(lead, ReminderRole::LeadProfessional)).collect();
            if !own {
                told.push(asks(record, ReminderRole::Owner));
            }
            told
        }
        // D-S8: whom the holder's practitioners ask.
        Waits::Advice => vec![asks(record, ReminderRole::IgLead)],
    };
    notices.extend(remind_team(&state.world, kind, (record, share), ReminderRole::SecondOwner, now));
    notices
}
