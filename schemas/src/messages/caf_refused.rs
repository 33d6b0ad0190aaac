//! `caf.refused`: a family refused a CAF. For the CAF team's log only, never linked (D-C7).

use serde::{Deserialize, Serialize};

use crate::{
    Address, AuthorityId, Birth, Happened, LocalRef, MessageType, Names, OnBehalfOf, PractitionerBlock,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CafRefused {
    pub child: ChildRefused,
    pub practitioner: PractitionerBlock,
    pub refused_on: Happened,
    pub authority: AuthorityId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    pub local_ref: LocalRef,
}

impl CafRefused {
    pub const TYPE: MessageType = MessageType::CafRefused;
}

/// MG 4.16; LG 7: these and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChildRefused {
    pub names: Names,
    pub birth: Birth,
    pub address: Address,
}
