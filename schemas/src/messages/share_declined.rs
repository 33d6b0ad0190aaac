//! `share.declined`: the holder has judged a request, and supplies nothing, or not yet.

use serde::{Deserialize, Serialize};

use crate::{
    DeclineCode, Happened, LocalRef, MessageId, MessageType, OnBehalfOf, PractitionerId, PractitionerInCase,
    Text,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareDeclined {
    /// The id of the `share.requested`, as `share.wanted` named it.
    pub request: MessageId,
    /// For the record: the requester is not told it.
    pub decline_code: DeclineCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_text: Option<Text>,
    pub judged_by: PractitionerId,
    /// Present exactly with `seeking-advice` (D-S8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice_due_by: Option<Happened>,
    pub practitioner: PractitionerInCase,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    pub happened_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl ShareDeclined {
    pub const TYPE: MessageType = MessageType::ShareDeclined;
}
