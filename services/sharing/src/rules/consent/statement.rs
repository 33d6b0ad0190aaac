//! One person's statement, as one agency recorded it.

use std::collections::BTreeSet;

use schemas::{
    AgencyId, ConsentAct, ConsentCapacity, Explained, Happened, LocalRef, MessageId, Relationship,
    UnderstandingJudgement, WithdrawalEffect, YesNo,
};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use super::scope::Scope;

/// A keyed hash of a folded name: equal for two statements of the same person, and nothing else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PersonToken(pub [u8; 32]);

impl std::fmt::Debug for PersonToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonToken(…)")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdultKey {
    pub relationship: Relationship,
    pub token: PersonToken,
}

/// D-C6: a statement belongs to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PersonKey {
    Child,
    Adult(AdultKey),
}

/// Which statement, and which version of it, for the record (D-S7).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatementVersion {
    pub agency: AgencyId,
    pub local_ref: LocalRef,
    pub message: MessageId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    pub version: StatementVersion,
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
    pub said_on: Happened,
    pub person: PersonKey,
    pub capacity: ConsentCapacity,
    /// Each stands alone (D-C1).
    pub acts: BTreeSet<ConsentAct>,
    pub decided: Decided,
    /// How well the person understands this decision, where it was judged (D-C3).
    pub judged: Option<UnderstandingJudgement>,
    pub evidence: Evidence,
    /// What a withdrawal asks for; none of what takes away nothing that went out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Ends>,
    /// With the parents, where the council decides under a care order (MG 4.15).
    pub liaison: Liaison,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Decided {
    /// Given, given with limits or renewed: says anew what the person agrees to.
    Given(Given),
    /// Of what the scope names; without one, of all.
    Refused(Option<Scope>),
    Withdrawn(Option<Scope>),
    NotAbleToDecide,
    NotAsked,
}

/// D-C6
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ends {
    pub effect: WithdrawalEffect,
    /// Whether it was asked, when it was said, if a child may be at risk (D-S1).
    pub risk_considered: YesNo,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Given {
    /// None where the act lets nobody see anything.
    pub scope: Option<Scope>,
    pub explained: BTreeSet<Explained>,
    pub from: Date,
    /// The last day before it is to be asked for anew (D-C6).
    pub review_by: Date,
    pub ends_on: Option<Date>,
}

/// Whether there is a form or a written authority to show for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Evidence {
    Held,
    NotSaid,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Liaison {
    /// That it was done, or why not.
    Recorded,
    NotSaid,
}

/// Whose information a statement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whose {
    Childs,
    /// The person's own (D-C8).
    Own,
}

impl Whose {
    pub(super) const ALL: [Self; 2] = [Self::Childs, Self::Own];
}

impl Statement {
    /// From when on it counts. What takes away counts once it is known, though the clock by which it was said is ahead.
    pub(super) fn counts_from(&self) -> OffsetDateTime {
        let said = self.said_on.effective_at();
        match &self.decided {
            Decided::Given(_) | Decided::NotAsked => said,
            Decided::Refused(_) | Decided::Withdrawn(_) | Decided::NotAbleToDecide => {
                said.min(self.received_at)
            }
        }
    }

    /// From when on it holds.
    pub(super) fn starts_at(&self) -> OffsetDateTime {
        match &self.decided {
            Decided::Given(given) => self.counts_from().max(given.from.midnight().assume_utc()),
            Decided::Refused(_) | Decided::Withdrawn(_) | Decided::NotAbleToDecide | Decided::NotAsked => {
                self.counts_from()
            }
        }
    }

    /// Its place among the statements of one person. D-C6, G7: of those about one day what takes away
    /// comes last, whatever hour the others say.
    pub(super) fn place(&self) -> (OffsetDateTime, u8, &StatementVersion) {
        match &self.decided {
            Decided::Given(_) | Decided::NotAsked => (self.said_on.effective_at(), 0, &self.version),
            Decided::NotAbleToDecide => (self.said_on.ends_at(), 1, &self.version),
            Decided::Refused(_) | Decided::Withdrawn(_) => (self.said_on.ends_at(), 2, &self.version),
        }
    }

    /// Whether it is of the same person's word as another one, was said after it and recorded by somebody else.
    #[must_use]
    pub fn follows(&self, other: &Self) -> bool {
        self.person == other.person
            && self.version.agency != other.version.agency
            && !self.acts.is_disjoint(&other.acts)
            && self.place() > other.place()
    }

    /// Whether it takes something away from what was given.
    #[must_use]
    pub const fn takes_away(&self) -> bool {
        match &self.decided {
            Decided::Refused(_) | Decided::Withdrawn(_) => true,
            Decided::Given(_) | Decided::NotAbleToDecide | Decided::NotAsked => false,
        }
    }

    /// Whether it says yes, no, or that the person cannot.
    pub(super) const fn is_decision(&self) -> bool {
        match &self.decided {
            Decided::Given(_) | Decided::Refused(_) | Decided::Withdrawn(_) | Decided::NotAbleToDecide => {
                true
            }
            Decided::NotAsked => false,
        }
    }

    /// Its place among the versions of one statement (G7).
    pub(super) fn moment(&self) -> (OffsetDateTime, MessageId) {
        (self.said_on.effective_at(), self.version.message)
    }

    /// What it names, where it names anything.
    pub(super) const fn scope(&self) -> Option<&Scope> {
        match &self.decided {
            Decided::Given(given) => given.scope.as_ref(),
            Decided::Refused(scope) | Decided::Withdrawn(scope) => scope.as_ref(),
            Decided::NotAbleToDecide | Decided::NotAsked => None,
        }
    }

    /// What it says nothing about whose it is speaks of the child; of the person alone with the capacity
    /// for that. What takes away all takes away both.
    pub(super) fn is_about(&self, whose: Whose) -> bool {
        let about_self = self.capacity == ConsentCapacity::AdultAboutSelf;
        let takes = !matches!(self.decided, Decided::Given(_));
        let named = self.scope().map(|scope| &scope.about).filter(|about| !about.is_empty());
        match (whose, named) {
            (Whose::Childs, None) => !about_self,
            (Whose::Own, None) => about_self || takes,
            (Whose::Childs, Some(named)) => !about_self && named.contains(&PersonKey::Child),
            (Whose::Own, Some(named)) => named.contains(&self.person),
        }
    }
}
