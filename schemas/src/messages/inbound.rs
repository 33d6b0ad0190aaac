//! What agencies may send, as one enum.

use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use super::{
    CafStarted, ChildRecorded, IndexLookedUp, InvolvementEnded, InvolvementRecorded, PractitionerEnded,
    PractitionerRecorded, RestrictionSet,
};
use crate::{LocalRef, MessageType};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbound {
    PractitionerRecorded(PractitionerRecorded),
    PractitionerEnded(PractitionerEnded),
    ChildRecorded(ChildRecorded),
    RestrictionSet(RestrictionSet),
    InvolvementRecorded(InvolvementRecorded),
    InvolvementEnded(InvolvementEnded),
    CafStarted(CafStarted),
    IndexLookedUp(IndexLookedUp),
}

impl Inbound {
    /// Reads `data` as the type says. None for the types that only services publish.
    ///
    /// The error of serde quotes what it read: it must go no further.
    pub(crate) fn read(kind: MessageType, data: &Value) -> Option<Result<Self, serde_json::Error>> {
        Some(match kind {
            MessageType::PractitionerRecorded => {
                Deserialize::deserialize(data).map(Self::PractitionerRecorded)
            }
            MessageType::PractitionerEnded => Deserialize::deserialize(data).map(Self::PractitionerEnded),
            MessageType::ChildRecorded => Deserialize::deserialize(data).map(Self::ChildRecorded),
            MessageType::RestrictionSet => Deserialize::deserialize(data).map(Self::RestrictionSet),
            MessageType::InvolvementRecorded => Deserialize::deserialize(data).map(Self::InvolvementRecorded),
            MessageType::InvolvementEnded => Deserialize::deserialize(data).map(Self::InvolvementEnded),
            MessageType::CafStarted => Deserialize::deserialize(data).map(Self::CafStarted),
            MessageType::IndexLookedUp => Deserialize::deserialize(data).map(Self::IndexLookedUp),
            MessageType::ReceiptIssued | MessageType::IndexAnswered => return None,
        })
    }

    #[must_use]
    pub const fn message_type(&self) -> MessageType {
        match self {
            Self::PractitionerRecorded(_) => PractitionerRecorded::TYPE,
            Self::PractitionerEnded(_) => PractitionerEnded::TYPE,
            Self::ChildRecorded(_) => ChildRecorded::TYPE,
            Self::RestrictionSet(_) => RestrictionSet::TYPE,
            Self::InvolvementRecorded(_) => InvolvementRecorded::TYPE,
            Self::InvolvementEnded(_) => InvolvementEnded::TYPE,
            Self::CafStarted(_) => CafStarted::TYPE,
            Self::IndexLookedUp(_) => IndexLookedUp::TYPE,
        }
    }

    /// G7: from when the statement holds. None on a query, which states nothing.
    #[must_use]
    pub fn effective_at(&self) -> Option<OffsetDateTime> {
        let happened = match self {
            Self::PractitionerRecorded(message) => message.happened_on,
            Self::PractitionerEnded(message) => message.ended_on,
            Self::ChildRecorded(message) => message.happened_on,
            Self::RestrictionSet(message) => message.happened_on,
            Self::InvolvementRecorded(message) => message.happened_on.unwrap_or(message.started_on),
            Self::InvolvementEnded(message) => message.ended_on,
            Self::CafStarted(message) => message.happened_on.unwrap_or(message.started_on),
            Self::IndexLookedUp(_) => return None,
        };
        Some(happened.effective_at())
    }

    /// The id of this fact in the agency's system. None on a query.
    #[must_use]
    pub const fn local_ref(&self) -> Option<&LocalRef> {
        match self {
            Self::PractitionerRecorded(message) => Some(&message.local_ref),
            Self::PractitionerEnded(message) => Some(&message.local_ref),
            Self::ChildRecorded(message) => Some(&message.local_ref),
            Self::RestrictionSet(message) => Some(&message.local_ref),
            Self::InvolvementRecorded(message) => Some(&message.local_ref),
            Self::InvolvementEnded(message) => Some(&message.local_ref),
            Self::CafStarted(message) => Some(&message.local_ref),
            Self::IndexLookedUp(_) => None,
        }
    }
}
