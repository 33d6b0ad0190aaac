//! The version of a state.

use serde::{Deserialize, Serialize};

use crate::Malformed;

/// Grows with each change of the entity; 1 or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct StateVersion(i64);

impl StateVersion {
    /// # Errors
    /// When it is not 1 or more.
    pub const fn new(number: i64) -> Result<Self, Malformed> {
        if number >= 1 { Ok(Self(number)) } else { Err(Malformed::Form("a version, 1 or more")) }
    }

    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for StateVersion {
    type Error = Malformed;

    fn try_from(number: i64) -> Result<Self, Malformed> {
        Self::new(number)
    }
}

impl From<StateVersion> for i64 {
    fn from(version: StateVersion) -> Self {
        version.0
    }
}
