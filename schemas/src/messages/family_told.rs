//! Whether and when a family is told of what was said about them.

use serde::{Deserialize, Serialize};

use crate::{Day, NotToldCode, ToldWhen};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "when", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum FamilyTold {
    Before,
    AtTheTime,
    After {
        tell_by: Day,
    },
    /// Not telling is looked at again.
    NotTold {
        code: NotToldCode,
        review_on: Day,
    },
}

impl FamilyTold {
    #[must_use]
    pub const fn when(&self) -> ToldWhen {
        match self {
            Self::Before => ToldWhen::Before,
            Self::AtTheTime => ToldWhen::AtTheTime,
            Self::After { .. } => ToldWhen::After,
            Self::NotTold { .. } => ToldWhen::NotTold,
        }
    }
}
