//! `caf.closed`: a CAF has ended, and why.

use serde::{Deserialize, Serialize};

use crate::{
    AuthorityId, CafRef, ClosureCode, FamilyTold, Happened, LocalRef, MessageType, OnBehalfOf,
    PractitionerInCase,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CafClosed {
    pub caf_ref: CafRef,
    pub closed_on: Happened,
    pub closure_code: ClosureCode,
    /// The CAF that goes on: present exactly with `duplicate-of`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<CafRef>,
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

impl CafClosed {
    pub const TYPE: MessageType = MessageType::CafClosed;
}
