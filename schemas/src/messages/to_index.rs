//! What the index answers, as one enum.

use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use super::{
    CafChecked, CafClosed, CafCompleted, CafIntended, CafRefused, CafReopened, CafStarted, CafTransferred,
    CafWithdrawn, ChildCorrected, ChildRecorded, IndexLookedUp, InvolvementEnded, InvolvementRecorded,
    PractitionerEnded, PractitionerRecorded, RestrictionLifted, RestrictionSet,
};
use crate::{LocalRef, MessageType, OnBehalfOf};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToIndex {
    PractitionerRecorded(PractitionerRecorded),
    PractitionerEnded(PractitionerEnded),
    ChildRecorded(ChildRecorded),
    ChildCorrected(ChildCorrected),
    RestrictionSet(RestrictionSet),
    RestrictionLifted(RestrictionLifted),
    InvolvementRecorded(InvolvementRecorded),
    InvolvementEnded(InvolvementEnded),
    CafIntended(CafIntended),
    CafStarted(CafStarted),
    CafCompleted(CafCompleted),
    CafChecked(CafChecked),
    CafClosed(CafClosed),
    CafReopened(CafReopened),
    CafTransferred(CafTransferred),
    CafWithdrawn(CafWithdrawn),
    CafRefused(CafRefused),
    IndexLookedUp(IndexLookedUp),
}

impl ToIndex {
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
            MessageType::ChildCorrected => Deserialize::deserialize(data).map(Self::ChildCorrected),
            MessageType::RestrictionSet => Deserialize::deserialize(data).map(Self::RestrictionSet),
            MessageType::RestrictionLifted => Deserialize::deserialize(data).map(Self::RestrictionLifted),
            MessageType::InvolvementRecorded => Deserialize::deserialize(data).map(Self::InvolvementRecorded),
            MessageType::InvolvementEnded => Deserialize::deserialize(data).map(Self::InvolvementEnded),
            MessageType::CafIntended => Deserialize::deserialize(data).map(Self::CafIntended),
            MessageType::CafStarted => Deserialize::deserialize(data).map(Self::CafStarted),
            MessageType::CafCompleted => Deserialize::deserialize(data).map(Self::CafCompleted),
            MessageType::CafChecked => Deserialize::deserialize(data).map(Self::CafChecked),
            MessageType::CafClosed => Deserialize::deserialize(data).map(Self::CafClosed),
            MessageType::CafReopened => Deserialize::deserialize(data).map(Self::CafReopened),
            MessageType::CafTransferred => Deserialize::deserialize(data).map(Self::CafTransferred),
            MessageType::CafWithdrawn => Deserialize::deserialize(data).map(Self::CafWithdrawn),
            MessageType::CafRefused => Deserialize::deserialize(data).map(Self::CafRefused),
            MessageType::IndexLookedUp => Deserialize::deserialize(data).map(Self::IndexLookedUp),
            // What others answer, and what only services publish; every example of a type is read by a test.
            _ => return None,
        })
    }

    #[must_use]
    pub const fn message_type(&self) -> MessageType {
        match self {
            Self::PractitionerRecorded(_) => PractitionerRecorded::TYPE,
            Self::PractitionerEnded(_) => PractitionerEnded::TYPE,
            Self::ChildRecorded(_) => ChildRecorded::TYPE,
            Self::ChildCorrected(_) => ChildCorrected::TYPE,
            Self::RestrictionSet(_) => RestrictionSet::TYPE,
            Self::RestrictionLifted(_) => RestrictionLifted::TYPE,
            Self::InvolvementRecorded(_) => InvolvementRecorded::TYPE,
            Self::InvolvementEnded(_) => InvolvementEnded::TYPE,
            Self::CafIntended(_) => CafIntended::TYPE,
            Self::CafStarted(_) => CafStarted::TYPE,
            Self::CafCompleted(_) => CafCompleted::TYPE,
            Self::CafChecked(_) => CafChecked::TYPE,
            Self::CafClosed(_) => CafClosed::TYPE,
            Self::CafReopened(_) => CafReopened::TYPE,
            Self::CafTransferred(_) => CafTransferred::TYPE,
            Self::CafWithdrawn(_) => CafWithdrawn::TYPE,
            Self::CafRefused(_) => CafRefused::TYPE,
            Self::IndexLookedUp(_) => IndexLookedUp::TYPE,
        }
    }

    /// G7: from when the statement holds. None on a lookup, which states nothing.
    #[must_use]
    pub fn effective_at(&self) -> Option<OffsetDateTime> {
        let happened = match self {
            Self::PractitionerRecorded(message) => message.happened_on,
            Self::PractitionerEnded(message) => message.ended_on,
            Self::ChildRecorded(message) => message.happened_on,
            Self::ChildCorrected(message) => message.happened_on,
            Self::RestrictionSet(message) => message.happened_on,
            Self::RestrictionLifted(message) => message.happened_on,
            Self::InvolvementRecorded(message) => message.happened_on.unwrap_or(message.started_on),
            Self::InvolvementEnded(message) => message.ended_on,
            Self::CafIntended(message) => message.happened_on,
            Self::CafStarted(message) => message.happened_on.unwrap_or(message.started_on),
            Self::CafCompleted(message) => message.happened_on.unwrap_or(message.completed_on),
            Self::CafChecked(message) => message.happened_on.unwrap_or(message.checked_on),
            Self::CafClosed(message) => message.happened_on.unwrap_or(message.closed_on),
            Self::CafReopened(message) => message.happened_on.unwrap_or(message.reopened_on),
            Self::CafTransferred(message) => message.happened_on.unwrap_or(message.on),
            Self::CafWithdrawn(message) => message.happened_on.unwrap_or(message.withdrawn_on),
            Self::CafRefused(message) => message.refused_on,
            Self::IndexLookedUp(_) => return None,
        };
        Some(happened.effective_at())
    }

    /// The id of this fact in the agency's system. None on a lookup.
    #[must_use]
    pub const fn local_ref(&self) -> Option<&LocalRef> {
        match self {
            Self::PractitionerRecorded(message) => Some(&message.local_ref),
            Self::PractitionerEnded(message) => Some(&message.local_ref),
            Self::ChildRecorded(message) => Some(&message.local_ref),
            Self::ChildCorrected(message) => Some(&message.local_ref),
            Self::RestrictionSet(message) => Some(&message.local_ref),
            Self::RestrictionLifted(message) => Some(&message.local_ref),
            Self::InvolvementRecorded(message) => Some(&message.local_ref),
            Self::InvolvementEnded(message) => Some(&message.local_ref),
            Self::CafIntended(message) => Some(&message.local_ref),
            Self::CafStarted(message) => Some(&message.local_ref),
            Self::CafCompleted(message) => Some(&message.local_ref),
            Self::CafChecked(message) => Some(&message.local_ref),
            Self::CafClosed(message) => Some(&message.local_ref),
            Self::CafReopened(message) => Some(&message.local_ref),
            Self::CafTransferred(message) => Some(&message.local_ref),
            Self::CafWithdrawn(message) => Some(&message.local_ref),
            Self::CafRefused(message) => Some(&message.local_ref),
            Self::IndexLookedUp(_) => None,
        }
    }

    /// Who told a CAF team what it writes down for them (D-A3).
    #[must_use]
    pub const fn on_behalf_of(&self) -> Option<&OnBehalfOf> {
        match self {
            Self::ChildRecorded(message) => message.on_behalf_of.as_ref(),
            Self::ChildCorrected(message) => message.on_behalf_of.as_ref(),
            Self::InvolvementRecorded(message) => message.on_behalf_of.as_ref(),
            Self::InvolvementEnded(message) => message.on_behalf_of.as_ref(),
            Self::CafIntended(message) => message.on_behalf_of.as_ref(),
            Self::CafStarted(message) => message.on_behalf_of.as_ref(),
            Self::CafCompleted(message) => message.on_behalf_of.as_ref(),
            Self::CafChecked(message) => message.on_behalf_of.as_ref(),
            Self::CafClosed(message) => message.on_behalf_of.as_ref(),
            Self::CafReopened(message) => message.on_behalf_of.as_ref(),
            Self::CafTransferred(message) => message.on_behalf_of.as_ref(),
            Self::CafWithdrawn(message) => message.on_behalf_of.as_ref(),
            Self::CafRefused(message) => message.on_behalf_of.as_ref(),
            Self::PractitionerRecorded(_)
            | Self::PractitionerEnded(_)
            | Self::RestrictionSet(_)
            | Self::RestrictionLifted(_)
            | Self::IndexLookedUp(_) => None,
        }
    }
}
