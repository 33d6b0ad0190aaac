//! Which of the messages that wait for a person are meant: those of one cause, a page at a time.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// How many rows a page has unless asked for more or fewer.
const LIMIT: i64 = 100;

/// What an operator asks for. What is left out is not asked about.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    pub(crate) reason: Option<String>,
    pub(crate) r#type: Option<String>,
    pub(crate) agency: Option<String>,
    /// The last id of the page before: ids are in order of time.
    pub(crate) after: Option<Uuid>,
    limit: Option<i64>,
}

impl Which {
    pub(crate) fn rows(&self) -> i64 {
        self.limit.unwrap_or(LIMIT).clamp(1, 10_000)
    }
}

/// Messages that wait for one cause.
#[derive(Debug, Serialize)]
pub(crate) struct Group {
    pub(crate) reason: String,
    pub(crate) r#type: String,
    pub(crate) agency: Option<String>,
    pub(crate) messages: i64,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) oldest: OffsetDateTime,
}
