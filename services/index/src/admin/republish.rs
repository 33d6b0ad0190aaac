//! Telling other services of all states again.

use axum::Json;
use axum::extract::{Query, State};
use kit::admin::Refusal;
use schemas::MessageType;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Desk;
use crate::store::publication::{TYPES, begin_again};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// `child.changed`; all types where it is left out.
    r#type: Option<String>,
}

pub(super) async fn republish(
    State(desk): State<Desk>,
    Query(which): Query<Which>,
) -> Result<Json<Value>, Refusal> {
    let wanted = |kind: &MessageType| which.r#type.as_deref().is_none_or(|name| name == kind.short_name());
    let types: Vec<MessageType> = TYPES.into_iter().filter(wanted).collect();
    if types.is_empty() {
        let known = TYPES.map(MessageType::short_name).join(", ");
        return Err(Refusal::bad_request(format!("the index tells of {known}")));
    }
    let counts = begin_again(&desk.db, &types, desk.clock.now()).await?;
    let told = counts.iter().map(|(kind, states)| json!({ "type": kind.short_name(), "states": states }));
    Ok(Json(told.collect()))
}
