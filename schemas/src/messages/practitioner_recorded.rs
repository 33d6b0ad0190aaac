//! `practitioner.recorded`: an agency puts a practitioner on its register, or changes the entry (D-A2).

use serde::{Deserialize, Serialize};

use crate::{
    AuthorityId, CheckKind, CheckState, Day, Happened, Job, Line, LocalRef, MessageType, PersonName, Phone,
    PractitionerId, PractitionerState, Training,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PractitionerRecorded {
    pub practitioner_id: PractitionerId,
    pub name: PersonName,
    pub job: Job,
    pub work_phone: Phone,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secure_contact: Option<Line>,
    pub check: Check,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub training: Vec<TrainingDone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_manager: Option<PractitionerId>,
    pub state: PractitionerState,
    /// Mandatory when on leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy: Option<PractitionerId>,
    pub authorities: Vec<AuthorityId>,
    pub happened_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl PractitionerRecorded {
    pub const TYPE: MessageType = MessageType::PractitionerRecorded;
}

/// The agency's word for the practitioner's check (MG 3.9). All but `state` may be missing only where
/// no check is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<CheckKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_on: Option<Day>,
    /// The agency's own: a certificate has no end date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recheck_policy_months: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vouched_by: Option<PersonName>,
    pub state: CheckState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrainingDone {
    pub kind: Training,
    pub on: Day,
}
