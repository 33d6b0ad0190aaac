//! The register of authorities (D-A3).

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use kit::admin::Refusal;
use kit::body;
use schemas::AuthorityId;

use super::Desk;
use crate::rules::register::AuthorityEntry;
use crate::store::authority::{self, Registered};

pub(super) async fn list(State(desk): State<Desk>) -> Result<Json<Vec<Registered>>, Refusal> {
    Ok(Json(authority::list(&desk.db, None).await?))
}

pub(super) async fn show(
    State(desk): State<Desk>,
    Path(id): Path<String>,
) -> Result<Json<Registered>, Refusal> {
    found(&desk, &body::id(&id)?).await
}

pub(super) async fn put(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    written: Bytes,
) -> Result<Json<Registered>, Refusal> {
    let (id, entry): (AuthorityId, AuthorityEntry) = (body::id(&id)?, body::json(&written)?);
    entry.terms.check().map_err(|problem| Refusal::bad_request(problem.to_string()))?;
    let mut tx = desk.db.begin().await?;
    authority::put(&mut tx, &id, &entry, desk.clock.now()).await?;
    tx.commit().await?;
    found(&desk, &id).await
}

async fn found(desk: &Desk, id: &AuthorityId) -> Result<Json<Registered>, Refusal> {
    let found = authority::list(&desk.db, Some(id)).await?.pop();
    found
        .map(Json)
        .ok_or_else(|| Refusal::not_found("no such authority on the register; list them, or add it first"))
}
