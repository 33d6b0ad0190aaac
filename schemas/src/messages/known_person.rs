//! A person other than the child, as a message names one.

use serde::{Deserialize, Serialize};

use crate::{PersonName, Relationship};

/// Two statements speak of the same person exactly when the relationship and the folded name are equal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownPerson {
    pub relationship: Relationship,
    pub name: PersonName,
}
