//! The decisions: who looked up this child, what did this practitioner look up (D-I5). The
//! operator's view knows no hiding: it asks who asked, not who the child is.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use kit::admin::Refusal;
use kit::body;
use linking::groups;
use schemas::{AgencyId, ChildRef, LocalChildId, PractitionerId};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Desk;
use crate::rules::world::{KnownAs, Record};
use crate::store::audit::{self, Decided, Wanted};
use crate::store::{decision, lookup};

/// How many decisions a list gives unless asked for more or fewer.
const LIMIT: i64 = 100;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    /// The agency that asked; with `local` the agency whose child it is.
    agency: Option<String>,
    /// `AGENCY/ID`
    practitioner: Option<String>,
    /// `child:<uuid>`, any agency's.
    child: Option<String>,
    /// An agency's own id of the child.
    local: Option<String>,
    limit: Option<i64>,
}

pub(super) async fn list(
    State(desk): State<Desk>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Json<Vec<Decided>>, Refusal> {
    let filter = body::query(filter)?;
    let mut wanted = Wanted { limit: filter.limit.unwrap_or(LIMIT).clamp(1, 10_000), ..Wanted::default() };
    match (&filter.local, &filter.agency) {
        (Some(local), Some(agency)) => {
            let named = Named::Local(body::id(agency)?, body::id(local)?);
            wanted.records = Some(whole_child(&desk, &named).await?);
        }
        (Some(_), None) => {
            return Err(Refusal::bad_request("with local, say of which agency: agency=…"));
        }
        (None, Some(agency)) => wanted.agency = Some(body::id::<AgencyId>(agency)?.to_string()),
        (None, None) => {}
    }
    if let Some(child) = &filter.child {
        let records = whole_child(&desk, &Named::Child(body::id(child)?)).await?;
        wanted.records = Some(match wanted.records {
            Some(known) => known.into_iter().filter(|record| records.contains(record)).collect(),
            None => records,
        });
    }
    if let Some(practitioner) = &filter.practitioner {
        let (agency, id) = practitioner_of(practitioner)?;
        wanted.agency = Some(agency.to_string());
        wanted.practitioner_id = Some(id.to_string());
    }
    Ok(Json(audit::list(&desk.db, &wanted).await?))
}

fn practitioner_of(written: &str) -> Result<(AgencyId, PractitionerId), Refusal> {
    let (agency, id) =
        written.split_once('/').ok_or_else(|| Refusal::bad_request("write the practitioner as AGENCY/ID"))?;
    Ok((body::id(agency)?, body::id(id)?))
}

/// How an operator names a child.
enum Named {
    Child(ChildRef),
    Local(AgencyId, LocalChildId),
}

impl Named {
    fn is(&self, record: &Record) -> bool {
        match self {
            Self::Child(reference) => record.id == *reference,
            Self::Local(agency, id) => {
                record.supplier.agency == *agency && record.known_as == KnownAs::Local(id.clone())
            }
        }
    }
}

/// Every agency's records of the child, as linked now.
async fn whole_child(desk: &Desk, named: &Named) -> Result<Vec<Uuid>, Refusal> {
    let mut tx = desk.db.begin().await?;
    let records = match named {
        Named::Child(child) => lookup::records_around(&mut tx, vec![child.as_uuid()], None).await?,
        Named::Local(agency, id) => {
            let local = Some((agency.as_str(), id.as_str()));
            lookup::records_around(&mut tx, Vec::new(), local).await?
        }
    };
    let records: Vec<&Record> = records.iter().collect();
    let group = groups(&records)
        .into_iter()
        .find(|group| group.iter().any(|i| named.is(records[*i])))
        .ok_or_else(|| Refusal::not_found("no record of a child is known by this reference"))?;
    Ok(group.into_iter().map(|i| records[i].id.as_uuid()).collect())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reveal {
    /// Who reads the practitioner's own words.
    reveal: Option<String>,
}

pub(super) async fn show(
    State(desk): State<Desk>,
    Path(id): Path<Uuid>,
    reveal: Result<Query<Reveal>, QueryRejection>,
) -> Result<Json<Value>, Refusal> {
    let reveal = body::query(reveal)?.reveal;
    let decided = audit::find(&desk.db, id)
        .await?
        .ok_or_else(|| Refusal::not_found("no such decision; list them first"))?;
    let mut shown = json!(decided);
    shown["records"] = json!(audit::about(&desk.db, decided.id).await?);
    if let Some(by) = reveal {
        shown["reasonText"] = json!(reason_text(&desk, decided.id, &by).await?);
    }
    Ok(Json(shown))
}

async fn reason_text(desk: &Desk, id: Uuid, by: &str) -> Result<Option<String>, Refusal> {
    if by.trim().is_empty() {
        return Err(Refusal::bad_request("say who reads it: reveal=NAME"));
    }
    let mut tx = desk.db.begin().await?;
    let sealed = audit::reveal_reason_text(&mut tx, id, by, desk.clock.now()).await?;
    tx.commit().await?;
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let unreadable = || Refusal::bad_request("the text does not open with this master key");
    let text = desk.sealer.open(decision::REASON_CONTEXT, &sealed).map_err(|_| unreadable())?;
    String::from_utf8(text).map(Some).map_err(|_| unreadable())
}
