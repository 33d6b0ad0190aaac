//! `caf.withdrawn`: a CAF should never have been there.

use serde::{Deserialize, Serialize};

use crate::{
    AuthorityId, CafRef, FamilyTold, Happened, LocalRef, MessageType, OnBehalfOf, PractitionerInCase,
    WithdrawalReason,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CafWithdrawn {
    pub caf_ref: CafRef,
    pub withdrawn_on: Happened,
    pub reason_code: WithdrawalReason,
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

impl CafWithdrawn {
    pub const TYPE: MessageType = MessageType::CafWithdrawn;
}
