//! The CAF team of a child's area, where it is to hear of something (D-A3).

use kit::handler::Notice;
use schemas::{
    AgencyId, LocalRef, ReminderKind, ReminderRef, ReminderRole, Restriction, Sensitivity, Urgency,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::sharing::State;
use super::timers::reminder;
use crate::rules::deadline::{acknowledge_by, calendar};
use crate::rules::world::Record;

impl State {
    /// Reminds the CAF team of a share; not where that would tell of a sensitive service, or of a child who is
    /// restricted for safety (D-I6), nor where it is the CAF team's own.
    pub(super) fn remind_team(
        &self,
        kind: ReminderKind,
        (record, share): (&Record, Uuid),
        role: ReminderRole,
        now: OffsetDateTime,
    ) -> Option<Notice> {
        let known = self.world.agencies.contains_key(&record.child.agency_id);
        if !known
            || record.of_sensitive_service() == Sensitivity::Sensitive
            || self.world.restriction(record) != Restriction::None
        {
            return None;
        }
        let share = LocalRef::parse(&share.to_string()).ok()?;
        let (team, reference) = self.world.caf_team(record, &share, now)?;
        (team != record.child.agency_id).then(|| self.remind(&team, kind, reference, role, now))
    }

    /// A reminder that is due within the working days in which a delivery is acknowledged.
    pub(super) fn remind(
        &self,
        to: &AgencyId,
        kind: ReminderKind,
        reference: ReminderRef,
        role: ReminderRole,
        now: OffsetDateTime,
    ) -> Notice {
        let area = self.world.agencies.get(to).and_then(|agency| agency.authorities.first());
        let due = acknowledge_by(Urgency::Soon, &calendar(area), now);
        reminder(to, kind, reference, due, role)
    }
}
