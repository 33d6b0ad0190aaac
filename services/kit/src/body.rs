//! What an operator sends, parsed; what cannot be parsed is told in a sentence.

use axum::body::Bytes;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use schemas::Malformed;
use serde::de::DeserializeOwned;

use crate::admin::Refusal;

/// A JSON body.
///
/// # Errors
/// When it does not parse.
pub fn json<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::bad_request(format!("the body cannot be read: {error}")))
}

/// The parameters after the `?`.
///
/// # Errors
/// When it does not parse.
pub fn query<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, Refusal> {
    query.map(|Query(query)| query).map_err(|error| Refusal::bad_request(error.body_text()))
}

/// An id in the path or a parameter.
///
/// # Errors
/// When it does not parse.
pub fn id<T: std::str::FromStr<Err = Malformed>>(written: &str) -> Result<T, Refusal> {
    written.parse().map_err(|malformed| Refusal::bad_request(format!("{written:?} is {malformed}")))
}
