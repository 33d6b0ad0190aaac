//! `caf.advised`: the answer to an intention. It informs, it does not block (D-I4, G5).

use serde::{Deserialize, Serialize};

use crate::{
    AdviceCode, CafContact, CafRef, Contact, Day, Line, MessageId, MessageType, PersonName, Phone, SafetyNote,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CafAdvised {
    /// The id of the `caf.intended`.
    pub intention: MessageId,
    pub code: AdviceCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<AdviceContact>,
    /// Missing where the starter's agency is not to be named (D-I6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caf_ref: Option<CafRef>,
    pub valid_until: Day,
    /// Present exactly with `being-checked-by-a-person`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_by: Option<Day>,
    pub safety_note: SafetyNote,
}

impl CafAdvised {
    pub const TYPE: MessageType = MessageType::CafAdvised;
}

/// Whom to ring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdviceContact {
    /// Missing where the agency's duty desk is the contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    pub agency_name: Line,
    pub phone: Phone,
}

impl From<Contact> for AdviceContact {
    fn from(contact: Contact) -> Self {
        Self { name: contact.name, agency_name: contact.agency_name, phone: contact.phone }
    }
}

impl From<CafContact> for AdviceContact {
    fn from(contact: CafContact) -> Self {
        Self { name: contact.name, agency_name: contact.agency_name, phone: contact.phone }
    }
}
