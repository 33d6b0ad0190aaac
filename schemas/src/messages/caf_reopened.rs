//! `caf.reopened`: a CAF that was closed is open again, within its authority's own period (D-I4).

use serde::{Deserialize, Serialize};

use crate::{
    AuthorityId, CafRef, FamilyTold, Happened, LocalRef, MessageType, OnBehalfOf, PractitionerInCase,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CafReopened {
    pub caf_ref: CafRef,
    pub reopened_on: Happened,
    /// The new consent.
    pub consent_ref: LocalRef,
    pub family_told: FamilyTold,
    pub practitioner: PractitionerInCase,
    pub authority: AuthorityId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened_on: Option<Happened>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl CafReopened {
    pub const TYPE: MessageType = MessageType::CafReopened;
}
