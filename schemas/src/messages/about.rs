//! Whom an item of content is about (D-C8).

use serde::{Deserialize, Serialize};

use crate::{KnownPerson, PersonName};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum About {
    Child,
    Parent {
        person: KnownPerson,
    },
    Sibling {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<PersonName>,
    },
    OtherPerson {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<PersonName>,
    },
}
