//! The decisions: what was shared or not, with whom, and why (D-S7).

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use deciding::PolicyId;
use kit::admin::Refusal;
use kit::body;
use schemas::{AgencyId, Happened, PractitionerId, ShareDecision, WithheldCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::child::{Named, whole};
use super::{Desk, texts};
use crate::rules::beside;
use crate::rules::decision::{Came, came};
use crate::store::audit::{self, Decided, Wanted};
use crate::store::decision::CONTEXT;
use crate::store::{advice, share, written};

/// How many decisions a list gives unless asked for more or fewer.
const LIMIT: i64 = 100;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    /// The agency that asked, held or was to receive; with `local` the agency whose child it is.
    agency: Option<String>,
    /// `AGENCY/ID`
    practitioner: Option<String>,
    /// `child:<uuid>`, any agency's.
    child: Option<String>,
    /// An agency's own id of the child.
    local: Option<String>,
    since: Option<String>,
    until: Option<String>,
    outcome: Option<String>,
    limit: Option<i64>,
}

pub(super) async fn list(
    State(desk): State<Desk>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Json<Vec<Value>>, Refusal> {
    let filter = body::query(filter)?;
    let wanted = wanted(&desk, &filter).await?;
    Ok(Json(audit::list(&desk.db, &wanted).await?.iter().map(row).collect()))
}

async fn wanted(desk: &Desk, filter: &Filter) -> Result<Wanted, Refusal> {
    let mut wanted = Wanted { limit: filter.limit.unwrap_or(LIMIT).clamp(1, 10_000), ..Wanted::default() };
    let named = Named::of(filter.agency.as_deref(), filter.local.as_deref(), filter.child.as_deref())?;
    if let Some(named) = named {
        let records = whole(desk, &named).await?;
        wanted.records = Some(records.iter().map(|record| record.child.record.as_uuid()).collect());
    }
    if let (Some(agency), None) = (&filter.agency, &filter.local) {
        wanted.agency = Some(body::id::<AgencyId>(agency)?.to_string());
    }
    if let Some(written) = &filter.practitioner {
        let (agency, id) = written
            .split_once('/')
            .ok_or_else(|| Refusal::bad_request("write the practitioner as AGENCY/ID"))?;
        wanted.agency = Some(body::id::<AgencyId>(agency)?.to_string());
        wanted.practitioner = Some(body::id::<PractitionerId>(id)?.to_string());
    }
    wanted.since = filter.since.as_deref().map(moment).transpose()?.map(Happened::effective_at);
    wanted.until = filter.until.as_deref().map(moment).transpose()?.map(Happened::ends_at);
    wanted.outcome =
        filter.outcome.as_deref().map(outcome).transpose()?.map(|known| known.as_str().to_owned());
    Ok(wanted)
}

/// A day or an instant.
pub(super) fn moment(written: &str) -> Result<Happened, Refusal> {
    Happened::parse(written)
        .map_err(|_| Refusal::bad_request("write a day YYYY-MM-DD or an instant YYYY-MM-DDThh:mm:ssZ"))
}

fn outcome(written: &str) -> Result<ShareDecision, Refusal> {
    ShareDecision::parse(written).map_err(|_| {
        let known: Vec<&str> = ShareDecision::ALL.iter().map(ShareDecision::as_str).collect();
        Refusal::bad_request(format!("the outcomes are {}", known.join(", ")))
    })
}

/// A decision as a list shows it: with the codes of what was withheld as its reason.
fn row(decided: &Decided) -> Value {
    let came = came(&decided.cases);
    let codes: BTreeSet<&str> =
        came.iter().filter_map(|one| one.code.as_ref().map(WithheldCode::as_str)).collect();
    let mut row = json!(decided);
    row["reason"] = json!(codes);
    row
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reveal {
    /// Who reads the reasons, and what else was written.
    reveal: Option<String>,
}

pub(super) async fn show(
    State(desk): State<Desk>,
    Path(id): Path<Uuid>,
    reveal: Result<Query<Reveal>, QueryRejection>,
) -> Result<Json<Value>, Refusal> {
    let reveal = body::query(reveal)?.reveal;
    let reader = reveal.as_deref().map(texts::reader).transpose()?;
    let one = Wanted { id: Some(id), limit: 1, ..Wanted::default() };
    let decided = audit::list(&desk.db, &one)
        .await?
        .pop()
        .ok_or_else(|| Refusal::not_found("no such decision; list them first"))?;
    let words = audit::rule_set(&desk.db, &decided.rules_hash).await?.unwrap_or_default();
    let came = came(&decided.cases);
    let mut shown = row(&decided);
    shown["policies"] = said(&came, |id| words.get(id).cloned());
    shown["parts"] = json!(came);
    shown["declineCode"] = decided.cases["declineCode"].clone();
    shown["deliveries"] = json!(audit::deliveries(&desk.db, id).await?);
    shown["advice"] = advice(&desk, id, reader).await?;
    if let Some(by) = reader {
        shown["reasons"] = reasons(&desk, id, by).await?;
        shown["request"] = request(&desk, id, by).await?;
    }
    Ok(Json(shown))
}

/// The advice that was taken, with what was written for a reader.
async fn advice(desk: &Desk, id: Uuid, reader: Option<&str>) -> Result<Value, Refusal> {
    let mut all = Vec::new();
    for advised in written::advice(&desk.db, id).await? {
        let mut told = json!(advised);
        told["agency"] = json!(advised.written.agency);
        told["message"] = json!(advised.written.message);
        if let Some(by) = reader {
            told["asWritten"] = texts::read(desk, &advised.written, advice::CONTEXT, by).await?;
        }
        all.push(told);
    }
    Ok(Value::Array(all))
}

/// What whoever asked wrote, and how it names the child: perhaps it alone has a name for it.
async fn request(desk: &Desk, id: Uuid, by: &str) -> Result<Value, Refusal> {
    let Some(written) = written::request(&desk.db, id).await? else {
        return Ok(Value::Null);
    };
    let as_written = texts::read(desk, &written, share::CONTEXT, by).await?;
    Ok(json!({ "child": written.child, "asWritten": as_written }))
}

/// The policies that decided these parts, with what `words` says of each.
pub(super) fn said(came: &[Came], words: impl Fn(&str) -> Option<Value>) -> Value {
    let ids: BTreeSet<&str> = came.iter().flat_map(|one| &one.policies).map(PolicyId::as_str).collect();
    let with_words = |id: &str| Some((id.to_owned(), words(id).or_else(|| beside::words(id))?));
    Value::Object(ids.into_iter().filter_map(with_words).collect::<Map<_, _>>())
}

async fn reasons(desk: &Desk, id: Uuid, by: &str) -> Result<Value, Refusal> {
    let mut tx = desk.db.begin().await?;
    let sealed = audit::reveal(&mut tx, id, by, desk.clock.now()).await?;
    tx.commit().await?;
    match sealed {
        Some(found) => texts::open(desk, (&found.agency, &found.child), CONTEXT, &found.sealed).await,
        None => Ok(Value::Null),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    since: String,
    after: Option<Uuid>,
    limit: Option<i64>,
}

/// What was weighed in past decisions, page by page, for whoever tries other policies on it: facts and codes alone.
pub(super) async fn cases(
    State(desk): State<Desk>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Value>, Refusal> {
    let page = body::query(page)?;
    let since = moment(&page.since)?.effective_at();
    let limit = page.limit.unwrap_or(LIMIT).clamp(1, 1_000);
    let (all, found) = audit::weighed(&desk.db, since, page.after, limit).await?;
    let decisions: Vec<Value> =
        found.iter().map(|one| json!({ "id": one.id, "parts": came(&one.cases) })).collect();
    Ok(Json(json!({ "all": all, "decisions": decisions })))
}
