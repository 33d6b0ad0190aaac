//! Reminders: codes and references, to one agency.

use kit::handler::Notice;
use schemas::catalogue::AgencyQueue;
use schemas::{AgencyId, Day, LocalRef, ReminderIssued, ReminderKind, ReminderRef, ReminderRole, Urgency};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::rules::deadline::{acknowledge_by, calendar};
use crate::rules::world::{Record, Word, World};

pub(super) fn reminder(
    to: &AgencyId,
    kind: ReminderKind,
    reference: ReminderRef,
    due: OffsetDateTime,
    role: ReminderRole,
) -> Notice {
    of(to, &ReminderIssued { kind, reference, due: Day::from_date(due.date()), role })
}

pub(super) fn of(to: &AgencyId, reminder: &ReminderIssued) -> Notice {
    Notice::new(to.clone(), AgencyQueue::Inbox, ReminderIssued::TYPE, reminder)
}

/// The working days in which an agency acknowledges a delivery.
pub(super) fn soon(world: &World, agency: &AgencyId, now: OffsetDateTime) -> OffsetDateTime {
    let area = world.agencies.get(agency).and_then(|agency| agency.authorities.first());
    acknowledge_by(Urgency::Soon, &calendar(area), now)
}

/// One that is due soon.
pub(super) fn remind(
    world: &World,
    to: &AgencyId,
    kind: ReminderKind,
    reference: ReminderRef,
    role: ReminderRole,
    now: OffsetDateTime,
) -> Notice {
    reminder(to, kind, reference, soon(world, to, now), role)
}

/// Reminds the CAF team of a child's area of a share (D-A3); not where that would tell of a sensitive service, or of a
/// child who is restricted for safety (D-I6), nor where it is the CAF team's own.
pub(super) fn remind_team(
    world: &World,
    kind: ReminderKind,
    (record, share): (&Record, Uuid),
    role: ReminderRole,
    now: OffsetDateTime,
) -> Option<Notice> {
    if world.word_of(record) == Word::Hidden {
        return None;
    }
    let share = LocalRef::parse(&share.to_string()).ok()?;
    let (team, reference) = world.caf_team(record, &share, now)?;
    (team != record.child.agency_id).then(|| remind(world, &team, kind, reference, role, now))
}
