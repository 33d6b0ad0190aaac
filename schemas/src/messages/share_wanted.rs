//! `share.wanted`: a request as its holder gets it. The holder judges (D-S5).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::values::instant;
use crate::{
    AgencyId, Asked, ConsentCapacity, Day, Happened, Job, Line, MessageId, MessageType, PersonName,
    PracticeBasis, Purpose, SafetyNote, Text, Urgency,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareWanted {
    /// The id of the `share.requested`.
    pub request: MessageId,
    pub requester: Requester,
    pub purpose: Purpose,
    pub urgency: Urgency,
    pub why_necessary_text: Text,
    #[serde(flatten)]
    pub asked: Asked,
    pub judgement_needed: bool,
    pub basis_claimed: PracticeBasis,
    /// Present exactly with any basis but consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons_text: Option<Text>,
    /// Only with consent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_extract: Option<ConsentExtract>,
    #[serde(with = "instant")]
    pub due_by: OffsetDateTime,
    pub safety_note: SafetyNote,
}

impl ShareWanted {
    pub const TYPE: MessageType = MessageType::ShareWanted;
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Requester {
    pub agency_id: AgencyId,
    pub agency_name: Line,
    pub job: Job,
    pub name: PersonName,
}

/// What of a consent its holder needs to know to rely on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentExtract {
    /// The id of the `consent.recorded`.
    pub statement: MessageId,
    pub said_on: Happened,
    pub capacity: ConsentCapacity,
    pub review_by: Day,
}
