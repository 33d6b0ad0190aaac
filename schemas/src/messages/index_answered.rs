//! `index.answered`: who works with the child, is there a CAF, who leads. One shape for none,
//! restricted and sensitive-only (G5, D-I6).

use serde::{Deserialize, Serialize};

use crate::{
    AskFor, CafMark, ChildRef, Job, Line, MessageId, MessageType, Outcome, PersonName, Phone, SafetyNote,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IndexAnswered {
    /// The id of the query.
    pub query: MessageId,
    pub outcome: Outcome,
    /// When `ask-for`: kinds, not facts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ask_for: Vec<AskFor>,
    /// When `match`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child_ref: Option<ChildRef>,
    pub contacts: Vec<Contact>,
    pub caf_mark: CafMark,
    /// When a CAF is shown: whom to ring about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caf_contact: Option<CafContact>,
    pub safety_note: SafetyNote,
}

impl IndexAnswered {
    pub const TYPE: MessageType = MessageType::IndexAnswered;

    /// The one answer to none, restricted and sensitive-only alike (G5).
    #[must_use]
    pub const fn nothing_to_show(query: MessageId, safety_note: SafetyNote) -> Self {
        Self {
            query,
            outcome: Outcome::NothingToShow,
            ask_for: Vec::new(),
            child_ref: None,
            contacts: Vec::new(),
            caf_mark: CafMark::NoneShown,
            caf_contact: None,
            safety_note,
        }
    }
}

/// A practitioner who works with the child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// Missing where the agency's duty desk is the contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    pub agency_name: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<Job>,
    pub phone: Phone,
    pub lead: bool,
    pub key_worker: bool,
}

/// Whom to ring about the CAF.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CafContact {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    pub agency_name: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<Job>,
    pub phone: Phone,
}
