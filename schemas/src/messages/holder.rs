//! Whom a request is put to.

use serde::{Deserialize, Serialize};

use crate::{AgencyId, Malformed};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Holder {
    Agency(AgencyId),
    /// Those whom a lookup would show to the sender.
    WhoeverTheIndexShows,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agency_id: Option<AgencyId>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    whoever_the_index_shows: bool,
}

impl TryFrom<Written> for Holder {
    type Error = Malformed;

    fn try_from(written: Written) -> Result<Self, Malformed> {
        match (written.agency_id, written.whoever_the_index_shows) {
            (Some(agency), false) => Ok(Self::Agency(agency)),
            (None, true) => Ok(Self::WhoeverTheIndexShows),
            (Some(_), true) | (None, false) => {
                Err(Malformed::Form("agencyId alone, or whoeverTheIndexShows alone"))
            }
        }
    }
}

impl From<Holder> for Written {
    fn from(holder: Holder) -> Self {
        match holder {
            Holder::Agency(agency) => Self { agency_id: Some(agency), whoever_the_index_shows: false },
            Holder::WhoeverTheIndexShows => Self { agency_id: None, whoever_the_index_shows: true },
        }
    }
}
