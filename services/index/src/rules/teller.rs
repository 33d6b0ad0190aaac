//! Who told a CAF team what it wrote down for them, without name and number: those stand only with a
//! refusal, of which the team has to be able to ask.

use schemas::{AgencyId, OnBehalfOf, PractitionerId, ToldBy, ToldHow};
use serde::Serialize;

/// What is kept of `onBehalfOf`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Teller {
    agency_id: AgencyId,
    #[serde(skip_serializing_if = "Option::is_none")]
    practitioner_id: Option<PractitionerId>,
    how: ToldHow,
}

impl From<&OnBehalfOf> for Teller {
    fn from(of: &OnBehalfOf) -> Self {
        let practitioner_id = match &of.practitioner {
            ToldBy::Registered(id) => Some(id.clone()),
            ToldBy::Named { .. } => None,
        };
        Self { agency_id: of.agency_id.clone(), practitioner_id, how: of.how }
    }
}
