//! `consent.withdrawn`: what a recipient was given by a consent that has ended. It names no other agency.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::values::instant;
use crate::{MessageId, MessageType, SafetyNote, WithdrawalEffect};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentWithdrawn {
    /// The ids of the `share.delivered`: at least one.
    pub deliveries: Vec<MessageId>,
    pub effect: WithdrawalEffect,
    #[serde(with = "instant")]
    pub ack_by: OffsetDateTime,
    pub safety_note: SafetyNote,
}

impl ConsentWithdrawn {
    pub const TYPE: MessageType = MessageType::ConsentWithdrawn;
}
