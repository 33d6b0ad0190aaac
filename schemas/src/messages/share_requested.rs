//! `share.requested`: an agency asks another for parts of a form, or for what it has in its own record.

use serde::{Deserialize, Serialize};

use crate::{
    Asked, FamilyTold, Happened, Holder, LawfulBasis, LocalRef, MessageType, OnBehalfOf, OwnBasis,
    PractitionerId, PractitionerInCase, Purpose, Text, Urgency,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareRequested {
    pub holder: Holder,
    #[serde(flatten)]
    pub asked: Asked,
    pub purpose: Purpose,
    pub why_necessary_text: Text,
    /// What the requester claims; it releases nothing (D-S5).
    #[serde(flatten)]
    pub basis: OwnBasis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lawful_basis: Option<LawfulBasis>,
    pub urgency: Urgency,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_by: Option<Happened>,
    /// Of the sender's register: 1 to 50.
    pub named_recipients: Vec<PractitionerId>,
    /// Present with any basis but consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_told: Option<FamilyTold>,
    pub practitioner: PractitionerInCase,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    pub happened_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl ShareRequested {
    pub const TYPE: MessageType = MessageType::ShareRequested;
}
