//! What a column holds, read again into its type.

use schemas::Malformed;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What a column holds is not what was written there: the message's data is not to blame, and nobody is to be
/// quoted.
pub fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

/// A text that was written from a `T`. The error names the type only.
///
/// # Errors
/// When it is none.
pub fn parsed<T: std::str::FromStr<Err = Malformed>>(stored: &str) -> Result<T, sqlx::Error> {
    stored.parse().map_err(unreadable)
}

/// The same, where there may be none.
///
/// # Errors
/// When there is one, and it is none.
pub fn parsed_if_any<T: std::str::FromStr<Err = Malformed>>(
    stored: Option<&str>,
) -> Result<Option<T>, sqlx::Error> {
    stored.map(parsed).transpose()
}

/// A JSON value that was written from a `T`.
///
/// # Errors
/// When it is none.
pub fn read<T: DeserializeOwned>(stored: Value) -> Result<T, sqlx::Error> {
    serde_json::from_value(stored).map_err(unreadable)
}
