//! `child.superseded`: two references of one agency are one child. Never across an adoption.

use serde::{Deserialize, Serialize};

use crate::{Happened, LocalRef, MessageType, OnBehalfOf, PractitionerBlock, Subject};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChildSuperseded {
    pub old: Subject,
    /// The same as the envelope's `subject`: the reference that stays.
    pub new: Subject,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practitioner: Option<PractitionerBlock>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    pub happened_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl ChildSuperseded {
    pub const TYPE: MessageType = MessageType::ChildSuperseded;
}
