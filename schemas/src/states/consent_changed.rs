//! `consent.changed`: to whom the work of a sensitive service with a child may be shown (D-I6).

use serde::{Deserialize, Serialize};

use super::StateVersion;
use crate::{AgencyId, AgencyKind, ChildRef, Day, MessageType, Sensitivity};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentChanged {
    pub states: Vec<ConsentNow>,
}

impl ConsentChanged {
    pub const TYPE: MessageType = MessageType::ConsentChanged;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentNow {
    /// Of the agency that recorded the consent: the sensitive service's own.
    pub record: ChildRef,
    pub version: StateVersion,
    /// Missing where nothing more than before may be shown to others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_sensitive: Option<ShowSensitive>,
}

/// D-C5: what is not named is not covered, and exclusion beats inclusion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShowSensitive {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agencies: Vec<AgencyId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<AgencyKind>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded_agencies: Vec<AgencyId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded_kinds: Vec<AgencyKind>,
    /// The last day on which it is covered.
    pub until: Day,
}

impl ShowSensitive {
    /// Whether an agency is covered on a day. A kind does not name an agency that is sensitive where its kind is not.
    #[must_use]
    pub fn covers(
        &self,
        agency: &AgencyId,
        kind: AgencyKind,
        sensitivity: Sensitivity,
        day: time::Date,
    ) -> bool {
        let by_kind = sensitivity == Sensitivity::Ordinary || kind.default_sensitive();
        let named = self.agencies.contains(agency) || (by_kind && self.kinds.contains(&kind));
        let excluded = self.excluded_agencies.contains(agency) || self.excluded_kinds.contains(&kind);
        named && !excluded && day <= self.until.date()
    }
}
