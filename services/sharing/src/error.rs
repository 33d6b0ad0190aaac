//! Why a message is refused, and what its sender is told. Nothing here quotes a message, and nothing tells what
//! others hold: whether something is shared is no refusal of a message (G5).

use kit::handler::Outcome;
use kit::moment::InFuture;
use schemas::{Pointer, ReceiptCode};

/// A refusal by the rules of sharing; the form was checked before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the agency is not on the register, or its entry has only just been made: send it again")]
    UnknownAgency,
    #[error("not an active practitioner on this agency's register")]
    UnknownPractitioner(&'static str),
    #[error("not a reference that was given to this agency")]
    UnknownChild,
    #[error("missing: the child is named by the subject")]
    NoSubject,
    #[error("lies in the future")]
    InFuture(&'static str),
    #[error("not a request that this agency was asked, or itself made")]
    UnknownRequest,
    #[error("nothing that this agency sent has this reference")]
    UnknownShare,
    #[error("not a message that this agency was sent")]
    UnknownMessage,
    #[error("only a CAF team may say so for another agency")]
    MayNotSpeakFor,
    #[error("this child is not known yet: record it first, then send this again")]
    NotYetKnown,
    #[error("more than 24 months after saidOn")]
    ReviewTooLate,
    #[error("the same stands here twice: put it into one")]
    Twice(&'static str),
    #[error("whoever asked no longer names the child of your record: it has to ask again")]
    OtherChild,
}

impl Refusal {
    const fn code(self) -> ReceiptCode {
        match self {
            Self::UnknownAgency | Self::MayNotSpeakFor => ReceiptCode::NotYours,
            Self::UnknownPractitioner(_) => ReceiptCode::UnknownPractitioner,
            Self::UnknownChild
            | Self::NotYetKnown
            | Self::UnknownRequest
            | Self::UnknownShare
            | Self::UnknownMessage
            | Self::OtherChild => ReceiptCode::UnknownReference,
            Self::NoSubject | Self::Twice(_) => ReceiptCode::BadForm,
            Self::ReviewTooLate => ReceiptCode::DateImpossible,
            Self::InFuture(_) => ReceiptCode::EffectiveInFuture,
        }
    }

    const fn at(self) -> &'static str {
        match self {
            Self::UnknownAgency => "/source",
            Self::UnknownPractitioner(at) | Self::InFuture(at) | Self::Twice(at) => at,
            Self::UnknownChild | Self::NotYetKnown | Self::NoSubject => "/subject",
            Self::UnknownRequest | Self::OtherChild => "/data/request",
            Self::UnknownShare => "/data/share",
            Self::UnknownMessage => "/data/message",
            Self::MayNotSpeakFor => "/data/onBehalfOf",
            Self::ReviewTooLate => "/data/reviewBy",
        }
    }
}

impl From<InFuture> for Refusal {
    fn from(InFuture(at): InFuture) -> Self {
        Self::InFuture(at)
    }
}

impl From<Refusal> for Outcome {
    fn from(refusal: Refusal) -> Self {
        Self::Rejected {
            code: refusal.code(),
            pointers: vec![Pointer { at: refusal.at().to_owned(), problem: refusal.to_string() }],
        }
    }
}
