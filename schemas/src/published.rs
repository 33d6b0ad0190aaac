//! The schemas as they are published, for whoever prints or ships them.

use crate::MessageType;

/// What the schemas of the messages share.
pub(crate) const COMMON_TEXT: &str = include_str!("../json/common.v1.json");

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
    std::iter::once(Published { id: COMMON_ID, text: COMMON_TEXT }).chain(messages)
}

/// The only schema that is not a message's.
pub(crate) const COMMON_ID: &str = "https://schemas.caf-exchange.example/v1/common.v1.json";
