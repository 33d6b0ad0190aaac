//! To whom something is offered, for what and on what basis.

use serde::{Deserialize, Serialize};

use super::own_basis::Grounds;
use crate::{AgencyId, Malformed, OwnBasis, PracticeBasis, PractitionerId, Purpose};

/// Stands flattened in its message: `recipients`, and once for all of them what goes with any basis but
/// consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Recipients(Vec<Recipient>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub agency_id: AgencyId,
    pub person: To,
    pub purpose: Purpose,
    pub basis: OwnBasis,
}

/// Who in an agency is to have it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "WrittenTo", into = "WrittenTo")]
pub enum To {
    Practitioner(PractitionerId),
    DutyDesk,
}

impl Recipients {
    /// 1 to 50.
    #[must_use]
    pub fn all(&self) -> &[Recipient] {
        &self.0
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    recipients: Vec<WrittenRecipient>,
    #[serde(flatten)]
    grounds: Grounds,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenRecipient {
    agency_id: AgencyId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    person: Option<PractitionerId>,
    purpose: Purpose,
    practice_basis: PracticeBasis,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenTo {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    practitioner_id: Option<PractitionerId>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    duty_desk: bool,
}

impl TryFrom<Written> for Recipients {
    type Error = Malformed;

    fn try_from(Written { recipients, grounds }: Written) -> Result<Self, Malformed> {
        let read = |written: WrittenRecipient| {
            let WrittenRecipient { agency_id, person, purpose, practice_basis } = written;
            let basis = grounds.of(practice_basis)?;
            let person = person.map_or(To::DutyDesk, To::Practitioner);
            Ok(Recipient { agency_id, person, purpose, basis })
        };
        let recipients: Vec<Recipient> =
            recipients.into_iter().map(read).collect::<Result<_, Malformed>>()?;
        if grounds.fit(recipients.iter().map(|recipient| &recipient.basis)) {
            Ok(Self(recipients))
        } else {
            Err(Malformed::Form("recipients with what their bases need alone"))
        }
    }
}

impl From<Recipients> for Written {
    fn from(Recipients(recipients): Recipients) -> Self {
        let grounds = Grounds::for_all(recipients.iter().map(|recipient| &recipient.basis));
        let written = |recipient: Recipient| WrittenRecipient {
            agency_id: recipient.agency_id,
            person: match recipient.person {
                To::Practitioner(id) => Some(id),
                To::DutyDesk => None,
            },
            purpose: recipient.purpose,
            practice_basis: recipient.basis.practice_basis(),
        };
        Self { recipients: recipients.into_iter().map(written).collect(), grounds }
    }
}

impl TryFrom<WrittenTo> for To {
    type Error = Malformed;

    fn try_from(written: WrittenTo) -> Result<Self, Malformed> {
        match (written.practitioner_id, written.duty_desk) {
            (Some(id), false) => Ok(Self::Practitioner(id)),
            (None, true) => Ok(Self::DutyDesk),
            (Some(_), true) | (None, false) => {
                Err(Malformed::Form("practitionerId alone, or dutyDesk alone"))
            }
        }
    }
}

impl From<To> for WrittenTo {
    fn from(to: To) -> Self {
        match to {
            To::Practitioner(id) => Self { practitioner_id: Some(id), duty_desk: false },
            To::DutyDesk => Self { practitioner_id: None, duty_desk: true },
        }
    }
}
