//! `reminder.issued`: something is due. No content.

use serde::{Deserialize, Serialize};

use crate::{Day, MessageType, ReminderKind, ReminderRef, ReminderRole};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReminderIssued {
    pub kind: ReminderKind,
    #[serde(rename = "ref")]
    pub reference: ReminderRef,
    pub due: Day,
    pub role: ReminderRole,
}

impl ReminderIssued {
    pub const TYPE: MessageType = MessageType::ReminderIssued;
}
