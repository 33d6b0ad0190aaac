//! What is recorded of every lookup, shown or not, with the reason and the rules that decided
//! (D-I5, D-S7).

use std::collections::BTreeSet;

use linking::Hidden;
use schemas::{AccessNoticeKind, AgencyId, ChildRef, MessageId, PractitionerId, Purpose, Text};

/// Named in every decision; changed whenever a rule changes what would be decided.
pub const RULES_VERSION: &str = "index-3";

/// Who asked, and for what. Not what they asked by: that would be personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub agency: AgencyId,
    pub query: MessageId,
    pub practitioner: PractitionerId,
    pub purpose: Purpose,
    pub reason_text: Option<Text>,
}

/// One lookup's outcome for the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub asked: Asked,
    pub reason: Reason,
    /// The records that the question was about, hidden ones included.
    pub records: Vec<ChildRef>,
    /// Of which records of other agencies what was shown: they are told (codes §8).
    pub shown: BTreeSet<(ChildRef, AccessNoticeKind)>,
}

impl Decision {
    /// One by which nothing of anybody was shown.
    #[must_use]
    pub const fn showing_nothing(asked: Asked, reason: Reason, records: Vec<ChildRef>) -> Self {
        Self { asked, reason, records, shown: BTreeSet::new() }
    }
}

/// Why something was shown or not. For the record only, never in an answer (G5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Match,
    /// One child matched; something about them was kept back.
    MatchInPart,
    SeveralMatches,
    NoRecord,
    Restricted,
    SensitiveOnly,
    PregnancyEnded,
    UnknownAgency,
    UnknownPractitioner,
    UnknownReference,
}

/// Shown or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Shown,
    NotShown,
}

impl Shown {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::NotShown => "not-shown",
        }
    }
}

impl From<Hidden> for Reason {
    fn from(hidden: Hidden) -> Self {
        match hidden {
            Hidden::Sensitive => Self::SensitiveOnly,
            Hidden::PregnancyEnded => Self::PregnancyEnded,
            Hidden::Restricted => Self::Restricted,
        }
    }
}

impl Reason {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::MatchInPart => "match-in-part",
            Self::SeveralMatches => "several-matches",
            Self::NoRecord => "no-record",
            Self::Restricted => "restricted",
            Self::SensitiveOnly => "sensitive-only",
            Self::PregnancyEnded => "pregnancy-ended",
            Self::UnknownAgency => "unknown-agency",
            Self::UnknownPractitioner => "unknown-practitioner",
            Self::UnknownReference => "unknown-reference",
        }
    }

    #[must_use]
    pub const fn shown(self) -> Shown {
        match self {
            Self::Match | Self::MatchInPart => Shown::Shown,
            Self::SeveralMatches
            | Self::NoRecord
            | Self::Restricted
            | Self::SensitiveOnly
            | Self::PregnancyEnded
            | Self::UnknownAgency
            | Self::UnknownPractitioner
            | Self::UnknownReference => Shown::NotShown,
        }
    }

    /// The rules that decided.
    #[must_use]
    pub const fn rules(self) -> &'static [&'static str] {
        match self {
            Self::Match => &["D-I1", "D-I5"],
            Self::MatchInPart => &["D-I1", "D-I5", "D-I6"],
            Self::SeveralMatches | Self::UnknownReference => &["D-I5", "G5"],
            Self::NoRecord => &["D-I5"],
            Self::Restricted | Self::SensitiveOnly => &["D-I5", "D-I6"],
            Self::PregnancyEnded => &["D-I3", "D-I5"],
            Self::UnknownAgency => &["D-A1", "D-I5"],
            Self::UnknownPractitioner => &["D-A2", "D-I5"],
        }
    }
}
