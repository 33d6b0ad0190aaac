//! `involvement.ended`: the work with a child has ended.

use serde::{Deserialize, Serialize};

use crate::{EndedReason, Happened, LocalRef, MessageType, OnBehalfOf, PractitionerBlock};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvolvementEnded {
    /// The `localRef` of the involvement.
    pub involvement_ref: LocalRef,
    pub ended_on: Happened,
    pub ended_reason: EndedReason,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practitioner: Option<PractitionerBlock>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl InvolvementEnded {
    pub const TYPE: MessageType = MessageType::InvolvementEnded;
}
