//! The register of agencies (D-A1). Certificates and queues are made by the `caf` command line.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use kit::admin::Refusal;
use kit::body;
use schemas::AgencyId;
use serde::Deserialize;
use time::OffsetDateTime;

use super::Desk;
use crate::rules::register::AgencyEntry;
use crate::rules::watch::Watch;
use crate::store::agency::{self, Registered};
use crate::store::{authority, watch};

pub(super) async fn list(State(desk): State<Desk>) -> Result<Json<Vec<Registered>>, Refusal> {
    Ok(Json(agency::list(&desk.db, None).await?))
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
    let (id, entry): (AgencyId, AgencyEntry) = (body::id(&id)?, body::json(&written)?);
    entry.check().map_err(|problem| Refusal::bad_request(problem.to_string()))?;
    let mut tx = desk.db.begin().await?;
    let missing = authority::missing(&mut tx, &entry.authorities).await?;
    if !missing.is_empty() {
        return Err(Refusal::bad_request(format!(
            "not on the register of authorities: {}; add them first",
            missing.join(", ")
        )));
    }
    agency::put(&mut tx, &id, &entry).await?;
    tx.commit().await?;
    found(&desk, &id).await
}

/// As the operator's keeper says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Certificate {
    #[serde(with = "time::serde::rfc3339")]
    until: OffsetDateTime,
}

pub(super) async fn certify(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    written: Bytes,
) -> Result<Json<Registered>, Refusal> {
    let (id, certificate): (AgencyId, Certificate) = (body::id(&id)?, body::json(&written)?);
    agency::certify(&desk.db, &id, certificate.until).await?;
    found(&desk, &id).await
}

pub(super) async fn revoke(
    State(desk): State<Desk>,
    Path(id): Path<String>,
) -> Result<Json<Registered>, Refusal> {
    let id = body::id(&id)?;
    let mut tx = desk.db.begin().await?;
    agency::revoke(&mut tx, &id, desk.clock.now()).await?;
    tx.commit().await?;
    found(&desk, &id).await
}

/// Has the agency's system sent what comes unasked, for `caf conform`.
pub(super) async fn conform(
    State(desk): State<Desk>,
    Path(id): Path<String>,
) -> Result<Json<Registered>, Refusal> {
    let id = body::id(&id)?;
    let agency = found(&desk, &id).await?;
    let mut tx = desk.db.begin().await?;
    watch::look_at(&mut tx, [(Watch::Conform(id), desk.clock.now())]).await?;
    tx.commit().await?;
    Ok(agency)
}

async fn found(desk: &Desk, id: &AgencyId) -> Result<Json<Registered>, Refusal> {
    let found = agency::list(&desk.db, Some(id)).await?.pop();
    found
        .map(Json)
        .ok_or_else(|| Refusal::not_found("no such agency on the register; list them, or add it first"))
}
