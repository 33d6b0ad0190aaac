//! The life of a CAF: intended, started, completed, checked, closed, perhaps reopened; handed to
//! another authority; withdrawn as an error.
//!
//! Every statement is kept and the life is folded when it is read, in the order in which things
//! happened, so any order of arrival ends in one life (G7). A statement by somebody who may not say
//! it, or one that does not follow from what was before it, is without effect.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use schemas::{
    AgencyId, AuthorityId, CafRef, CheckResult, ClosureCode, Malformed, MessageId, RoleInCase, TransferState,
    WithdrawalReason,
};
use time::{Date, Duration, OffsetDateTime};

use super::world::{AgencyState, Caf, Desk, Record};
use kit::moment::has_ended;

/// A form that was returned is expected back, unless the CAF team says until when.
const BACK_WITHIN: Duration = Duration::days(14);

/// One statement about a CAF after it was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub by: Sayer,
    pub happened_at: OffsetDateTime,
    pub message: MessageId,
    pub what: What,
}

/// Who said it, as the registers stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sayer {
    pub agency: AgencyId,
    /// The authorities whose CAF team it is; of a reopening, also those whose team lets it.
    pub team_of: Vec<AuthorityId>,
    pub desk: Desk,
}

/// What a statement says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Completed(Copy),
    /// Where it was returned: until when the form is expected back, if that was said.
    Checked(CheckResult, Option<Date>),
    Transferred(TransferState, AuthorityId),
    Closed(ClosureCode),
    Reopened,
    Withdrawn(WithdrawalReason),
}

/// Whether the form's copy went to the CAF team (D-I7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copy {
    Awaited,
    Sent,
}

impl Copy {
    const fn stored(self) -> Option<&'static str> {
        match self {
            Self::Awaited => None,
            Self::Sent => Some("copy-sent"),
        }
    }

    fn from_stored(code: &str) -> Self {
        if code == "copy-sent" { Self::Sent } else { Self::Awaited }
    }
}

impl What {
    /// Of things that happened on one day, this is their order.
    const fn rank(&self) -> u8 {
        match self {
            Self::Completed(_) => 0,
            Self::Checked(CheckResult::Returned, _) => 1,
            Self::Checked(CheckResult::Checked, _) => 2,
            Self::Transferred(TransferState::Proposed, _) => 3,
            Self::Transferred(TransferState::TakenOn | TransferState::Declined, _) => 4,
            Self::Closed(_) => 5,
            Self::Reopened => 6,
            Self::Withdrawn(_) => 7,
        }
    }

    /// As the table keeps it: what, and its code.
    #[must_use]
    pub const fn stored(&self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Completed(copy) => ("completed", copy.stored()),
            Self::Checked(result, _) => ("checked", Some(result.as_str())),
            Self::Transferred(state, _) => ("transferred", Some(state.as_str())),
            Self::Closed(code) => ("closed", Some(code.as_str())),
            Self::Reopened => ("reopened", None),
            Self::Withdrawn(reason) => ("withdrawn", Some(reason.as_str())),
        }
    }

    /// # Errors
    /// When the table holds what none of our versions wrote.
    pub fn from_stored(
        what: &str,
        code: Option<&str>,
        to: Option<&str>,
        back_by: Option<Date>,
    ) -> Result<Self, Malformed> {
        let code = code.unwrap_or_default();
        Ok(match what {
            "completed" => Self::Completed(Copy::from_stored(code)),
            "checked" => Self::Checked(CheckResult::parse(code)?, back_by),
            "transferred" => {
                Self::Transferred(TransferState::parse(code)?, AuthorityId::parse(to.unwrap_or_default())?)
            }
            "closed" => Self::Closed(ClosureCode::parse(code)?),
            "reopened" => Self::Reopened,
            "withdrawn" => Self::Withdrawn(WithdrawalReason::parse(code)?),
            _ => return Err(Malformed::Form("a statement about a CAF")),
        })
    }
}

/// How a CAF stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    pub caf_ref: CafRef,
    /// Whose CAF team keeps the log.
    pub authority: AuthorityId,
    /// That team where it took the CAF on from another.
    pub taken_on_by: Option<Desk>,
    /// The authority that a transfer was proposed to.
    pub offered_to: Option<AuthorityId>,
    /// When the form was first done, since the CAF was started or reopened: from then on the review is due.
    pub assessed_on: Option<OffsetDateTime>,
    /// When the next review is due, as the older log had it; a CAF that was reopened is assessed anew.
    pub review_due_on: Option<Date>,
    pub stage: Stage,
}

/// Where in its life a CAF is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    Started,
    /// The form is done, and to be with the CAF team for the check (D-I7).
    Completed {
        on: OffsetDateTime,
        copy: Copy,
    },
    /// The check found gaps: the form is back with the assessor.
    Returned {
        back_by: Date,
        /// Which check it was.
        check: MessageId,
    },
    Checked,
    Closed {
        on: OffsetDateTime,
        code: ClosureCode,
    },
    /// The assessment goes on, with a new consent (D-I4).
    Reopened,
    Withdrawn,
}

/// Why a statement is without effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoEffect {
    #[error("this agency may not say so of this CAF")]
    NotTheirs,
    #[error("it does not follow from how the CAF stands")]
    NotNow,
    #[error("it was closed too long ago, or for a reason that ends it for good")]
    ClosedForGood,
}

/// How the CAFs of some children stand.
pub type Lives = BTreeMap<CafRef, Life>;

/// How the CAFs of one child stand, given the records of that child.
pub fn lives<'a>(group: &'a [&'a Record]) -> impl Iterator<Item = (CafRef, Life)> + 'a {
    let leads = Leads(group);
    let cafs = group.iter().flat_map(|record| &record.cafs);
    cafs.map(move |caf| (caf.caf_ref.clone(), live(caf, &leads)))
}

/// Folds the statements about one CAF, in any order of arrival.
fn live(caf: &Caf, leads: &Leads<'_>) -> Life {
    in_effect(caf, leads).0
}

/// How a CAF stands, and what of all that was said of it had an effect, in the order in which it happened.
#[must_use]
pub fn in_effect<'a>(caf: &'a Caf, leads: &Leads<'_>) -> (Life, Vec<&'a Step>) {
    let mut ordered: Vec<&Step> = caf.steps.iter().collect();
    ordered.sort_by(|one, other| in_order(one, other));
    let begun = Life {
        caf_ref: caf.caf_ref.clone(),
        authority: caf.authority.clone(),
        taken_on_by: None,
        offered_to: None,
        assessed_on: None,
        review_due_on: caf.review_due_on,
        stage: Stage::Started,
    };
    let mut effects = Vec::new();
    let life = ordered.into_iter().fold(begun, |life, step| {
        let Ok(next) = life.clone().take(step, leads, caf.reopen) else {
            return life;
        };
        effects.push(step);
        next
    });
    (life, effects)
}

/// Which agencies had the lead of one child's case, as the records of that child say (D-A4).
#[derive(Clone, Copy, Debug)]
pub struct Leads<'a>(pub &'a [&'a Record]);

impl<'a> Leads<'a> {
    #[must_use]
    pub fn at(self, moment: OffsetDateTime) -> Vec<&'a AgencyId> {
        let led = |record: &&&'a Record| {
            record.involvements.iter().any(|involvement| {
                involvement.role_in_case == RoleInCase::LeadProfessional
                    // The day counts: many end their work on the day on which they close the CAF.
                    && involvement.started_at.date() <= moment.date()
                    && (!has_ended(involvement.effective_at, involvement.ended_at)
                        || involvement.ended_at.is_some_and(|ended| ended.date() >= moment.date()))
            }) && record.supplier.state == AgencyState::Active
        };
        self.0.iter().filter(led).map(|record| &record.supplier.agency).collect()
    }
}

fn in_order(one: &Step, other: &Step) -> Ordering {
    // Some say the day and some the hour: within a day the order is that of a CAF's life.
    let place = |step: &Step| (step.happened_at.date(), step.what.rank(), step.happened_at);
    let whose = |step: &Step| (step.by.agency.clone(), step.message);
    place(one).cmp(&place(other)).then_with(|| whose(one).cmp(&whose(other)))
}

impl Life {
    /// The life after `step`.
    ///
    /// # Errors
    /// When the sayer may not say it (codes §3 "who may say it"), or it does not follow.
    pub fn take(self, step: &Step, leads: &Leads<'_>, reopen: Duration) -> Result<Self, NoEffect> {
        self.permit(step, leads)?;
        match &step.what {
            What::Completed(copy) => self.complete(step.happened_at, *copy),
            What::Checked(result, back_by) => self.check(step, *result, *back_by),
            What::Transferred(state, to) => self.transfer(*state, to, &step.by),
            What::Closed(code) => self.close(step.happened_at, *code),
            What::Reopened => self.reopen(step.happened_at, reopen),
            What::Withdrawn(_) => Ok(Self { stage: Stage::Withdrawn, ..self }),
        }
    }

    fn permit(&self, step: &Step, leads: &Leads<'_>) -> Result<(), NoEffect> {
        let team = step.by.team_of.contains(&self.authority);
        let assessor = step.by.agency == *self.caf_ref.agency();
        let may = match &step.what {
            What::Completed(_) | What::Withdrawn(_) => assessor || team,
            What::Checked(..) | What::Reopened | What::Transferred(TransferState::Proposed, _) => team,
            // Both CAF teams take part.
            What::Transferred(TransferState::TakenOn | TransferState::Declined, to) => {
                step.by.team_of.contains(to)
            }
            What::Closed(_) => {
                let leads = leads.at(step.happened_at);
                team || leads.contains(&&step.by.agency) || (leads.is_empty() && assessor)
            }
        };
        if may { Ok(()) } else { Err(NoEffect::NotTheirs) }
    }

    /// Again after it was returned; a later version until it is checked.
    fn complete(self, on: OffsetDateTime, copy: Copy) -> Result<Self, NoEffect> {
        match self.stage {
            Stage::Started | Stage::Reopened | Stage::Completed { .. } | Stage::Returned { .. } => {
                // A form that was mended is not assessed anew.
                let assessed_on = self.assessed_on.or(Some(on));
                Ok(Self { stage: Stage::Completed { on, copy }, assessed_on, ..self })
            }
            Stage::Checked | Stage::Closed { .. } | Stage::Withdrawn => Err(NoEffect::NotNow),
        }
    }

    fn check(self, step: &Step, result: CheckResult, back_by: Option<Date>) -> Result<Self, NoEffect> {
        match self.stage {
            // What was missing may have come by another way than a second form.
            Stage::Completed { .. } | Stage::Returned { .. } => {}
            Stage::Started | Stage::Reopened | Stage::Checked | Stage::Closed { .. } | Stage::Withdrawn => {
                return Err(NoEffect::NotNow);
            }
        }
        let stage = match result {
            CheckResult::Checked => Stage::Checked,
            CheckResult::Returned => Stage::Returned {
                back_by: back_by.unwrap_or_else(|| (step.happened_at + BACK_WITHIN).date()),
                check: step.message,
            },
        };
        Ok(Self { stage, ..self })
    }

    /// The clock does not restart: the stage stays.
    fn transfer(self, state: TransferState, to: &AuthorityId, by: &Sayer) -> Result<Self, NoEffect> {
        if !self.is_open() {
            return Err(NoEffect::NotNow);
        }
        let offered = self.offered_to.as_ref() == Some(to);
        match state {
            TransferState::Proposed => Ok(Self { offered_to: Some(to.clone()), ..self }),
            TransferState::TakenOn if offered => Ok(Self {
                authority: to.clone(),
                taken_on_by: Some(by.desk.clone()),
                offered_to: None,
                ..self
            }),
            TransferState::Declined if offered => Ok(Self { offered_to: None, ..self }),
            TransferState::TakenOn | TransferState::Declined => Err(NoEffect::NotNow),
        }
    }

    fn close(self, on: OffsetDateTime, code: ClosureCode) -> Result<Self, NoEffect> {
        if self.is_open() {
            Ok(Self { stage: Stage::Closed { on, code }, offered_to: None, ..self })
        } else {
            Err(NoEffect::NotNow)
        }
    }

    fn reopen(self, on: OffsetDateTime, within: Duration) -> Result<Self, NoEffect> {
        match self.stage {
            Stage::Closed { on: closed, code } if on <= closed + within && !ends_for_good(code) => {
                Ok(Self { stage: Stage::Reopened, assessed_on: None, review_due_on: None, ..self })
            }
            Stage::Closed { .. } => Err(NoEffect::ClosedForGood),
            Stage::Started
            | Stage::Completed { .. }
            | Stage::Returned { .. }
            | Stage::Checked
            | Stage::Reopened
            | Stage::Withdrawn => Err(NoEffect::NotNow),
        }
    }

    /// Whether the CAF is being made or followed.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        match self.stage {
            Stage::Started
            | Stage::Completed { .. }
            | Stage::Returned { .. }
            | Stage::Checked
            | Stage::Reopened => true,
            Stage::Closed { .. } | Stage::Withdrawn => false,
        }
    }

    /// Whether somebody who intends a CAF is told that this one was closed and may be reopened: not
    /// longer than `reopen` ago, and for a reason that leaves it open (D-I4).
    #[must_use]
    pub fn may_reopen(&self, now: OffsetDateTime, reopen: Duration) -> bool {
        match self.stage {
            Stage::Closed { on, code } => now <= on + reopen && offers_reopening(code),
            Stage::Started
            | Stage::Completed { .. }
            | Stage::Returned { .. }
            | Stage::Checked
            | Stage::Reopened
            | Stage::Withdrawn => false,
        }
    }

    /// Whether others are told that there was one: not longer ago than it may be reopened, and not where
    /// it was no CAF at all or what ended it is nobody's to know.
    #[must_use]
    pub fn shows_as_closed(&self, now: OffsetDateTime, reopen: Duration) -> bool {
        match self.stage {
            Stage::Closed { on, code } => {
                now <= on + reopen && code != ClosureCode::Adopted && !ends_for_good(code)
            }
            Stage::Started
            | Stage::Completed { .. }
            | Stage::Returned { .. }
            | Stage::Checked
            | Stage::Reopened
            | Stage::Withdrawn => false,
        }
    }
}

/// Not even the CAF team reopens it.
const fn ends_for_good(code: ClosureCode) -> bool {
    match code {
        ClosureCode::Died
        | ClosureCode::PregnancyEnded
        | ClosureCode::OpenedInError
        | ClosureCode::DuplicateOf => true,
        ClosureCode::NeedsMet
        | ClosureCode::UniversalOnly
        | ClosureCode::FamilyWithdrewConsent
        | ClosureCode::FamilyNotEngaging
        | ClosureCode::TakenOnBySocialCare
        | ClosureCode::TakenOnByOtherSpecialist
        | ClosureCode::LookedAfter
        | ClosureCode::MovedAreaTransferred
        | ClosureCode::MovedAreaNoTransfer
        | ClosureCode::AgeLimit
        | ClosureCode::PassedToAdultServices
        | ClosureCode::Adopted => false,
    }
}

/// Codes §7: offered to others only for these; after a withdrawn consent never by itself.
const fn offers_reopening(code: ClosureCode) -> bool {
    match code {
        ClosureCode::NeedsMet
        | ClosureCode::UniversalOnly
        | ClosureCode::FamilyNotEngaging
        | ClosureCode::MovedAreaNoTransfer => true,
        ClosureCode::FamilyWithdrewConsent
        | ClosureCode::TakenOnBySocialCare
        | ClosureCode::TakenOnByOtherSpecialist
        | ClosureCode::LookedAfter
        | ClosureCode::MovedAreaTransferred
        | ClosureCode::AgeLimit
        | ClosureCode::PassedToAdultServices
        | ClosureCode::Died
        | ClosureCode::PregnancyEnded
        | ClosureCode::Adopted
        | ClosureCode::OpenedInError
        | ClosureCode::DuplicateOf => false,
    }
}

#[cfg(test)]
#[path = "life_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "life_table_tests.rs"]
mod table_tests;
