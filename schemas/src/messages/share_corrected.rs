//! `share.corrected`: parts of what was supplied were wrong, and what is right. Whoever got them gets these.

use serde::{Deserialize, Serialize};

use crate::{Happened, Line, LocalRef, MessageType, OnBehalfOf, PartContent, PractitionerInCase};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareCorrected {
    /// The `localRef` of the sender's own `share.supplied` or `share.offered`.
    pub share: LocalRef,
    /// Each replaces the part as it was supplied: 1 to 40.
    pub parts: Vec<PartContent>,
    /// Where in the sender's record the fact stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact_path: Option<Line>,
    pub practitioner: PractitionerInCase,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    pub happened_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl ShareCorrected {
    pub const TYPE: MessageType = MessageType::ShareCorrected;
}
