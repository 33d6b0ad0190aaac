//! `involvement.changed`: who works with a child, in what role, and whether that may be known (D-I6).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::StateVersion;
use crate::values::instant;
use crate::{AgencyId, ChildRef, LeadKind, LocalRef, MessageType, PractitionerId, RoleInCase, ServiceLevel};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvolvementChanged {
    pub states: Vec<InvolvementNow>,
}

impl InvolvementChanged {
    pub const TYPE: MessageType = MessageType::InvolvementChanged;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvolvementNow {
    pub agency_id: AgencyId,
    pub local_ref: LocalRef,
    pub version: StateVersion,
    pub record: ChildRef,
    pub practitioner_id: PractitionerId,
    pub role_in_case: RoleInCase,
    pub lead_kind: LeadKind,
    /// By its own mark or by that of its agency.
    pub sensitive: bool,
    pub key_worker: bool,
    pub level: ServiceLevel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_ref: Option<LocalRef>,
    #[serde(with = "instant")]
    pub started_at: OffsetDateTime,
    /// Missing while it goes on; also where it was recorded anew after an ending.
    #[serde(default, with = "instant::if_any", skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<OffsetDateTime>,
}
