//! `caf.started`: the notice that a CAF exists, and who is assessing (D-I1, D-I2). No content.

use serde::{Deserialize, Serialize};

use crate::{
    AuthorityId, CafRef, Day, ElectronicRecording, FormMedium, Happened, LocalRef, MessageType, OnBehalfOf,
    PractitionerInCase,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CafStarted {
    pub caf_ref: CafRef,
    pub started_on: Happened,
    /// The assessor.
    pub practitioner: PractitionerInCase,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intention_ref: Option<LocalRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_ref: Option<LocalRef>,
    pub form_medium: FormMedium,
    pub electronic_recording: ElectronicRecording,
    pub authority: AuthorityId,
    /// Of a CAF that is taken over from an older log: when its next review is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_due_on: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened_on: Option<Happened>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl CafStarted {
    pub const TYPE: MessageType = MessageType::CafStarted;
}
