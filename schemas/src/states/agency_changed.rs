//! `agency.changed`: an agency of the register, with the areas that it works in (D-A1, D-A3).

use serde::{Deserialize, Serialize};

use super::StateVersion;
use crate::{AgencyId, AgencyKind, AgencyStanding, AuthorityId, Day, Line, MessageType, Phone, Sector};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgencyChanged {
    pub states: Vec<AgencyNow>,
}

impl AgencyChanged {
    pub const TYPE: MessageType = MessageType::AgencyChanged;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgencyNow {
    pub agency_id: AgencyId,
    pub version: StateVersion,
    pub kind: AgencyKind,
    pub sector: Sector,
    pub display_name: Line,
    /// What others read: neutral where the name would tell something (D-I6).
    pub shown_name: Line,
    pub sensitive: bool,
    pub state: AgencyStanding,
    /// The first is its own. One that is not on the register is left out.
    pub authorities: Vec<AuthorityNow>,
    /// The authorities whose CAF team it is (D-A3).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caf_team_of: Vec<AuthorityId>,
    pub duty_desk_phone: Phone,
    pub safeguarding_lead_phone: Phone,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorityNow {
    pub authority: AuthorityId,
    pub name: Line,
    /// Stands in every safety note (D-S1).
    pub safeguarding_phone: Phone,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caf_team: Option<AgencyId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bank_holidays: Vec<Day>,
}
