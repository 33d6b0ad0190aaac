//! `caf.checked`: the CAF team has checked a form (D-I7).

use serde::{Deserialize, Serialize};

use crate::{
    AuthorityId, CafRef, CheckResult, Day, Happened, LocalRef, MessageType, OnBehalfOf, PractitionerInCase,
    ReturnCode,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CafChecked {
    pub caf_ref: CafRef,
    pub checked_on: Happened,
    pub result: CheckResult,
    /// Not empty exactly where returned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<ReturnCode>,
    /// Where returned: until when the form is expected back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_by: Option<Day>,
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

impl CafChecked {
    pub const TYPE: MessageType = MessageType::CafChecked;
}
