//! What the index looks at again when a day has come. A timer's reference names it, never a person.

use kit::timers::Timer;
use schemas::{AgencyId, CafRef, ChildRef, Day, LocalRef};
use time::Date;

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Watch {
    /// Its copy for the CAF team, its review, and whether there is a second one.
    Caf(CafRef),
    /// Whether it lapses.
    Intention(AgencyId, LocalRef),
    /// A record of an unborn child, whose expected date passes.
    Unborn(ChildRef),
    /// What was shown of an agency's records on a day.
    Digest(Date, AgencyId),
    /// The days of which agencies are told.
    Digests,
    /// What is kept no longer.
    Forgetting,
    /// Whether an agency's system takes what comes unasked.
    Conform(AgencyId),
}

impl Watch {
    /// The timer that watches it.
    #[must_use]
    pub fn timer(&self) -> Timer {
        let (kind, about) = match self {
            Self::Caf(caf) => ("caf", caf.to_string()),
            Self::Intention(agency, local_ref) => ("intention", format!("{agency}/{local_ref}")),
            Self::Unborn(record) => ("unborn", record.to_string()),
            Self::Digest(day, agency) => ("digest", format!("{} {agency}", Day::from_date(*day).to_text())),
            Self::Digests => ("digests", String::new()),
            Self::Forgetting => ("forgetting", String::new()),
            Self::Conform(agency) => ("conform", agency.to_string()),
        };
        Timer { kind: kind.to_owned(), about }
    }

    /// None where the table holds what none of our versions wrote.
    #[must_use]
    pub fn of(timer: &Timer) -> Option<Self> {
        let about = timer.about.as_str();
        match timer.kind.as_str() {
            "caf" => CafRef::parse(about).ok().map(Self::Caf),
            "intention" => {
                let (agency, local_ref) = about.split_once('/')?;
                Some(Self::Intention(AgencyId::parse(agency).ok()?, LocalRef::parse(local_ref).ok()?))
            }
            "unborn" => ChildRef::parse(about).ok().map(Self::Unborn),
            "digest" => {
                let (day, agency) = about.split_once(' ')?;
                Some(Self::Digest(Day::parse(day).ok()?.date(), AgencyId::parse(agency).ok()?))
            }
            "digests" => Some(Self::Digests),
            "forgetting" => Some(Self::Forgetting),
            "conform" => AgencyId::parse(about).ok().map(Self::Conform),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_is_watched_is_read_back_from_its_timer() {
        let agency = AgencyId::parse("school").unwrap();
        for watch in [
            Watch::Conform(agency.clone()),
            Watch::Caf(CafRef::parse("school/f-1").unwrap()),
            Watch::Intention(agency, LocalRef::parse("i:1").unwrap()),
            Watch::Unborn(ChildRef::from_uuid(Uuid::from_u128(7))),
            Watch::Digest(time::macros::date!(2026 - 11 - 21), AgencyId::parse("surgery").unwrap()),
            Watch::Digests,
            Watch::Forgetting,
        ] {
            assert_eq!(Watch::of(&watch.timer()), Some(watch));
        }
        assert_eq!(Watch::of(&Timer { kind: "moon".to_owned(), about: String::new() }), None);
    }
}
