//! `involvement.recorded`: a practitioner works with a child.

use serde::{Deserialize, Serialize};

use crate::{
    Happened, LeadKind, Line, LocalRef, MessageType, OnBehalfOf, Phone, PractitionerInCase, ServiceLevel,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvolvementRecorded {
    pub service_name: Line,
    pub level: ServiceLevel,
    pub practitioner: PractitionerInCase,
    /// With the role of the lead alone; a practitioner where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_kind: Option<LeadKind>,
    /// Never with a lead of the family: it would be the family's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_phone: Option<Phone>,
    /// D-I6: true adds to the agency's own mark, never lifts it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub key_worker: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_ref: Option<LocalRef>,
    pub started_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened_on: Option<Happened>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl InvolvementRecorded {
    pub const TYPE: MessageType = MessageType::InvolvementRecorded;
}
