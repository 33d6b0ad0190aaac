//! `caf.completed`: the form is complete. The index sees the manifest, never the content (D-I7).

use serde::{Deserialize, Serialize};

use crate::{
    AuthorityId, CafRef, Day, Happened, LocalRef, Manifest, MessageType, OnBehalfOf, PractitionerInCase,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CafCompleted {
    pub caf_ref: CafRef,
    pub completed_on: Happened,
    pub manifest: Manifest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_to_caf_team_on: Option<Day>,
    /// May be empty: a gap that the check finds.
    pub consent_refs: Vec<LocalRef>,
    pub practitioner: PractitionerInCase,
    pub authority: AuthorityId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened_on: Option<Happened>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl CafCompleted {
    pub const TYPE: MessageType = MessageType::CafCompleted;
}
