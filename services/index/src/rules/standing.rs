//! Whether a practitioner stands on an agency's register, and may be shown or may ask.

use schemas::{Job, PersonName, Phone, PractitionerState};
use time::OffsetDateTime;

use kit::moment::has_ended;

/// A practitioner's entry, as recorded and ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub recorded: Option<Recorded>,
    pub ended_at: Option<OffsetDateTime>,
}

/// The latest `practitioner.recorded`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub name: PersonName,
    pub job: Job,
    pub work_phone: Phone,
    pub state: PractitionerState,
    pub effective_at: OffsetDateTime,
}

/// What an entry means now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// Nothing was recorded yet: statements that name the practitioner take effect when it is (G7).
    Unknown,
    /// Known, but not to be rung or to ask: left, suspended, on leave.
    Away,
    Active(&'a Recorded),
}

impl Entry {
    /// D-A2, G7.
    #[must_use]
    pub fn standing(&self) -> Standing<'_> {
        let Some(recorded) = &self.recorded else {
            return Standing::Unknown;
        };
        match recorded.state {
            PractitionerState::Active if !has_ended(recorded.effective_at, self.ended_at) => {
                Standing::Active(recorded)
            }
            PractitionerState::Active
            | PractitionerState::OnLeave
            | PractitionerState::Left
            | PractitionerState::Suspended => Standing::Away,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use time::macros::datetime;
    use time::{Duration, OffsetDateTime};

    use super::*;

    const DAY: OffsetDateTime = datetime!(2026-09-01 00:00 UTC);

    fn entry(state: PractitionerState, ended_at: Option<OffsetDateTime>) -> Entry {
        let recorded = Recorded {
            name: PersonName::parse("A. Person").unwrap(),
            job: Job::Teacher,
            work_phone: Phone::parse("0116 496 0000").unwrap(),
            state,
            effective_at: DAY,
        };
        Entry { recorded: Some(recorded), ended_at }
    }

    #[test]
    fn only_an_active_entry_that_has_not_ended_is_active() {
        let active = PractitionerState::Active;
        assert!(matches!(entry(active, None).standing(), Standing::Active(_)));
        let before = entry(active, Some(DAY - Duration::DAY));
        assert!(matches!(before.standing(), Standing::Active(_)), "recorded anew after an ending");
        assert_eq!(entry(active, Some(DAY)).standing(), Standing::Away);
        assert_eq!(entry(PractitionerState::OnLeave, None).standing(), Standing::Away);
        assert_eq!(entry(PractitionerState::Suspended, None).standing(), Standing::Away);
    }

    #[test]
    fn an_ending_alone_makes_nobody_known() {
        let entry = Entry { recorded: None, ended_at: Some(DAY) };
        assert_eq!(entry.standing(), Standing::Unknown);
    }
}
