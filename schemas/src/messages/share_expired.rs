//! `share.expired`: nobody answered a request in time.

use serde::{Deserialize, Serialize};

use crate::{DecisionId, MessageId, MessageType, SafetyNote, ToldCode};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareExpired {
    /// The id of the `share.requested`.
    pub request: MessageId,
    pub decision: DecisionId,
    /// `expired`.
    pub told_code: ToldCode,
    /// Of what was wanted today or now: ring. The exchange is not the emergency line (D-S1).
    pub telephone: bool,
    pub safety_note: SafetyNote,
}

impl ShareExpired {
    pub const TYPE: MessageType = MessageType::ShareExpired;
}
