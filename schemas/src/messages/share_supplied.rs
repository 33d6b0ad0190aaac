//! `share.supplied`: the holder has judged a request, and supplies content. The exchange decides what of it
//! is released.

use serde::{Deserialize, Serialize};

use crate::{
    Caveat, Day, FamilyTold, Happened, LawfulBasis, LocalRef, MessageId, MessageType, OnBehalfOf, OwnBasis,
    PartContent, PractitionerId, PractitionerInCase,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareSupplied {
    /// The id of the `share.requested`, as `share.wanted` named it.
    pub request: MessageId,
    /// 1 to 40.
    pub parts: Vec<PartContent>,
    /// Who holds the information and judged (D-S5).
    pub judged_by: PractitionerId,
    #[serde(flatten)]
    pub basis: OwnBasis,
    pub lawful_basis: LawfulBasis,
    /// Present with any basis but consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_told: Option<FamilyTold>,
    pub accuracy_as_of: Day,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caveats: Vec<Caveat>,
    pub practitioner: PractitionerInCase,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    pub happened_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl ShareSupplied {
    pub const TYPE: MessageType = MessageType::ShareSupplied;
}
