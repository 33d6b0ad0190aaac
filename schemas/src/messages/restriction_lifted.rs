//! `restriction.lifted`: a restriction for safety ends, or comes down to the address (D-I6).

use serde::{Deserialize, Serialize};

use crate::{Day, Happened, LocalRef, MessageType, PractitionerBlock, Restriction, RestrictionReason};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RestrictionLifted {
    /// What remains: `none` or `address`.
    pub level: Restriction,
    /// Of what remains. Stays in the index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<RestrictionReason>,
    /// Of what remains: present exactly with `address`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_on: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practitioner: Option<PractitionerBlock>,
    pub happened_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl RestrictionLifted {
    pub const TYPE: MessageType = MessageType::RestrictionLifted;
}
