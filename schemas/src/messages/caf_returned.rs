//! `caf.returned`: what the check found, for the assessor's agency.

use serde::{Deserialize, Serialize};

use crate::{CafRef, CheckResult, Day, MessageType, ReturnCode};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CafReturned {
    pub caf_ref: CafRef,
    pub result: CheckResult,
    /// Not empty exactly where returned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<ReturnCode>,
    /// Where returned: until when the form is expected back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_by: Option<Day>,
}

impl CafReturned {
    pub const TYPE: MessageType = MessageType::CafReturned;
}
