//! `advice.given`: what an adviser said to the holder (D-S8). The holder decides.

use serde::{Deserialize, Serialize};

use crate::{
    AdviceAnswer, AdviserRole, Happened, LocalRef, MessageId, MessageType, OnBehalfOf, PractitionerInCase,
    Text,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdviceGiven {
    pub request: MessageId,
    pub role: AdviserRole,
    pub answer: AdviceAnswer,
    pub reasons_text: Text,
    pub answered_on: Happened,
    pub practitioner: PractitionerInCase,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened_on: Option<Happened>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl AdviceGiven {
    pub const TYPE: MessageType = MessageType::AdviceGiven;
}
