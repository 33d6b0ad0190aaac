//! Why a message is refused, and what its sender is told. Nothing here quotes a message.

use kit::handler::Outcome;
use kit::moment::InFuture;
use schemas::{Pointer, ReceiptCode};

/// A refusal by the index's own rules; the form was checked before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the agency is not on the register")]
    UnknownAgency,
    #[error("an agency of this kind neither restricts a record nor lifts a restriction")]
    MayNotRestrict(&'static str),
    #[error("the CAF is of another agency or authority")]
    AnothersCaf,
    #[error("only a CAF team may say so")]
    TeamOnly,
    #[error("only a CAF team, or an agency that this authority's team lets do so, reopens a CAF")]
    MayNotReopen,
    #[error("only a CAF team may say so for another agency")]
    MayNotSpeakFor,
    #[error("not on the register of authorities")]
    UnknownAuthority(&'static str),
    #[error("not a reference that was given to this agency")]
    UnknownChild,
    #[error("missing: the child is named by the subject")]
    NoSubject,
    #[error("lies in the future")]
    InFuture(&'static str),
    #[error("not an active practitioner on this agency's register")]
    UnknownPractitioner,
}

impl Refusal {
    const fn code(self) -> ReceiptCode {
        match self {
            Self::UnknownAgency
            | Self::MayNotRestrict(_)
            | Self::AnothersCaf
            | Self::TeamOnly
            | Self::MayNotReopen
            | Self::MayNotSpeakFor => ReceiptCode::NotYours,
            Self::UnknownAuthority(_) => ReceiptCode::UnknownCode,
            Self::UnknownChild => ReceiptCode::UnknownReference,
            Self::NoSubject => ReceiptCode::BadForm,
            Self::InFuture(_) => ReceiptCode::EffectiveInFuture,
            Self::UnknownPractitioner => ReceiptCode::UnknownPractitioner,
        }
    }

    const fn at(self) -> &'static str {
        match self {
            Self::UnknownAgency | Self::TeamOnly | Self::MayNotReopen => "/source",
            Self::AnothersCaf => "/data/cafRef",
            Self::MayNotSpeakFor => "/data/onBehalfOf",
            Self::MayNotRestrict(at) | Self::UnknownAuthority(at) | Self::InFuture(at) => at,
            Self::UnknownChild | Self::NoSubject => "/subject",
            Self::UnknownPractitioner => "/data/practitioner/id",
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
