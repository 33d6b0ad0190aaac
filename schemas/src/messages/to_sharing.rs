//! What sharing answers, as one enum.

use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use super::{
    AdviceAsked, AdviceGiven, ConsentRecorded, DeliveryAcknowledged, FamilyCopyMade, ShareCorrected,
    ShareDeclined, ShareOffered, ShareRecalled, ShareRequested, ShareSupplied,
};
use crate::{Happened, LocalRef, MessageType, OnBehalfOf};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToSharing {
    ConsentRecorded(ConsentRecorded),
    ShareRequested(ShareRequested),
    ShareSupplied(ShareSupplied),
    ShareDeclined(ShareDeclined),
    ShareOffered(ShareOffered),
    ShareRecalled(ShareRecalled),
    ShareCorrected(ShareCorrected),
    AdviceAsked(AdviceAsked),
    AdviceGiven(AdviceGiven),
    FamilyCopyMade(FamilyCopyMade),
    DeliveryAcknowledged(DeliveryAcknowledged),
}

impl ToSharing {
    /// Reads `data` as the type says. None for the types that sharing does not answer.
    ///
    /// The error of serde quotes what it read: it must go no further.
    pub(crate) fn read(kind: MessageType, data: &Value) -> Option<Result<Self, serde_json::Error>> {
        Some(match kind {
            MessageType::ConsentRecorded => Deserialize::deserialize(data).map(Self::ConsentRecorded),
            MessageType::ShareRequested => Deserialize::deserialize(data).map(Self::ShareRequested),
            MessageType::ShareSupplied => Deserialize::deserialize(data).map(Self::ShareSupplied),
            MessageType::ShareDeclined => Deserialize::deserialize(data).map(Self::ShareDeclined),
            MessageType::ShareOffered => Deserialize::deserialize(data).map(Self::ShareOffered),
            MessageType::ShareRecalled => Deserialize::deserialize(data).map(Self::ShareRecalled),
            MessageType::ShareCorrected => Deserialize::deserialize(data).map(Self::ShareCorrected),
            MessageType::AdviceAsked => Deserialize::deserialize(data).map(Self::AdviceAsked),
            MessageType::AdviceGiven => Deserialize::deserialize(data).map(Self::AdviceGiven),
            MessageType::FamilyCopyMade => Deserialize::deserialize(data).map(Self::FamilyCopyMade),
            MessageType::DeliveryAcknowledged => {
                Deserialize::deserialize(data).map(Self::DeliveryAcknowledged)
            }
            // What others answer, and what only services publish; every example of a type is read by a test.
            _ => return None,
        })
    }

    #[must_use]
    pub const fn message_type(&self) -> MessageType {
        match self {
            Self::ConsentRecorded(_) => ConsentRecorded::TYPE,
            Self::ShareRequested(_) => ShareRequested::TYPE,
            Self::ShareSupplied(_) => ShareSupplied::TYPE,
            Self::ShareDeclined(_) => ShareDeclined::TYPE,
            Self::ShareOffered(_) => ShareOffered::TYPE,
            Self::ShareRecalled(_) => ShareRecalled::TYPE,
            Self::ShareCorrected(_) => ShareCorrected::TYPE,
            Self::AdviceAsked(_) => AdviceAsked::TYPE,
            Self::AdviceGiven(_) => AdviceGiven::TYPE,
            Self::FamilyCopyMade(_) => FamilyCopyMade::TYPE,
            Self::DeliveryAcknowledged(_) => DeliveryAcknowledged::TYPE,
        }
    }

    /// G7: from when the statement holds. None on what states nothing.
    #[must_use]
    pub fn effective_at(&self) -> Option<OffsetDateTime> {
        let happened = match self {
            Self::ConsentRecorded(message) => message.said_on,
            Self::ShareRequested(message) => message.happened_on,
            Self::ShareSupplied(message) => message.happened_on,
            Self::ShareDeclined(message) => message.happened_on,
            Self::ShareOffered(message) => message.happened_on,
            Self::ShareRecalled(message) => message.happened_on,
            Self::ShareCorrected(message) => message.happened_on,
            Self::AdviceAsked(message) => message.happened_on,
            Self::AdviceGiven(message) => message.happened_on.unwrap_or(message.answered_on),
            Self::FamilyCopyMade(message) => message.happened_on.unwrap_or(Happened::Day(message.on)),
            Self::DeliveryAcknowledged(message) => message.at,
        };
        Some(happened.effective_at())
    }

    /// The id of this fact in the agency's system. None on an acknowledgement, which states nothing of a child.
    #[must_use]
    pub const fn local_ref(&self) -> Option<&LocalRef> {
        match self {
            Self::ConsentRecorded(message) => Some(&message.local_ref),
            Self::ShareRequested(message) => Some(&message.local_ref),
            Self::ShareSupplied(message) => Some(&message.local_ref),
            Self::ShareDeclined(message) => Some(&message.local_ref),
            Self::ShareOffered(message) => Some(&message.local_ref),
            Self::ShareRecalled(message) => Some(&message.local_ref),
            Self::ShareCorrected(message) => Some(&message.local_ref),
            Self::AdviceAsked(message) => Some(&message.local_ref),
            Self::AdviceGiven(message) => Some(&message.local_ref),
            Self::FamilyCopyMade(message) => Some(&message.local_ref),
            Self::DeliveryAcknowledged(_) => None,
        }
    }

    /// Who told a CAF team what it writes down for them (D-A3).
    #[must_use]
    pub const fn on_behalf_of(&self) -> Option<&OnBehalfOf> {
        match self {
            Self::ConsentRecorded(message) => message.on_behalf_of.as_ref(),
            Self::ShareRequested(message) => message.on_behalf_of.as_ref(),
            Self::ShareSupplied(message) => message.on_behalf_of.as_ref(),
            Self::ShareDeclined(message) => message.on_behalf_of.as_ref(),
            Self::ShareOffered(message) => message.on_behalf_of.as_ref(),
            Self::ShareRecalled(message) => message.on_behalf_of.as_ref(),
            Self::ShareCorrected(message) => message.on_behalf_of.as_ref(),
            Self::AdviceAsked(message) => message.on_behalf_of.as_ref(),
            Self::AdviceGiven(message) => message.on_behalf_of.as_ref(),
            Self::FamilyCopyMade(message) => message.on_behalf_of.as_ref(),
            Self::DeliveryAcknowledged(_) => None,
        }
    }
}
