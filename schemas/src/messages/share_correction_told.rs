//! `share.correction-told`: what a recipient has was wrong, and what takes its place.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::values::instant;
use crate::{Caveat, DecisionId, DeliveredPart, FormPart, MessageId, MessageType};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareCorrectionTold {
    /// The ids of the `share.delivered`: at least one.
    pub deliveries: Vec<MessageId>,
    pub decision: DecisionId,
    /// What takes the place of what was wrong.
    pub parts: Vec<DeliveredPart>,
    /// Parts that were wrong, of which nothing that takes their place may pass to this recipient.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_given: Vec<FormPart>,
    /// Beside those of the deliveries, which hold on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caveats: Vec<Caveat>,
    #[serde(with = "instant")]
    pub ack_by: OffsetDateTime,
}

impl ShareCorrectionTold {
    pub const TYPE: MessageType = MessageType::ShareCorrectionTold;
}
