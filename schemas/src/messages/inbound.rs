//! What agencies may send, by the service that answers it.

use serde_json::Value;
use time::OffsetDateTime;

use super::{ToIndex, ToSharing};
use crate::{LocalRef, MessageType, OnBehalfOf};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbound {
    ToIndex(ToIndex),
    ToSharing(ToSharing),
}

impl Inbound {
    /// Reads `data` as the type says. None for the types that only services publish.
    ///
    /// The error of serde quotes what it read: it must go no further.
    pub(crate) fn read(kind: MessageType, data: &Value) -> Option<Result<Self, serde_json::Error>> {
        ToIndex::read(kind, data)
            .map(|read| read.map(Self::ToIndex))
            .or_else(|| ToSharing::read(kind, data).map(|read| read.map(Self::ToSharing)))
    }

    #[must_use]
    pub const fn message_type(&self) -> MessageType {
        match self {
            Self::ToIndex(message) => message.message_type(),
            Self::ToSharing(message) => message.message_type(),
        }
    }

    /// G7: from when the statement holds. None on a lookup, which states nothing.
    #[must_use]
    pub fn effective_at(&self) -> Option<OffsetDateTime> {
        match self {
            Self::ToIndex(message) => message.effective_at(),
            Self::ToSharing(message) => message.effective_at(),
        }
    }

    /// The id of this fact in the agency's system. None on what states nothing.
    #[must_use]
    pub const fn local_ref(&self) -> Option<&LocalRef> {
        match self {
            Self::ToIndex(message) => message.local_ref(),
            Self::ToSharing(message) => message.local_ref(),
        }
    }

    /// Who told a CAF team what it writes down for them (D-A3).
    #[must_use]
    pub const fn on_behalf_of(&self) -> Option<&OnBehalfOf> {
        match self {
            Self::ToIndex(message) => message.on_behalf_of(),
            Self::ToSharing(message) => message.on_behalf_of(),
        }
    }
}
