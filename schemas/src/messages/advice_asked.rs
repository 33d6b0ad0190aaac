//! `advice.asked`: the holder is in doubt about a request (D-S8).

use serde::{Deserialize, Serialize};

use crate::{
    AdviserRole, Day, Happened, LocalRef, MessageId, MessageType, OnBehalfOf, PersonName, PractitionerInCase,
    Text,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdviceAsked {
    /// The id of the `share.requested`, as `share.wanted` named it.
    pub request: MessageId,
    pub asked_of: Adviser,
    /// Never delays D-S1.
    pub due_by: Day,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question_text: Option<Text>,
    pub practitioner: PractitionerInCase,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    pub happened_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Adviser {
    pub role: AdviserRole,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_text: Option<PersonName>,
}

impl AdviceAsked {
    pub const TYPE: MessageType = MessageType::AdviceAsked;
}
