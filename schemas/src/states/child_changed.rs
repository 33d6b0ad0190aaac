//! `child.changed`: an agency's record of a child, without names, addresses, carers or numbers: what
//! linking it with others takes, and who may not see it (D-I6).

use serde::{Deserialize, Serialize};

use super::{StateVersion, Token};
use crate::{AgencyId, AuthorityId, Birth, ChildRef, ChildState, LocalChildId, MessageType, Restriction};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChildChanged {
    pub states: Vec<ChildNow>,
}

impl ChildChanged {
    pub const TYPE: MessageType = MessageType::ChildChanged;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChildNow {
    pub record: ChildRef,
    pub version: StateVersion,
    /// Whose record it is.
    pub agency_id: AgencyId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_id: Option<LocalChildId>,
    /// Where the agency knows the child from a lookup: of which record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias_of: Option<ChildRef>,
    /// Whether the agency recorded the child; the next four are missing until then.
    pub has_facts: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth: Option<Birth>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child_state: Option<ChildState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<AuthorityId>,
    /// A training child never meets a real one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synthetic: Option<bool>,
    pub restriction: Restriction,
    pub tokens: ChildTokens,
}

/// What links it: the numbers and the demographic keys, hashed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChildTokens {
    /// NHS number and birth date together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Token>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upn: Option<Token>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uln: Option<Token>,
    /// Names, birth date and postcode, one for each address that may be shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Token>,
}
