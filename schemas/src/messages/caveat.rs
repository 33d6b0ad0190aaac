//! How what is released may be used. Travels with it.

use serde::{Deserialize, Serialize};

use crate::{ContactChannel, KnownPerson};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Caveat {
    PurposeOnly,
    /// LG App. C.
    NoOnwardSharingWithoutAsking,
    NotToChild,
    NotToParent {
        person: KnownPerson,
    },
    NotOnPrintedCopy,
    DoNotContactFamilyBy {
        channel: ContactChannel,
    },
}
