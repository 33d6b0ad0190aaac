//! A request or an offer as it is kept.

use schemas::{
    AgencyId, ChildRef, FormPart, LocalRef, MessageId, PracticeBasis, PractitionerId, Purpose, To, Urgency,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::decision::Matter;

/// What there is between two agencies: a request to one holder, or an offer.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// Ours: by it the holder answers.
    pub id: Uuid,
    pub kind: Kind,
    /// Who sent it, by which message and under which reference of its own.
    pub agency: AgencyId,
    pub message: MessageId,
    pub local_ref: LocalRef,
    pub practitioner: PractitionerId,
    /// The sender's own record of the child, where it has one.
    pub record: Option<ChildRef>,
    /// Of a request that was passed on.
    pub holder: Option<Held>,
    pub asked: Asked,
    pub state: State,
    pub received_at: OffsetDateTime,
    pub due_at: Option<OffsetDateTime>,
}

impl Share {
    /// What is decided about it towards one of those whom its asker named, by that asker's message.
    #[must_use]
    pub fn matter(&self, to: &To) -> Matter {
        Matter {
            share: self.id,
            message: (self.agency.clone(), self.message),
            asked_by: self.agency.clone(),
            practitioner: self.practitioner.clone(),
            holder: self.holder.as_ref().map(|held| held.agency.clone()),
            record: self.holder.as_ref().map(|held| held.record),
            recipient: self.agency.clone(),
            to: to.clone(),
            purpose: self.asked.purpose,
            basis: json!({ "practiceBasis": self.asked.basis }),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Request,
    Offer,
}

impl Kind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Offer => "offer",
        }
    }
}

/// Who holds what was asked for, and its own record of the child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub agency: AgencyId,
    pub record: ChildRef,
}

/// What of a request or an offer is needed later: codes and ids, no text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    pub purpose: Purpose,
    pub urgency: Urgency,
    pub basis: PracticeBasis,
    /// What may be supplied: of a request that was passed on, what the decision allows.
    pub parts: Vec<FormPart>,
    /// Whether that is all that was asked for.
    pub whole: bool,
    pub recipients: Vec<To>,
}

/// How it stands. `Answered` may be answered again: part now, the rest later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Refused,
    /// The holder was asked.
    Wanted,
    Answered,
    Expired,
    /// An offer was decided.
    Released,
}

impl State {
    /// The whole list.
    pub const ALL: [Self; 5] = [Self::Refused, Self::Wanted, Self::Answered, Self::Expired, Self::Released];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Wanted => "wanted",
            Self::Answered => "answered",
            Self::Expired => "expired",
            Self::Released => "released",
        }
    }
}
