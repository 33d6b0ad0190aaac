//! The CAF team's work list (D-A3).

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use kit::admin::Refusal;
use kit::body;
use schemas::AuthorityId;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Desk;
use crate::rules::task::TaskKind;
use crate::store::refusal::{self, Wanted};
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
    let mut tx = desk.db.begin().await?;
    Ok(Json(worklist::list(&mut tx, authority.as_ref(), desk.clock.now()).await?))
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

    fn required(&self) -> Result<&str, Refusal> {
        self.name()?.ok_or_else(|| Refusal::bad_request("say who: by=NAME"))
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
        let (agency, local_ref) = matter.about.split_once('/').unwrap_or_default();
        let one = Wanted::One(agency, local_ref);
        shown["refusal"] = json!(refusal::reveal(&desk.db, &one, by, desk.clock.now()).await?.first());
    }
    Ok(Json(shown))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Log {
    authority: String,
    by: Option<String>,
}

/// The log of families' refusals of an authority, whether or not somebody saw to them; that each was
/// read is recorded (D-C7).
pub(super) async fn refusals(
    State(desk): State<Desk>,
    log: Result<Query<Log>, QueryRejection>,
) -> Result<Json<Vec<Value>>, Refusal> {
    let Log { authority, by } = body::query(log)?;
    let authority: AuthorityId = body::id(&authority)?;
    let by = By { by };
    let wanted = Wanted::Log(&authority);
    Ok(Json(refusal::reveal(&desk.db, &wanted, by.required()?, desk.clock.now()).await?))
}

/// Marks a task as done.
pub(super) async fn mark_done(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    by: Result<Query<By>, QueryRejection>,
) -> Result<Json<Value>, Refusal> {
    let by = body::query(by)?;
    let by = by.required()?;
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
        "leaver-caf" | "revoked-caf" => {
            "it goes off the list once the CAF is closed, by the CAF team too, or has another assessor"
        }
        "leaver-intention" | "revoked-intention" => {
            "it goes off the list once it lapses, a CAF is started upon it, or it has another practitioner"
        }
        _ => "it goes off the list once its agency, or the CAF team on its behalf, ends the involvement",
    }
}

async fn find(desk: &Desk, id: &str) -> Result<Matter, Refusal> {
    let mut tx = desk.db.begin().await?;
    let open = worklist::list(&mut tx, None, desk.clock.now()).await?;
    let found = open.into_iter().find(|matter| matter.id == id);
    found.ok_or_else(|| Refusal::not_found("nothing open has this id; list them first"))
}
