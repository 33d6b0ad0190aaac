//! `access.notified`: the day's digest of what was shown of an agency's records. Never a practitioner.

use serde::{Deserialize, Serialize};

use crate::{AccessNoticeKind, AccessRef, AgencyKind, ChildRef, Day, LocalChildId, MessageType, Purpose};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessNotified {
    /// 1 to 100.
    pub notices: Vec<AccessNotice>,
}

impl AccessNotified {
    pub const TYPE: MessageType = MessageType::AccessNotified;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessNotice {
    #[serde(rename = "ref")]
    pub reference: AccessRef,
    pub child_ref: ChildRef,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_id: Option<LocalChildId>,
    pub kind: AccessNoticeKind,
    pub day: Day,
    pub purpose: Purpose,
    /// D-I6: missing where it would tell too much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_agency_kind: Option<AgencyKind>,
}
