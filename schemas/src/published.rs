//! The schemas as they are published, for whoever prints or ships them.

use crate::MessageType;

/// One file of `schemas/json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Its address, whose last part is the name of its file.
    pub id: &'static str,
    pub text: &'static str,
}

impl Published {
    /// `caf.started.v1`: the name of its file, less `.json`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let file = self.id.rsplit('/').next().unwrap_or(self.id);
        file.strip_suffix(".json").unwrap_or(file)
    }
}

/// Every schema: what the messages share, then the messages in the order of the catalogue.
pub fn published() -> impl Iterator<Item = Published> {
    let messages =
        MessageType::ALL.iter().map(|kind| Published { id: kind.schema_id(), text: kind.schema_text() });
    COMMON.into_iter().chain(messages)
}

/// What the schemas of the messages share: the only ones that are not a message's.
pub(crate) const COMMON: [Published; 2] = [
    Published {
        id: "https://schemas.caf-exchange.example/v1/common.v1.json",
        text: include_str!("../json/common.v1.json"),
    },
    Published {
        id: "https://schemas.caf-exchange.example/v1/sharing-common.v1.json",
        text: include_str!("../json/sharing-common.v1.json"),
    },
];
