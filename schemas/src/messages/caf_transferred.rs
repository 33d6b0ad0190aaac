//! `caf.transferred`: a CAF moves to another area. The old lead keeps the plan until it is taken on.

use serde::{Deserialize, Serialize};

use crate::{
    Address, AuthorityId, CafRef, Day, FamilyTold, Happened, LocalRef, MessageType, OnBehalfOf,
    PractitionerInCase, PractitionerOf, TransferState,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CafTransferred {
    pub caf_ref: CafRef,
    pub on: Happened,
    pub transfer: Transfer,
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

impl CafTransferred {
    pub const TYPE: MessageType = MessageType::CafTransferred;
}

/// The transfer as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transfer {
    pub from_authority: AuthorityId,
    pub to_authority: AuthorityId,
    pub moved_on: Day,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_address: Option<Address>,
    /// Needed with `proposed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_ref: Option<LocalRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_now: Option<PractitionerOf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_next: Option<PractitionerOf>,
    /// The clock runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_due_on: Option<Day>,
    pub state: TransferState,
}
