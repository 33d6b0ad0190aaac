//! An item of content and its marks: whom it is about, who says it, how it is known (codes §3).

use serde::{Deserialize, Serialize};

use crate::{About, AgreedToRecord, FormElement, ItemSource, Line, NotFor, Text, YesNo};

/// As its holder sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    #[serde(flatten)]
    pub content: ItemContent,
    /// MG 4.20: what was not agreed to be recorded is refused.
    pub agreed_to_record: AgreedToRecord,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_for: Vec<NotFor>,
}

/// What of an item reaches a recipient: it tells not for whom it is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemContent {
    pub item_text: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<FormElement>,
    pub about: About,
    #[serde(flatten)]
    pub nature: Attributed,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidential: Option<YesNo>,
    pub source: ItemSource,
    pub identifies_informant: YesNo,
}

/// LG 3.10: fact, allegation, observation and opinion are told apart; allegation and opinion are attributed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "nature", rename_all = "kebab-case")]
pub enum Attributed {
    Fact {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        whose: Option<Line>,
    },
    Allegation {
        whose: Line,
    },
    Observation {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        whose: Option<Line>,
    },
    Opinion {
        whose: Line,
    },
}

/// MG 4.19: what is told in confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    Confidential,
    NotConfidential,
}

impl ItemContent {
    /// Unmarked is confidential.
    #[must_use]
    pub const fn confidence(&self) -> Confidence {
        match self.confidential {
            Some(YesNo::No) => Confidence::NotConfidential,
            Some(YesNo::Yes) | None => Confidence::Confidential,
        }
    }
}
