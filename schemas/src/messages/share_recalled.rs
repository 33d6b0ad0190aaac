//! `share.recalled`: the supplier calls back what should not have been sent.

use serde::{Deserialize, Serialize};

use crate::{
    Happened, LocalRef, MessageType, OnBehalfOf, PractitionerInCase, RecallInstruction, RecallReason,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareRecalled {
    /// The `localRef` of the sender's own `share.supplied` or `share.offered`.
    pub share: LocalRef,
    pub reason: RecallReason,
    pub instruction: RecallInstruction,
    /// In the sender's own log of incidents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident_ref: Option<LocalRef>,
    pub practitioner: PractitionerInCase,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    pub happened_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl ShareRecalled {
    pub const TYPE: MessageType = MessageType::ShareRecalled;
}
