//! Telling other services of all states again.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use kit::admin::Refusal;
use kit::body;
use schemas::ConsentChanged;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Desk;
use crate::store::publication::begin_again;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// `consent.changed`, the only one; so too where it is left out.
    r#type: Option<String>,
}

pub(super) async fn republish(
    State(desk): State<Desk>,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Json<Value>, Refusal> {
    let told = ConsentChanged::TYPE.short_name();
    if body::query(which)?.r#type.is_some_and(|name| name != told) {
        return Err(Refusal::bad_request(format!("sharing tells of {told}")));
    }
    let states = begin_again(&desk.db, desk.clock.now()).await?;
    Ok(Json(json!([{ "type": told, "states": states }])))
}
