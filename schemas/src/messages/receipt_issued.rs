//! `receipt.issued`: the answer to every statement. It speaks of the message only, never of what
//! others hold (G5).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::values::instant;
use crate::{
    AgencyId, ChildRef, Day, FormPart, Malformed, MessageId, MessageType, Pointer, Problem, ReceiptCode,
    ReceiptState,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptIssued {
    pub of: ReceiptOf,
    pub state: ReceiptState,
    /// When rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ReceiptCode>,
    /// When rejected for its form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pointers: Vec<Pointer>,
    /// This agency's reference of the child, where the message named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child_ref: Option<ChildRef>,
    /// When a duplicate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<FirstReceipt>,
    /// When held: the day by which a person will have looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_by: Option<Day>,
    /// To the supplier alone: what of it was released, never what was withheld.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub released: Vec<Released>,
}

/// What one agency was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Released {
    pub agency_id: AgencyId,
    pub parts: Vec<FormPart>,
}

/// What was said of the message the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FirstReceipt {
    pub state: ReceiptState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ReceiptCode>,
    #[serde(with = "instant")]
    pub at: OffsetDateTime,
}

impl ReceiptIssued {
    pub const TYPE: MessageType = MessageType::ReceiptIssued;

    #[must_use]
    pub fn recorded(of: ReceiptOf, child_ref: Option<ChildRef>) -> Self {
        Self { child_ref, ..Self::bare(of, ReceiptState::Recorded) }
    }

    #[must_use]
    pub fn duplicate(of: ReceiptOf, first: FirstReceipt, child_ref: Option<ChildRef>) -> Self {
        Self { first: Some(first), child_ref, ..Self::bare(of, ReceiptState::Duplicate) }
    }

    #[must_use]
    pub fn held(of: ReceiptOf, due_by: Day) -> Self {
        Self { due_by: Some(due_by), ..Self::bare(of, ReceiptState::Held) }
    }

    #[must_use]
    pub fn rejected(of: ReceiptOf, code: ReceiptCode, problems: Vec<Problem>) -> Self {
        let pointers = problems.into_iter().map(Pointer::from).collect();
        Self { code: Some(code), pointers, ..Self::bare(of, ReceiptState::Rejected) }
    }

    const fn bare(of: ReceiptOf, state: ReceiptState) -> Self {
        Self {
            of,
            state,
            code: None,
            pointers: Vec::new(),
            child_ref: None,
            first: None,
            due_by: None,
            released: Vec::new(),
        }
    }
}

/// Which message a receipt is of: its id; without a readable one its AMQP `message_id`; without that
/// the time at which it was delivered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ReceiptOf {
    Message(MessageId),
    Amqp(AmqpMessageId),
    DeliveredAt(OffsetDateTime),
}

parsed_string!(
    /// An AMQP `message_id` that is no UUID, as the sender wrote it: printable ASCII, at most 255. It may
    /// hold anything the sender thought of, so it does not print.
    AmqpMessageId,
    |written| {
        let fits = written.bytes().all(|byte| byte.is_ascii_graphic()) && !written.starts_with(DELIVERED);
        if fits && (1..=255).contains(&written.len()) { Ok(()) } else { Err(Malformed::Form("an AMQP message_id")) }
    }
);
personal!(AmqpMessageId);

const DELIVERED: &str = "delivered:";

impl ReceiptOf {
    /// The AMQP `message_id`, where it can be named in a receipt.
    #[must_use]
    pub fn amqp(message_id: &str) -> Option<Self> {
        let as_uuid = MessageId::parse(message_id).map(Self::Message);
        as_uuid.or_else(|_| AmqpMessageId::parse(message_id).map(Self::Amqp)).ok()
    }

    /// # Errors
    /// When the text can name no message.
    pub fn parse(written: &str) -> Result<Self, Malformed> {
        if let Some(at) = written.strip_prefix(DELIVERED) {
            return instant::parse(at).map(Self::DeliveredAt);
        }
        Self::amqp(written).ok_or(Malformed::Form("the id of a message"))
    }

    /// As written on the wire.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Message(id) => id.to_string(),
            Self::Amqp(id) => id.as_str().to_owned(),
            Self::DeliveredAt(at) => {
                let at = at.to_offset(time::UtcOffset::UTC);
                format!("{DELIVERED}{}", at.format(&Rfc3339).unwrap_or_default())
            }
        }
    }
}

through_parse!(ReceiptOf);

impl Serialize for ReceiptOf {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl From<MessageId> for ReceiptOf {
    fn from(id: MessageId) -> Self {
        Self::Message(id)
    }
}
