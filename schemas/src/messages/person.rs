//! A person who decides, or is decided for.

use serde::{Deserialize, Serialize};

use crate::{PersonName, Relationship};

/// D-C6: a statement belongs to a person. Two speak of the same one exactly where relationship and
/// folded name are the same: a difference makes two persons, whose conflict waits for advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Person {
    Child,
    Adult { relationship: Relationship, name: PersonName },
}
