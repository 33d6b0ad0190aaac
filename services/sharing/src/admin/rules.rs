//! The policies in force, with their words.

use axum::Json;
use axum::extract::{Path, State};
use deciding::{PolicyId, PolicyText, Reloaded};
use kit::admin::Refusal;
use serde_json::{Value, json};

use super::Desk;

pub(super) async fn list(State(desk): State<Desk>) -> Json<Value> {
    let rules = desk.policies.rules();
    let policies: Vec<Value> = rules.texts().iter().map(|(id, text)| policy(id, text)).collect();
    let fault = desk.policies.fault().map(|fault| fault.to_string());
    Json(json!({ "hash": rules.hash(), "fault": fault, "policies": policies }))
}

pub(super) async fn show(State(desk): State<Desk>, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    let rules = desk.policies.rules();
    let found = rules.texts().iter().find(|(known, _)| known.as_str() == id);
    found
        .map(|(id, text)| Json(policy(id, text)))
        .ok_or_else(|| Refusal::not_found("no policy in force has this id; list them first"))
}

fn policy(id: &PolicyId, text: &PolicyText) -> Value {
    let mut policy = json!(text);
    policy["id"] = json!(id);
    policy
}

pub(super) async fn reload(State(desk): State<Desk>) -> Result<Json<Value>, Refusal> {
    let read = desk.policies.read_again();
    let read = read.map_err(|fault| {
        Refusal::bad_request(format!("the policies stay as they were, as the folder has a fault: {fault}"))
    })?;
    let state = match read {
        Reloaded::Changed => "changed",
        Reloaded::Unchanged => "unchanged",
    };
    Ok(Json(json!({ "policies": state, "hash": desk.policies.rules().hash() })))
}
