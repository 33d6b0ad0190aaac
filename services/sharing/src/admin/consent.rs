//! The time-line of a child's consents: what stood at a moment, as it was known at another (D-C6). Persons are told apart
//! by how they stand to the child, never by name.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use kit::admin::Refusal;
use kit::body;
use schemas::Happened;
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::child::{Named, whole};
use super::decisions::moment;
use super::{Desk, texts};
use crate::rules::consent::{
    About, AdultKey, Ages, Decided, Flaw, InForce, Included, PersonKey, Scope, State as Consents, Statement,
};
use crate::rules::world::{ConfirmedFor, Record};
use crate::store::consent::CONTEXT;
use crate::store::written::Copied;
use crate::store::{self, audit, family_copy};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    agency: Option<String>,
    local: Option<String>,
    child: Option<String>,
    /// By what was true then.
    at: Option<String>,
    /// As it was known then.
    known: Option<String>,
    /// Who reads names and texts.
    reveal: Option<String>,
}

pub(super) async fn show(
    State(desk): State<Desk>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Value>, Refusal> {
    let asked = body::query(asked)?;
    let named = Named::of(asked.agency.as_deref(), asked.local.as_deref(), asked.child.as_deref())?;
    let named =
        named.ok_or_else(|| Refusal::bad_request("name the child: agency=… and local=…, or child=…"))?;
    let records = whole(&desk, &named).await?;
    let now = desk.clock.now();
    let until = |written: Option<&str>| -> Result<OffsetDateTime, Refusal> {
        Ok(written.map(moment).transpose()?.map_or(now, Happened::ends_at))
    };
    let (at, known) = (until(asked.at.as_deref())?, until(asked.known.as_deref())?);
    let mut said: Vec<(&Record, &Statement)> = records
        .iter()
        .flat_map(|record| record.statements.iter().map(move |statement| (record, statement)))
        .filter(|(_, one)| one.said_on.effective_at() <= at && one.received_at <= known)
        .collect();
    said.sort_by_key(|(_, one)| (one.said_on.effective_at(), one.received_at));
    let consents = consents(&records).as_known(known);
    let in_force = consents.at(at).in_force();
    let people = People::of(&said);
    let reader = asked.reveal.as_deref().map(texts::reader).transpose()?;
    let mut statements = Vec::new();
    for (record, statement) in said {
        let mut told = people.statement(statement, &in_force);
        // Where it goes beyond what another agency recorded, it holds for that agency's parts since then (D-C6).
        told["confirmedAt"] = json!(consents.confirmed_at(&statement.version).map(written));
        if let Some(by) = reader {
            told["asRecorded"] = as_recorded(&desk, record, statement, by).await?;
        }
        statements.push(told);
    }
    let ids: Vec<uuid::Uuid> = records.iter().map(|record| record.child.record.as_uuid()).collect();
    Ok(Json(json!({
        "at": written(at), "known": written(known),
        "statements": statements,
        "inForce": in_force.iter().map(|one| people.in_force(one)).collect::<Vec<_>>(),
        "takenBack": audit::taken_back(&desk.db, &ids).await?,
        "copies": copies(&desk, &ids, (at, known), reader).await?,
    })))
}

/// What the family was given (D-S9), with names for a reader.
async fn copies(
    desk: &Desk,
    records: &[uuid::Uuid],
    until: (OffsetDateTime, OffsetDateTime),
    reader: Option<&str>,
) -> Result<Vec<Value>, Refusal> {
    let mut all = Vec::new();
    for Copied { made, written } in store::written::copies(&desk.db, records, until).await? {
        let mut told = made;
        told["agency"] = json!(written.agency);
        told["message"] = json!(written.message);
        if let Some(by) = reader {
            told["asRecorded"] = texts::read(desk, &written, family_copy::CONTEXT, by).await?;
        }
        all.push(told);
    }
    Ok(all)
}

/// All that was said of the child, whoever recorded it.
fn consents(records: &[Record]) -> Consents {
    let statements = records.iter().flat_map(|record| record.statements.iter().cloned()).collect();
    let confirmed = ConfirmedFor::first(records.iter().flat_map(|record| &record.confirmed));
    let birth = records.iter().find_map(|record| record.child.birth);
    Consents::new(statements, Ages::of(birth), confirmed)
}

async fn as_recorded(
    desk: &Desk,
    record: &Record,
    statement: &Statement,
    by: &str,
) -> Result<Value, Refusal> {
    let agency = statement.version.agency.as_str();
    let mut tx = desk.db.begin().await?;
    let which = (agency, statement.version.message.as_uuid());
    let sealed = audit::reveal_statement(&mut tx, which, by, desk.clock.now()).await?;
    tx.commit().await?;
    let Some(sealed) = sealed else {
        return Ok(Value::Null);
    };
    let reference = record.child.record.to_string();
    let child = record.child.local_id.as_ref().map_or(reference.as_str(), |id| id.as_str());
    texts::open(desk, (agency, child), CONTEXT, &sealed).await
}

fn written(at: OffsetDateTime) -> String {
    // Every moment of the years that a day or an instant may have is written so.
    at.format(&Rfc3339).unwrap_or_default()
}

/// The adults who said something, so that two mothers are two.
struct People(Vec<AdultKey>);

impl People {
    fn of(said: &[(&Record, &Statement)]) -> Self {
        let adult = |(_, one): &(&Record, &Statement)| match one.person {
            PersonKey::Child => None,
            PersonKey::Adult(adult) => Some(adult),
        };
        let mut people: Vec<AdultKey> = Vec::new();
        for adult in said.iter().filter_map(adult) {
            if !people.contains(&adult) {
                people.push(adult);
            }
        }
        Self(people)
    }

    fn person(&self, person: PersonKey) -> String {
        match person {
            PersonKey::Child => "the child".to_owned(),
            PersonKey::Adult(adult) => self.adult(adult),
        }
    }

    /// `mother`, and `mother (2)` where an earlier statement is of another one.
    fn adult(&self, adult: AdultKey) -> String {
        let relationship = adult.relationship.as_str();
        let mut alike = self.0.iter().filter(|one| one.relationship == adult.relationship);
        match alike.position(|one| *one == adult) {
            Some(place) if place > 0 => format!("{relationship} ({})", place + 1),
            Some(_) | None => relationship.to_owned(),
        }
    }

    fn statement(&self, said: &Statement, in_force: &[InForce]) -> Value {
        let (decision, scope) = match &said.decided {
            Decided::Given(given) => ("given", given.scope.as_ref()),
            Decided::Refused(scope) => ("refused", scope.as_ref()),
            Decided::Withdrawn(scope) => ("withdrawn", scope.as_ref()),
            Decided::NotAbleToDecide => ("not-able-to-decide", None),
            Decided::NotAsked => ("not-asked", None),
        };
        let mut told = json!({
            "agency": said.version.agency,
            "statement": said.version.message,
            "localRef": said.version.local_ref,
            "person": self.person(said.person),
            "capacity": said.capacity,
            "acts": said.acts,
            "decision": decision,
            "saidOn": said.said_on,
            "receivedAt": written(said.received_at),
            "names": scope.map(|scope| self.scope(scope)),
            "standing": standing(said, in_force),
        });
        if let Decided::Given(given) = &said.decided {
            told["from"] = json!(schemas::Day::from_date(given.from));
            told["reviewBy"] = json!(schemas::Day::from_date(given.review_by));
            told["endsOn"] = json!(given.ends_on.map(schemas::Day::from_date));
        }
        told
    }

    fn scope(&self, scope: &Scope) -> Value {
        let parts = match &scope.parts.included {
            Included::All => json!("all"),
            Included::These(parts) => json!(parts),
        };
        let items = scope.parts.items_excluded.iter();
        let items = items.map(|(part, about)| json!({ "part": part, "about": self.about(about) }));
        json!({
            "agencies": scope.agencies.named,
            "agencyKinds": scope.agencies.kinds,
            "agenciesExcluded": scope.agencies.excluded,
            "agencyKindsExcluded": scope.agencies.excluded_kinds,
            "parts": parts,
            "partsExcluded": scope.parts.excluded,
            "itemsExcluded": items.collect::<Vec<_>>(),
            "purposes": scope.purposes,
            "about": scope.about.iter().map(|person| self.person(*person)).collect::<Vec<_>>(),
        })
    }

    fn about(&self, about: &About) -> String {
        match about {
            About::Child => "the child".to_owned(),
            About::Parent(adult) => self.adult(*adult),
            About::Sibling => "a sibling".to_owned(),
            About::OtherPerson => "another person".to_owned(),
        }
    }

    fn in_force(&self, one: &InForce) -> Value {
        json!({
            "person": self.person(one.person),
            "act": one.act,
            "statement": one.given.as_ref().map(|(version, _)| version),
            "flaw": one.given.as_ref().and_then(|(_, flaw)| *flaw).map(words),
            "takenAwayBy": one.taken_away,
        })
    }
}

/// How a statement stands in the time-line, over all its acts.
fn standing(said: &Statement, in_force: &[InForce]) -> Value {
    let is_given = |one: &&InForce| one.given.as_ref().is_some_and(|(version, _)| *version == said.version);
    let given: Vec<&InForce> = in_force.iter().filter(is_given).collect();
    let flaws: BTreeSet<&str> = given.iter().filter_map(|one| one.given.as_ref()?.1).map(words).collect();
    if !flaws.is_empty() {
        json!(flaws.into_iter().collect::<Vec<_>>().join("; "))
    } else if given.iter().any(|one| !one.taken_away.is_empty()) {
        json!("stands, and something was taken away from it")
    } else if !given.is_empty() {
        json!("stands")
    } else if in_force.iter().any(|one| one.taken_away.contains(&said.version)) {
        json!("takes away")
    } else {
        json!("does not stand")
    }
}

const fn words(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::WrongPerson => "covers nothing: of a capacity that this person does not have",
        Flaw::NotUnderstood => "covers nothing: the child was not found to understand this decision",
        Flaw::NotAllExplained => "covers nothing: not everything was explained",
        Flaw::ReviewTooLate => "covers nothing: its review lies more than 24 months on",
        Flaw::AuthorityNotShown => "covers nothing: no document shows the authority to decide",
        Flaw::LiaisonNotRecorded => "covers nothing: what the parents were told is not recorded",
        Flaw::NotAbleSince => "covers nothing: who gave it was found not able to decide after it",
    }
}
