//! The content of one part: the only place in the contract where what was assessed stands.

use serde::{Deserialize, Serialize};

use crate::{FormPart, Item, ItemContent};

/// As its holder sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartContent {
    pub part: FormPart,
    /// 1 to 200.
    pub items: Vec<Item>,
}

/// As a recipient gets it. What was withheld is simply not there (G5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveredPart {
    pub part: FormPart,
    pub items: Vec<ItemContent>,
}
