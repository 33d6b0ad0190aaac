//! `caf.intended`: a practitioner intends to start a CAF and asks for advice (D-I4).

use serde::{Deserialize, Serialize};

use crate::{
    Address, AuthorityId, Birth, CafAskedBy, Gender, Happened, Identifier, LocalRef, MessageType, Names,
    OnBehalfOf, PractitionerInCase, ProtectionConcern,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CafIntended {
    pub asked_by: CafAskedBy,
    /// Answered, not kept (D-S1).
    pub protection_concern: ProtectionConcern,
    /// Missing exactly where the envelope's `subject` names the child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child: Option<ChildDescribed>,
    /// Who intends to assess.
    pub practitioner: PractitionerInCase,
    pub authority: AuthorityId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    pub happened_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl CafIntended {
    pub const TYPE: MessageType = MessageType::CafIntended;
}

/// A child of whom the agency has no record: compared with what is recorded, not itself a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChildDescribed {
    pub names: Names,
    pub birth: Birth,
    pub gender: Gender,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// The current ones; empty where none is known.
    pub addresses: Vec<Address>,
    /// A training or test child: meets no real one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub synthetic: bool,
}
