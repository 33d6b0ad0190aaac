//! `practitioner.ended`: a practitioner has left the agency's register.

use serde::{Deserialize, Serialize};

use crate::{Happened, LocalRef, MessageType, PractitionerId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PractitionerEnded {
    pub practitioner_id: PractitionerId,
    pub ended_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<PractitionerId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl PractitionerEnded {
    pub const TYPE: MessageType = MessageType::PractitionerEnded;
}
