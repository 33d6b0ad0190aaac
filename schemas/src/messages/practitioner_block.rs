//! Who acts: the sender's practitioner by id; name and telephone come from the register, not the message.

use serde::{Deserialize, Serialize};

use crate::{AgencyId, PractitionerId, RoleInCase};

/// Where the role in the case may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PractitionerBlock {
    pub id: PractitionerId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_in_case: Option<RoleInCase>,
}

/// Where the role in the case must be stated: involvement and CAF.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PractitionerInCase {
    pub id: PractitionerId,
    pub role_in_case: RoleInCase,
}

/// A practitioner of any agency, by the id on that agency's register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PractitionerOf {
    pub agency_id: AgencyId,
    pub practitioner_id: PractitionerId,
}
