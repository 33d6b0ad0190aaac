//! On what a sharing rests in practice, with what that basis needs (D-S2 to D-S5).

use serde::{Deserialize, Serialize};

use crate::{ConsentPosition, Line, Malformed, PracticeBasis, PublicInterestGround, Text, WhyNotAsked};

/// Stands flattened in its message: `practiceBasis` and the fields that go with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum OwnBasis {
    Consent,
    /// D-S7: never without reasons, nor without saying how consent stands.
    WithoutConsent {
        because: Because,
        consent: ConsentStands,
        reasons: Text,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    NotConfidentialAndNecessary,
    PublicInterest(PublicInterestGround),
    /// The duty or order is cited.
    LegalDutyOrOrder(Line),
    DutyToShare,
}

/// How consent stands where the sharing rests on something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentStands {
    Refused,
    Withdrawn,
    NotAsked(WhyNotAsked),
    GivenDoesNotCover,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    practice_basis: PracticeBasis,
    #[serde(flatten)]
    grounds: Grounds,
}

/// What goes with any basis but consent, as it is written beside `practiceBasis`, or (where each
/// recipient has its own) once for the message.
#[derive(Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Grounds {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ground: Option<PublicInterestGround>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    legal_ref: Option<Line>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    consent_position: Option<ConsentPosition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why_not_asked: Option<WhyNotAsked>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reasons_text: Option<Text>,
}

impl OwnBasis {
    #[must_use]
    pub const fn practice_basis(&self) -> PracticeBasis {
        match self {
            Self::Consent => PracticeBasis::Consent,
            Self::WithoutConsent { because, .. } => match because {
                Because::NotConfidentialAndNecessary => PracticeBasis::NotConfidentialAndNecessary,
                Because::PublicInterest(_) => PracticeBasis::PublicInterest,
                Because::LegalDutyOrOrder(_) => PracticeBasis::LegalDutyOrOrder,
                Because::DutyToShare => PracticeBasis::DutyToShare,
            },
        }
    }

    #[must_use]
    pub const fn ground(&self) -> Option<PublicInterestGround> {
        match self {
            Self::WithoutConsent { because: Because::PublicInterest(ground), .. } => Some(*ground),
            Self::WithoutConsent {
                because:
                    Because::NotConfidentialAndNecessary | Because::LegalDutyOrOrder(_) | Because::DutyToShare,
                ..
            }
            | Self::Consent => None,
        }
    }

    #[must_use]
    pub const fn reasons(&self) -> Option<&Text> {
        match self {
            Self::Consent => None,
            Self::WithoutConsent { reasons, .. } => Some(reasons),
        }
    }
}

impl ConsentStands {
    #[must_use]
    pub const fn position(self) -> ConsentPosition {
        match self {
            Self::Refused => ConsentPosition::Refused,
            Self::Withdrawn => ConsentPosition::Withdrawn,
            Self::NotAsked(_) => ConsentPosition::NotAsked,
            Self::GivenDoesNotCover => ConsentPosition::GivenDoesNotCover,
        }
    }

    fn read(position: ConsentPosition, why_not_asked: Option<WhyNotAsked>) -> Result<Self, Malformed> {
        match (position, why_not_asked) {
            (ConsentPosition::NotAsked, Some(why)) => Ok(Self::NotAsked(why)),
            (ConsentPosition::Refused, None) => Ok(Self::Refused),
            (ConsentPosition::Withdrawn, None) => Ok(Self::Withdrawn),
            (ConsentPosition::GivenDoesNotCover, None) => Ok(Self::GivenDoesNotCover),
            (ConsentPosition::NotAsked, None)
            | (
                ConsentPosition::Refused | ConsentPosition::Withdrawn | ConsentPosition::GivenDoesNotCover,
                Some(_),
            ) => Err(Malformed::Form("whyNotAsked exactly with not-asked")),
        }
    }
}

impl Grounds {
    /// The basis with what it needs of what is written. What others need may stand there too.
    pub(super) fn of(&self, basis: PracticeBasis) -> Result<OwnBasis, Malformed> {
        let because = match basis {
            PracticeBasis::Consent => return Ok(OwnBasis::Consent),
            PracticeBasis::NotConfidentialAndNecessary => Because::NotConfidentialAndNecessary,
            PracticeBasis::PublicInterest => {
                Because::PublicInterest(self.ground.ok_or(Malformed::Form("a basis with its ground"))?)
            }
            PracticeBasis::LegalDutyOrOrder => {
                let cited = self.legal_ref.clone();
                Because::LegalDutyOrOrder(cited.ok_or(Malformed::Form("a basis with its legalRef"))?)
            }
            PracticeBasis::DutyToShare => Because::DutyToShare,
        };
        let (Some(position), Some(reasons)) = (self.consent_position, self.reasons_text.clone()) else {
            return Err(Malformed::Form("a basis with consentPosition and reasonsText"));
        };
        Ok(OwnBasis::WithoutConsent {
            because,
            consent: ConsentStands::read(position, self.why_not_asked)?,
            reasons,
        })
    }

    /// Whether nothing stands there but what these bases need.
    pub(super) fn fit<'a>(&self, bases: impl IntoIterator<Item = &'a OwnBasis>) -> bool {
        *self == Self::for_all(bases)
    }

    /// What is written once for all of these bases.
    pub(super) fn for_all<'a>(bases: impl IntoIterator<Item = &'a OwnBasis>) -> Self {
        let mut grounds = Self::default();
        for basis in bases {
            let OwnBasis::WithoutConsent { because, consent, reasons } = basis else {
                continue;
            };
            match because {
                Because::PublicInterest(ground) => grounds.ground = Some(*ground),
                Because::LegalDutyOrOrder(cited) => grounds.legal_ref = Some(cited.clone()),
                Because::NotConfidentialAndNecessary | Because::DutyToShare => {}
            }
            grounds.consent_position = Some(consent.position());
            grounds.why_not_asked = match consent {
                ConsentStands::NotAsked(why) => Some(*why),
                ConsentStands::Refused | ConsentStands::Withdrawn | ConsentStands::GivenDoesNotCover => None,
            };
            grounds.reasons_text = Some(reasons.clone());
        }
        grounds
    }
}

impl TryFrom<Written> for OwnBasis {
    type Error = Malformed;

    fn try_from(written: Written) -> Result<Self, Malformed> {
        let basis = written.grounds.of(written.practice_basis)?;
        if written.grounds.fit([&basis]) {
            Ok(basis)
        } else {
            Err(Malformed::Form("a basis with what goes with it alone"))
        }
    }
}

impl From<OwnBasis> for Written {
    fn from(basis: OwnBasis) -> Self {
        Self { practice_basis: basis.practice_basis(), grounds: Grounds::for_all([&basis]) }
    }
}
