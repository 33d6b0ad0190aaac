//! `caf.changed`: that there is a CAF, who started it and how it stands (D-I1). No content.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::StateVersion;
use crate::values::instant;
use crate::{
    AgencyId, AuthorityId, CafRef, CafState, ChildRef, ElectronicRecording, LocalRef, MessageType,
    PractitionerId,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CafChanged {
    pub states: Vec<CafNow>,
}

impl CafChanged {
    pub const TYPE: MessageType = MessageType::CafChanged;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CafNow {
    pub caf_ref: CafRef,
    pub version: StateVersion,
    pub agency_id: AgencyId,
    pub record: ChildRef,
    /// The assessor.
    pub practitioner_id: PractitionerId,
    /// Whose CAF team keeps the log: after a transfer, of the area that took it on.
    pub authority: AuthorityId,
    /// That team, where the area has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caf_team: Option<AgencyId>,
    #[serde(with = "instant")]
    pub started_at: OffsetDateTime,
    pub state: CafState,
    /// Of a CAF that is closed.
    #[serde(default, with = "instant::if_any", skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<OffsetDateTime>,
    /// MG 4.18: refused means that no content passes through here.
    pub electronic_recording: ElectronicRecording,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_ref: Option<LocalRef>,
    /// D-I2: nobody but its agency may know of it until the family agreed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub awaits_agreement: bool,
}
