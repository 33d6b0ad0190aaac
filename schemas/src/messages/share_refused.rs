//! `share.refused`: nothing comes of a request. Neither why, nor what there would be (G5).

use serde::{Deserialize, Serialize};

use crate::{DecisionId, MessageId, MessageType, SafetyNote, ToldCode};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareRefused {
    /// The id of the `share.requested`.
    pub request: MessageId,
    pub decision: DecisionId,
    /// `not-shared` or `ask-caf-team`.
    pub told_code: ToldCode,
    pub safety_note: SafetyNote,
}

impl ShareRefused {
    pub const TYPE: MessageType = MessageType::ShareRefused;
}
