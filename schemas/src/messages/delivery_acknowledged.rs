//! `delivery.acknowledged`: what became of a delivery. It states nothing of a child, and has no `localRef`.

use serde::{Deserialize, Serialize};

use crate::{AcknowledgementOutcome, CannotReason, Happened, MessageId, MessageType, PractitionerId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryAcknowledged {
    pub message: MessageId,
    #[serde(flatten)]
    pub became: Became,
    pub at: Happened,
}

/// LG App. G: received by the system and received by the person are two facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Became {
    ReceivedBySystem,
    ReceivedByPerson { person: PractitionerId },
    Acted,
    Cannot { reason_code: CannotReason },
}

impl DeliveryAcknowledged {
    pub const TYPE: MessageType = MessageType::DeliveryAcknowledged;
}

impl Became {
    #[must_use]
    pub const fn outcome(&self) -> AcknowledgementOutcome {
        match self {
            Self::ReceivedBySystem => AcknowledgementOutcome::ReceivedBySystem,
            Self::ReceivedByPerson { .. } => AcknowledgementOutcome::ReceivedByPerson,
            Self::Acted => AcknowledgementOutcome::Acted,
            Self::Cannot { .. } => AcknowledgementOutcome::Cannot,
        }
    }
}
