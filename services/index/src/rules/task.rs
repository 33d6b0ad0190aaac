//! What waits for a person of the CAF team.

use schemas::{AuthorityId, ChildRef};
use time::{Date, OffsetDateTime};

/// One task; of the same kind about the same thing there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    pub kind: TaskKind,
    pub authority: AuthorityId,
    /// A CAF or a statement: never a name.
    pub about: String,
    pub record: Option<ChildRef>,
    pub opened_at: OffsetDateTime,
    pub due_on: Date,
}

/// Why a person is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskKind {
    /// A CAF is intended for a child who is restricted for safety; the answer was as for an unknown one.
    RestrictedIntended,
    /// … whom only a sensitive service works with.
    SensitiveIntended,
    /// … and more than one child fits.
    WhichChild,
    /// The check found gaps in a form: it is to come back (D-I7).
    FormReturned,
    /// A family refused a CAF; a person looks for patterns (D-C7).
    FamilyRefusal,
    /// Two agencies intend a CAF for one child.
    TwoIntentions,
    /// Two CAFs of one child are open.
    SecondCaf,
    /// Another authority's CAF team offers a CAF.
    TransferProposed,
    /// No copy of the form came within 28 days (D-I7).
    OverdueCopy,
    /// It came, and was not checked.
    OverdueCheck,
    /// A review is past its day (D-P5).
    OverdueReview,
    /// An intention lapsed, and nobody started a CAF (D-I4).
    IntentionLapsed,
    /// Nothing is said of a birth, though its agency was asked twice.
    ExpectedDatePassed,
}

impl TaskKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RestrictedIntended => "restricted-intended",
            Self::SensitiveIntended => "sensitive-intended",
            Self::WhichChild => "which-child",
            Self::FormReturned => "form-returned",
            Self::FamilyRefusal => "family-refusal",
            Self::TwoIntentions => "two-intentions",
            Self::SecondCaf => "second-caf",
            Self::TransferProposed => "transfer-proposed",
            Self::OverdueCopy => "overdue-copy",
            Self::OverdueCheck => "overdue-check",
            Self::OverdueReview => "overdue-review",
            Self::IntentionLapsed => "intention-lapsed",
            Self::ExpectedDatePassed => "expected-date-passed",
        }
    }
}
