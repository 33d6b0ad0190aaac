//! For whom a message is written down: LG 3.1 is a telephone call.

use serde::{Deserialize, Serialize};

use crate::{AgencyId, Malformed, PersonName, Phone, PractitionerId, ToldHow};

/// Only a CAF team may use it (D-A3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct OnBehalfOf {
    pub agency_id: AgencyId,
    pub practitioner: ToldBy,
    pub how: ToldHow,
}

/// Who told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToldBy {
    /// By the id on the register of the agency.
    Registered(PractitionerId),
    /// Where the id is not known.
    Named { name: PersonName, phone: Phone },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    agency_id: AgencyId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    practitioner_id: Option<PractitionerId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<PersonName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    how: ToldHow,
}

impl TryFrom<Written> for OnBehalfOf {
    type Error = Malformed;

    fn try_from(written: Written) -> Result<Self, Malformed> {
        let Written { agency_id, practitioner_id, name, phone, how } = written;
        let practitioner = match (practitioner_id, name, phone) {
            (Some(id), None, None) => ToldBy::Registered(id),
            (None, Some(name), Some(phone)) => ToldBy::Named { name, phone },
            _ => return Err(Malformed::Form("practitionerId alone, or name and phone together")),
        };
        Ok(Self { agency_id, practitioner, how })
    }
}

impl From<OnBehalfOf> for Written {
    fn from(behalf: OnBehalfOf) -> Self {
        let OnBehalfOf { agency_id, practitioner, how } = behalf;
        let (practitioner_id, name, phone) = match practitioner {
            ToldBy::Registered(id) => (Some(id), None, None),
            ToldBy::Named { name, phone } => (None, Some(name), Some(phone)),
        };
        Self { agency_id, practitioner_id, name, phone, how }
    }
}
