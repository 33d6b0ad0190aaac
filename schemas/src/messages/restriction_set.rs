//! `restriction.set`: a child's address or whole record is restricted for safety (D-I6).

use serde::{Deserialize, Serialize};

use crate::{Day, Happened, LocalRef, MessageType, PractitionerBlock, Restriction, RestrictionReason};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RestrictionSet {
    /// Never `none`: lifting is a message of its own.
    pub level: Restriction,
    /// Stays in the index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<RestrictionReason>,
    pub review_on: Day,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practitioner: Option<PractitionerBlock>,
    pub happened_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl RestrictionSet {
    pub const TYPE: MessageType = MessageType::RestrictionSet;
}
