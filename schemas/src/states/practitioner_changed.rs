//! `practitioner.changed`: an entry of an agency's register (D-A2).

use serde::{Deserialize, Serialize};

use super::StateVersion;
use crate::{
    AgencyId, CheckKind, CheckState, Day, Job, MessageType, PersonName, Phone, PractitionerId,
    PractitionerStanding,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PractitionerChanged {
    pub states: Vec<PractitionerNow>,
}

impl PractitionerChanged {
    pub const TYPE: MessageType = MessageType::PractitionerChanged;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PractitionerNow {
    pub agency_id: AgencyId,
    pub practitioner_id: PractitionerId,
    pub version: StateVersion,
    /// An ending that came after the entry is `left`.
    pub state: PractitionerStanding,
    /// Missing, as are the next three, where nothing but an ending was recorded yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<Job>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work_phone: Option<Phone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckNow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy: Option<PractitionerId>,
}

/// The agency's word for the check (MG 3.9), without who vouches for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckNow {
    pub state: CheckState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<CheckKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_on: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recheck_policy_months: Option<u16>,
}
