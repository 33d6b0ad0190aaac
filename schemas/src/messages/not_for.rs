//! For whom an item of content is not (LG 3.10, 3.7.4).

use serde::{Deserialize, Serialize};

use crate::{AgencyId, AgencyKind, KnownPerson};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum NotFor {
    Child,
    Person(KnownPerson),
    Agency { agency_id: AgencyId },
    AgencyKind { kind: AgencyKind },
}
