//! The statement as it stands on the wire: flat, with the fields that a decision has or has not.

use serde::{Deserialize, Serialize};

use super::{
    Agreed, ConsentManner, ConsentRecorded, Decided, Evidence, LiaisedWithParents, Withdrawal, Withdrawn,
};
use crate::{
    CafRef, ConsentAct, ConsentCapacity, ConsentDecision, ConsentScope, Day, Explained, Happened, LocalRef,
    Malformed, OnBehalfOf, Person, PractitionerInCase, Understanding, WhyNotAsked, WithdrawalEffect, YesNo,
};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Written {
    person: Person,
    capacity: ConsentCapacity,
    acts: Vec<ConsentAct>,
    #[serde(flatten)]
    decided: WrittenDecision,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    understanding: Option<Box<Understanding>>,
    said_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    liaised_with_parents: Option<LiaisedWithParents>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    caf_ref: Option<CafRef>,
    practitioner: PractitionerInCase,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on_behalf_of: Option<OnBehalfOf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recorded_at: Option<Happened>,
    local_ref: LocalRef,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenDecision {
    decision: ConsentDecision,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why_not_asked: Option<WhyNotAsked>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<Box<ConsentScope>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    manner: Option<ConsentManner>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    explained: Option<Vec<Explained>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    review_by: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ends_on: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    withdrawal: Option<WrittenWithdrawal>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenWithdrawal {
    effect: WithdrawalEffect,
    risk_considered: YesNo,
    whole_caf: bool,
}

const UNFIT: Malformed = Malformed::Form("a decision with what goes with it alone");

impl TryFrom<Written> for ConsentRecorded {
    type Error = Malformed;

    fn try_from(written: Written) -> Result<Self, Malformed> {
        let decided = Decided::try_from(written.decided)?;
        let scope_missing = match &decided {
            Decided::Given(agreed) | Decided::GivenWithLimits(agreed) | Decided::Renewed(agreed) => {
                agreed.scope.is_none() && written.acts.iter().any(|act| act.needs_scope())
            }
            Decided::Refused { .. }
            | Decided::Withdrawn { .. }
            | Decided::NotAbleToDecide
            | Decided::NotAsked(_) => false,
        };
        if scope_missing {
            return Err(Malformed::Form("an agreement that says who may see what"));
        }
        if written.understanding.is_none() && written.capacity.needs_understanding() {
            return Err(Malformed::Form("a child's decision with how well the child understands it"));
        }
        Ok(Self {
            person: written.person,
            capacity: written.capacity,
            acts: written.acts,
            decided,
            understanding: written.understanding,
            said_on: written.said_on,
            evidence: written.evidence,
            liaised_with_parents: written.liaised_with_parents,
            caf_ref: written.caf_ref,
            practitioner: written.practitioner,
            on_behalf_of: written.on_behalf_of,
            recorded_at: written.recorded_at,
            local_ref: written.local_ref,
        })
    }
}

impl TryFrom<WrittenDecision> for Decided {
    type Error = Malformed;

    fn try_from(written: WrittenDecision) -> Result<Self, Malformed> {
        match written.decision {
            ConsentDecision::Given => Agreed::try_from(written).map(Self::Given),
            ConsentDecision::GivenWithLimits => Agreed::try_from(written).map(Self::GivenWithLimits),
            ConsentDecision::Renewed => Agreed::try_from(written).map(Self::Renewed),
            ConsentDecision::Refused => written.into_refused(),
            ConsentDecision::Withdrawn => written.into_withdrawn(),
            ConsentDecision::NotAbleToDecide => written.into_undecided(),
            ConsentDecision::NotAsked => written.into_not_asked(),
        }
    }
}

impl TryFrom<WrittenDecision> for Agreed {
    type Error = Malformed;

    fn try_from(written: WrittenDecision) -> Result<Self, Malformed> {
        let WrittenDecision {
            decision: _,
            why_not_asked: None,
            scope,
            manner: Some(manner),
            explained: Some(explained),
            from: Some(from),
            review_by: Some(review_by),
            ends_on,
            withdrawal: None,
        } = written
        else {
            return Err(UNFIT);
        };
        Ok(Self { scope, manner, explained, from, review_by, ends_on })
    }
}

impl WrittenDecision {
    const fn bare(decision: ConsentDecision) -> Self {
        Self {
            decision,
            why_not_asked: None,
            scope: None,
            manner: None,
            explained: None,
            from: None,
            review_by: None,
            ends_on: None,
            withdrawal: None,
        }
    }

    fn agreed(decision: ConsentDecision, agreed: Agreed) -> Self {
        Self {
            scope: agreed.scope,
            manner: Some(agreed.manner),
            explained: Some(agreed.explained),
            from: Some(agreed.from),
            review_by: Some(agreed.review_by),
            ends_on: agreed.ends_on,
            ..Self::bare(decision)
        }
    }

    /// What stands only with an agreement.
    const fn is_no_agreement(&self) -> bool {
        self.explained.is_none() && self.from.is_none() && self.review_by.is_none() && self.ends_on.is_none()
    }

    fn into_refused(self) -> Result<Decided, Malformed> {
        if !self.is_no_agreement() || self.why_not_asked.is_some() || self.withdrawal.is_some() {
            return Err(UNFIT);
        }
        Ok(Decided::Refused { scope: self.scope, manner: self.manner })
    }

    fn into_withdrawn(self) -> Result<Decided, Malformed> {
        if !self.is_no_agreement() || self.why_not_asked.is_some() {
            return Err(UNFIT);
        }
        let WrittenWithdrawal { effect, risk_considered, whole_caf } = self.withdrawal.ok_or(UNFIT)?;
        let of = match (whole_caf, self.scope) {
            (true, None) => Withdrawn::WholeCaf,
            (false, Some(scope)) => Withdrawn::Scope(scope),
            (true, Some(_)) | (false, None) => return Err(UNFIT),
        };
        let withdrawal = Withdrawal { effect, risk_considered, of };
        Ok(Decided::Withdrawn { withdrawal, manner: self.manner })
    }

    fn into_undecided(self) -> Result<Decided, Malformed> {
        let nothing_decided = self.scope.is_none() && self.manner.is_none() && self.withdrawal.is_none();
        if nothing_decided && self.is_no_agreement() && self.why_not_asked.is_none() {
            Ok(Decided::NotAbleToDecide)
        } else {
            Err(UNFIT)
        }
    }

    fn into_not_asked(mut self) -> Result<Decided, Malformed> {
        let why = self.why_not_asked.take().ok_or(UNFIT)?;
        self.into_undecided().map(|_| Decided::NotAsked(why))
    }
}

impl From<ConsentRecorded> for Written {
    fn from(consent: ConsentRecorded) -> Self {
        Self {
            person: consent.person,
            capacity: consent.capacity,
            acts: consent.acts,
            decided: consent.decided.into(),
            understanding: consent.understanding,
            said_on: consent.said_on,
            evidence: consent.evidence,
            liaised_with_parents: consent.liaised_with_parents,
            caf_ref: consent.caf_ref,
            practitioner: consent.practitioner,
            on_behalf_of: consent.on_behalf_of,
            recorded_at: consent.recorded_at,
            local_ref: consent.local_ref,
        }
    }
}

impl From<Decided> for WrittenDecision {
    fn from(decided: Decided) -> Self {
        match decided {
            Decided::Given(agreed) => Self::agreed(ConsentDecision::Given, agreed),
            Decided::GivenWithLimits(agreed) => Self::agreed(ConsentDecision::GivenWithLimits, agreed),
            Decided::Renewed(agreed) => Self::agreed(ConsentDecision::Renewed, agreed),
            Decided::Refused { scope, manner } => {
                Self { scope, manner, ..Self::bare(ConsentDecision::Refused) }
            }
            Decided::Withdrawn { withdrawal: Withdrawal { effect, risk_considered, of }, manner } => {
                let (whole_caf, scope) = match of {
                    Withdrawn::WholeCaf => (true, None),
                    Withdrawn::Scope(scope) => (false, Some(scope)),
                };
                let withdrawal = Some(WrittenWithdrawal { effect, risk_considered, whole_caf });
                Self { scope, manner, withdrawal, ..Self::bare(ConsentDecision::Withdrawn) }
            }
            Decided::NotAbleToDecide => Self::bare(ConsentDecision::NotAbleToDecide),
            Decided::NotAsked(why) => {
                Self { why_not_asked: Some(why), ..Self::bare(ConsentDecision::NotAsked) }
            }
        }
    }
}
