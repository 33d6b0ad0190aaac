//! `share.recall-told`: what a recipient has is called back, and what it is to do.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::values::instant;
use crate::{MessageId, MessageType, RecallInstruction, RecallReason};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareRecallTold {
    /// The ids of the `share.delivered`: at least one.
    pub deliveries: Vec<MessageId>,
    pub reason: RecallReason,
    pub instruction: RecallInstruction,
    #[serde(with = "instant")]
    pub ack_by: OffsetDateTime,
}

impl ShareRecallTold {
    pub const TYPE: MessageType = MessageType::ShareRecallTold;
}
