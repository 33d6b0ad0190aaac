//! `share.offered`: an agency supplies content unasked. The exchange decides what of it is released to whom.

use serde::{Deserialize, Serialize};

use crate::{
    CafRef, Caveat, Day, FamilyTold, Happened, LawfulBasis, LocalRef, MessageType, OnBehalfOf, PartContent,
    PractitionerId, PractitionerInCase, Recipients, Referral, Urgency,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareOffered {
    #[serde(flatten)]
    pub recipients: Recipients,
    /// 1 to 40.
    pub parts: Vec<PartContent>,
    /// Who holds the information and judged (D-S5).
    pub judged_by: PractitionerId,
    pub lawful_basis: LawfulBasis,
    /// Present where any recipient's basis is not consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_told: Option<FamilyTold>,
    pub urgency: Urgency,
    pub accuracy_as_of: Day,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caveats: Vec<Caveat>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caf_ref: Option<CafRef>,
    pub practitioner: PractitionerInCase,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    pub happened_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl ShareOffered {
    pub const TYPE: MessageType = MessageType::ShareOffered;
}
