//! `share.delivered`: what was released to one recipient. The only message that carries content out.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::values::instant;
use crate::{
    Caveat, Day, DecisionId, DeliveredPart, Line, MessageId, MessageType, Purpose, Referral, SafetyNote, To,
    ToldCode,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareDelivered {
    pub decision: DecisionId,
    /// The id of the recipient's own `share.requested`; missing where it was offered unasked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<MessageId>,
    /// `shared` or `shared-as-far-as-the-decision-allows`.
    pub told_code: ToldCode,
    /// The supplier, as it may be shown (D-I6).
    pub from: Line,
    pub purpose: Purpose,
    pub to: To,
    pub parts: Vec<DeliveredPart>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caveats: Vec<Caveat>,
    pub accuracy_as_of: Day,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
    #[serde(with = "instant")]
    pub ack_by: OffsetDateTime,
    pub safety_note: SafetyNote,
}

impl ShareDelivered {
    pub const TYPE: MessageType = MessageType::ShareDelivered;
}
