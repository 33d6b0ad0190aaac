//! `consent.recorded`: what one person said to one or more of the acts that need agreement (D-C1).

use serde::{Deserialize, Serialize};

use self::written::Written;
use crate::{
    AgencyId, CafRef, ConsentAct, ConsentCapacity, ConsentDecision, ConsentScope, Day, Explained, Happened,
    LocalRef, MessageType, OnBehalfOf, Person, PractitionerId, PractitionerInCase, SignatureKind, Text,
    Understanding, WhyNotAsked, WithdrawalEffect, YesNo,
};

mod written;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct ConsentRecorded {
    /// Who decided (D-C6).
    pub person: Person,
    pub capacity: ConsentCapacity,
    /// Each stands alone; at least one.
    pub acts: Vec<ConsentAct>,
    pub decided: Decided,
    /// Always where a child under 16 decides (D-C3).
    pub understanding: Option<Box<Understanding>>,
    pub said_on: Happened,
    pub evidence: Option<Evidence>,
    /// MG 4.15: under a care order.
    pub liaised_with_parents: Option<LiaisedWithParents>,
    pub caf_ref: Option<CafRef>,
    pub practitioner: PractitionerInCase,
    pub on_behalf_of: Option<OnBehalfOf>,
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

/// The decision, with what goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    Given(Agreed),
    GivenWithLimits(Agreed),
    Renewed(Agreed),
    /// Of all that the acts cover, or of a part of it.
    Refused {
        scope: Option<Box<ConsentScope>>,
        manner: Option<ConsentManner>,
    },
    Withdrawn {
        withdrawal: Withdrawal,
        manner: Option<ConsentManner>,
    },
    NotAbleToDecide,
    NotAsked(WhyNotAsked),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// Always with an act that lets others see something.
    pub scope: Option<Box<ConsentScope>>,
    pub manner: ConsentManner,
    pub explained: Vec<Explained>,
    pub from: Day,
    pub review_by: Day,
    pub ends_on: Option<Day>,
}

/// Oral by exception: the practitioner signs for it and says why (D-C2; LG 3.7.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum ConsentManner {
    Written,
    ElectronicSignature,
    Oral { signed_for_by: PractitionerId, why_not_written_text: Text },
    InterpreterAssisted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    pub effect: WithdrawalEffect,
    /// D-S1.
    pub risk_considered: YesNo,
    pub of: Withdrawn,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawn {
    /// The CAF closes.
    WholeCaf,
    Scope(Box<ConsentScope>),
}

/// What there is to show for it. No scan goes through the exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    pub form_ref: LocalRef,
    pub held_by: AgencyId,
    pub signature: SignatureKind,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "liaised", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum LiaisedWithParents {
    Yes,
    No { reason_text: Text },
}

impl ConsentRecorded {
    pub const TYPE: MessageType = MessageType::ConsentRecorded;

    #[must_use]
    pub const fn decision(&self) -> ConsentDecision {
        match &self.decided {
            Decided::Given(_) => ConsentDecision::Given,
            Decided::GivenWithLimits(_) => ConsentDecision::GivenWithLimits,
            Decided::Renewed(_) => ConsentDecision::Renewed,
            Decided::Refused { .. } => ConsentDecision::Refused,
            Decided::Withdrawn { .. } => ConsentDecision::Withdrawn,
            Decided::NotAbleToDecide => ConsentDecision::NotAbleToDecide,
            Decided::NotAsked(_) => ConsentDecision::NotAsked,
        }
    }
}

impl ConsentAct {
    /// Whether agreeing to it lets others see something, so that it must say who and what (D-C5).
    #[must_use]
    pub const fn needs_scope(self) -> bool {
        match self {
            Self::StoreAndShare
            | Self::DiscussAtForum
            | Self::AgreeActions
            | Self::HandoverToNewLead
            | Self::TransferToOtherArea
            | Self::ShowSensitiveService => true,
            Self::AssessAndRecord | Self::RecordElectronically | Self::KeepAfter18 | Self::ContactBy => false,
        }
    }
}
