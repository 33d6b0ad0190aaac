//! What would be decided of a message: it goes through the lane's own rules, and all that comes of it is thrown away.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use deciding::PolicyId;
use kit::admin::Refusal;
use kit::{Message, Outcome, body};
use schemas::catalogue::MessageType;
use schemas::{ShareOffered, ShareRequested, To};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Desk;
use super::decisions::said;
use crate::rules::decision::{Came, Decided, came};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// A whole `share.requested` or `share.offered`.
    message: Value,
}

pub(super) async fn decide(State(desk): State<Desk>, written: Bytes) -> Result<Json<Value>, Refusal> {
    let Asked { message } = body::json(&written)?;
    let message = checked(&desk, &message)?;
    let mut tx = desk.db.begin().await?;
    let (outcome, decisions) = desk.sharing.would_decide(&mut tx, &message, desk.clock.now()).await?;
    tx.rollback().await?;
    if let Outcome::Rejected { code, pointers } = outcome {
        return Ok(Json(json!({ "rejected": { "code": code, "pointers": pointers } })));
    }
    let rules = desk.policies.rules();
    let all: Vec<Came> = decisions.iter().flat_map(|decided| came(&decided.cases)).collect();
    let words = |id: &str| {
        rules.texts().iter().find(|(known, _)| PolicyId::as_str(known) == id).map(|(_, text)| json!(text))
    };
    Ok(Json(json!({
        "rulesHash": rules.hash(),
        "decisions": decisions.iter().map(shown).collect::<Vec<_>>(),
        "policies": said(&all, words),
    })))
}

fn checked(desk: &Desk, whole: &Value) -> Result<Message, Refusal> {
    let kind = whole["type"].as_str().and_then(|name| MessageType::parse(name).ok());
    let kind =
        kind.filter(|kind| [ShareRequested::TYPE, ShareOffered::TYPE].contains(kind)).ok_or_else(|| {
            Refusal::bad_request("give a whole message of type share.requested or share.offered")
        })?;
    let body = schemas::check::check(kind, whole).map_err(|problems| {
        let told = problems.iter().map(|problem| format!("{}: {}", problem.at, problem.problem));
        Refusal::bad_request(format!(
            "the message would be rejected: {}",
            told.collect::<Vec<_>>().join("; ")
        ))
    })?;
    Ok(Message { sender: body.source.clone(), id: body.id, kind, body, received_at: desk.clock.now() })
}

fn shown(decided: &Decided) -> Value {
    let practitioner = match &decided.matter.to {
        To::Practitioner(id) => Some(id),
        To::DutyDesk => None,
    };
    json!({
        "stage": decided.stage,
        "outcome": decided.outcome,
        "toldCode": decided.told,
        "holder": decided.matter.holder,
        "recipient": decided.matter.recipient,
        "recipientPractitioner": practitioner,
        "purpose": decided.matter.purpose,
        "basis": decided.matter.basis,
        "consents": decided.consents,
        "parts": came(&decided.cases),
    })
}
