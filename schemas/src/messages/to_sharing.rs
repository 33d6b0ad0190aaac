//! What sharing answers, as one enum.

use serde_json::Value;
use time::OffsetDateTime;

use crate::{LocalRef, MessageType, OnBehalfOf};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToSharing {}

impl ToSharing {
    /// Reads `data` as the type says. None for the types that sharing does not answer.
    pub(crate) fn read(_kind: MessageType, _data: &Value) -> Option<Result<Self, serde_json::Error>> {
        None
    }

    #[must_use]
    pub const fn message_type(&self) -> MessageType {
        match *self {}
    }

    /// G7: from when the statement holds. None on what states nothing.
    #[must_use]
    pub const fn effective_at(&self) -> Option<OffsetDateTime> {
        match *self {}
    }

    /// The id of this fact in the agency's system. None on an acknowledgement, which states nothing of a child.
    #[must_use]
    pub const fn local_ref(&self) -> Option<&LocalRef> {
        match *self {}
    }

    /// Who told a CAF team what it writes down for them (D-A3).
    #[must_use]
    pub const fn on_behalf_of(&self) -> Option<&OnBehalfOf> {
        match *self {}
    }
}
