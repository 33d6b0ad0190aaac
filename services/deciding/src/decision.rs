//! What came out, and which code stands for it where several policies forbid.

use schemas::{ShareDecision, WithheldCode};
use serde::{Deserialize, Serialize};

use crate::PolicyId;

/// Stands for the policy that is not there: nothing permitted it.
pub const NOTHING_PERMITS: &str = "nothing-permits";

/// What decides beside the policies, by ids that stand in the records as theirs do: no policy may have one of them.
pub const BESIDE: [&str; 5] = [
    NOTHING_PERMITS,
    "D-I6-not-shown-to-the-asker",
    "D-A2-agency-not-on-the-register",
    "D-S5-holder-declined",
    "D-S7-not-answered-in-time",
];

/// Of one part. Ordered: where policies differ, the earlier holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    DoNotShare,
    PendingAdvice,
    PendingConsent,
    ReferredToHolder,
    Share,
}

impl Outcome {
    /// As a policy writes it. Sharing is what a permit says, and so no forbid's outcome.
    pub(crate) fn of_forbid(written: &str) -> Option<Self> {
        match written {
            "do-not-share" => Some(Self::DoNotShare),
            "pending-advice" => Some(Self::PendingAdvice),
            "pending-consent" => Some(Self::PendingConsent),
            "referred-to-holder" => Some(Self::ReferredToHolder),
            _ => None,
        }
    }
}

impl From<Outcome> for ShareDecision {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Share => Self::Share,
            Outcome::DoNotShare => Self::DoNotShare,
            Outcome::PendingAdvice => Self::PendingAdvice,
            Outcome::PendingConsent => Self::PendingConsent,
            Outcome::ReferredToHolder => Self::ReferredToHolder,
        }
    }
}

/// A decision about one part for one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    pub outcome: Outcome,
    /// None where it is shared or referred to the holder.
    pub code: Option<WithheldCode>,
    /// Those that decided, sorted: all permits that matched, or all forbids; or [`NOTHING_PERMITS`].
    pub policies: Vec<PolicyId>,
}

/// Where several policies forbid, the code that protects people comes first, whatever the order of the files.
#[must_use]
pub(crate) const fn precedence(code: WithheldCode) -> u8 {
    match code {
        WithheldCode::RuleError => 0,
        WithheldCode::UnknownChild => 1,
        WithheldCode::Restricted => 2,
        WithheldCode::SafetyOfChild => 3,
        WithheldCode::Informant => 4,
        WithheldCode::SensitiveService => 5,
        WithheldCode::LegalPrivilege => 6,
        WithheldCode::CourtRestriction => 7,
        WithheldCode::PractitionerNotRegistered => 8,
        WithheldCode::RecipientCheckMissing => 9,
        WithheldCode::CompetentRefusal => 10,
        WithheldCode::ConsentExcludesAgency => 11,
        WithheldCode::ConsentExcludesPart => 12,
        WithheldCode::NoConsent => 13,
        WithheldCode::ConsentPastReview => 14,
        WithheldCode::AboutAnotherPerson => 15,
        WithheldCode::MoreDetrimental => 16,
        WithheldCode::NotConfidentialTestFailed => 17,
        WithheldCode::PublicInterestNotMadeOut => 18,
        WithheldCode::NotNecessaryForPurpose => 19,
        WithheldCode::NoSuchPart => 20,
        WithheldCode::HeldElsewhere => 21,
    }
}
