//! The CAF team's work list (D-A3).

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use kit::admin::Refusal;
use schemas::AuthorityId;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Desk, body};
use crate::rules::task::TaskKind;
use crate::store::task;
use crate::store::worklist::{self, Matter};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    authority: Option<String>,
}

pub(super) async fn list(
    State(desk): State<Desk>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Json<Vec<Matter>>, Refusal> {
    let authority: Option<AuthorityId> =
        body::query(filter)?.authority.as_deref().map(body::id).transpose()?;
    Ok(Json(worklist::list(&desk.db, authority.as_ref().map(AuthorityId::as_str), desk.clock.now()).await?))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct By {
    by: Option<String>,
}

impl By {
    fn name(&self) -> Result<Option<&str>, Refusal> {
        match self.by.as_deref().map(str::trim) {
            Some("") => Err(Refusal::bad_request("say who: by=NAME")),
            name => Ok(name),
        }
    }
}

/// One matter; with `by` a family's refusal is shown, and that it was read is recorded.
pub(super) async fn show(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    by: Result<Query<By>, QueryRejection>,
) -> Result<Json<Value>, Refusal> {
    let by = body::query(by)?;
    let matter = find(&desk, &id).await?;
    let mut shown = json!(matter);
    if let (Some(by), true) = (by.name()?, matter.kind == TaskKind::FamilyRefusal.as_str()) {
        let mut tx = desk.db.begin().await?;
        let named = matter.about.split_once('/').unwrap_or_default();
        shown["refusal"] = json!(worklist::reveal_refusal(&mut tx, named, by, desk.clock.now()).await?);
        tx.commit().await?;
    }
    Ok(Json(shown))
}

/// Marks a task as done.
pub(super) async fn mark_done(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    by: Result<Query<By>, QueryRejection>,
) -> Result<Json<Value>, Refusal> {
    let by = body::query(by)?;
    let by = by.name()?.ok_or_else(|| Refusal::bad_request("say who did it: by=NAME"))?;
    let matter = find(&desk, &id).await?;
    let task = Uuid::parse_str(&matter.id).map_err(|_| Refusal::bad_request(instead(&matter.kind)))?;
    if task::close(&desk.db, task, by, desk.clock.now()).await? {
        Ok(Json(json!({"id": matter.id, "state": "done"})))
    } else {
        Err(Refusal::not_found("somebody did it a moment ago"))
    }
}

/// What is no task goes off the list by itself.
fn instead(kind: &str) -> &'static str {
    match kind {
        "set-aside" => "it goes off the list once it is replayed or discarded: caf set-aside",
        "parked" => "it goes off the list once it is replayed or discarded: caf parked",
        "certificate" => "it goes off the list once the certificate is renewed: caf agency renew",
        _ => "it goes off the list once its agency, or the CAF team on its behalf, ends the involvement",
    }
}

async fn find(desk: &Desk, id: &str) -> Result<Matter, Refusal> {
    let open = worklist::list(&desk.db, None, desk.clock.now()).await?;
    let found = open.into_iter().find(|matter| matter.id == id);
    found.ok_or_else(|| Refusal::not_found("nothing open has this id; list them first"))
}
