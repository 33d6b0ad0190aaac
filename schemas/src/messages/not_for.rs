//! For whom an item of content is not (LG 3.10, 3.7.4).

use serde::{Deserialize, Serialize};

use crate::{AgencyId, AgencyKind, Caveat, KnownPerson};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum NotFor {
    Child,
    Person(KnownPerson),
    Agency { agency_id: AgencyId },
    AgencyKind { kind: AgencyKind },
}

impl NotFor {
    /// What a receiver is told of it; an agency that it is not for gets nothing.
    #[must_use]
    pub fn caveat(&self) -> Option<Caveat> {
        match self {
            Self::Child => Some(Caveat::NotToChild),
            Self::Person(person) => Some(Caveat::NotToParent { person: person.clone() }),
            Self::Agency { .. } | Self::AgencyKind { .. } => None,
        }
    }
}
