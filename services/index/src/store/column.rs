//! What a column holds, parsed again into its type.

use schemas::Malformed;

/// A text that was written from a `T`. The error names the type only.
pub(super) fn parsed<T: std::str::FromStr<Err = Malformed>>(stored: &str) -> Result<T, sqlx::Error> {
    stored.parse().map_err(|malformed: Malformed| sqlx::Error::Decode(malformed.into()))
}

/// The same, where there may be none.
pub(super) fn parsed_if_any<T: std::str::FromStr<Err = Malformed>>(
    stored: Option<&str>,
) -> Result<Option<T>, sqlx::Error> {
    stored.map(parsed).transpose()
}
