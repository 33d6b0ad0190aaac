//! `caf decisions …`: who looked up this child or asked for something of it, what did this practitioner do; over all
//! services that decide.

use std::cmp::Reverse;

use clap::{Args, Subcommand};
use schemas::{AgencyId, ChildRef, LocalChildId};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    args::Common,
    output::{Output, listing, listing_or, object, table, text},
    services::{Services, rows, whoever_has},
};
use crate::{Error, Result, admin::Admin};

#[derive(Debug, Subcommand)]
pub(super) enum DecisionsCommand {
    /// List decisions, newest first
    List(ListArgs),
    /// Show one decision with its reasons and the rules that decided
    #[command(after_help = "Examples:
  caf decisions show 019ab5d0-1c00-7000-8000-000000000001
  caf decisions show 019ab5d0-1c00-7000-8000-000000000001 --reveal --by 'A. Ndiaye, operator'")]
    Show(ShowArgs),
}

#[derive(Args, Debug)]
pub(super) struct ShowArgs {
    id: uuid::Uuid,
    /// Show what was written too, as reasons, in the request and in advice: each look is recorded
    #[arg(long, requires = "by")]
    reveal: bool,
    /// Who looks
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  caf decisions list --child child:019ab5d0-1c00-7000-8000-000000000001
  caf decisions list --agency beaumont-school --local p-1042    (a child, by that agency's own id)
  caf decisions list --practitioner willow-nursery/n-01")]
pub(super) struct ListArgs {
    /// The child, by a reference that any agency got
    #[arg(long, value_name = "child:UUID", conflicts_with_all = ["local", "practitioner"])]
    child: Option<ChildRef>,
    /// The agency that asked, or held or was to receive what is shared; with --local the agency whose id of the child it is
    #[arg(long, value_name = "ID")]
    agency: Option<AgencyId>,
    /// The child, by the agency's own id
    #[arg(long, value_name = "ID", requires = "agency", conflicts_with = "practitioner")]
    local: Option<LocalChildId>,
    /// The practitioner who asked, judged or was to receive; the id alone where --agency is given
    #[arg(long, value_name = "AGENCY/ID")]
    practitioner: Option<String>,
    #[arg(long, default_value_t = 100)]
    limit: u32,
}

pub(super) async fn run(command: DecisionsCommand, common: &Common) -> Result<Output> {
    let admins = Services::default().admins(common)?;
    match command {
        DecisionsCommand::Show(args) => {
            let by = args.by.as_deref().filter(|_| args.reveal);
            let query: Vec<_> = by.map(|by| ("reveal", by)).into_iter().collect();
            let path = format!("/decisions/{}", args.id);
            let shown: Value =
                whoever_has(&admins, async |admin: &Admin| admin.get(&path, &query).await).await?;
            let text = one(&shown);
            Ok(Output::new(shown, text))
        }
        DecisionsCommand::List(args) => {
            let found = list(&admins, &args).await?;
            let columns = [
                ("id", "/id"),
                ("service", "/service"),
                ("decided at", "/decidedAt"),
                ("agency", "/agency"),
                ("practitioner", "/practitioner"),
                ("purpose", "/purpose"),
                ("outcome", "/outcome"),
                ("reason", "/reason"),
            ];
            let text = listing_or(&found, &columns, "No decision.");
            Ok(Output::new(found, text))
        }
    }
}

/// Of all services, the latest first. A child that one service does not know another may.
async fn list(admins: &[Admin], args: &ListArgs) -> Result<Value> {
    let query = query(args)?;
    let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for admin in admins {
        match rows(std::slice::from_ref(admin), "/decisions", &query).await {
            Ok(mut rows) => found.append(&mut rows),
            Err(error @ Error::NotThere(_)) => missing.push(error),
            Err(error) => return Err(error),
        }
    }
    match missing.pop() {
        Some(error) if missing.len() + 1 == admins.len() => return Err(error),
        Some(_) | None => {}
    }
    found.sort_by_cached_key(|row| Reverse(OffsetDateTime::parse(text(row, "/decidedAt"), &Rfc3339).ok()));
    found.truncate(usize::try_from(args.limit).unwrap_or(usize::MAX));
    Ok(Value::Array(found))
}

/// A decision; of one to share also its parts, with the words of the policies, the advice taken, and what left.
fn one(shown: &Value) -> String {
    let mut facts = shown.clone();
    if let Some(fields) = facts.as_object_mut() {
        for told_below in ["parts", "policies", "deliveries", "advice"] {
            fields.remove(told_below);
        }
    }
    let mut said = vec![object(&facts)];
    if shown["parts"].is_array() {
        said.push(parts(shown));
        said.push(policies(shown));
    }
    said.extend(shown["advice"].as_array().into_iter().flatten().map(object));
    if shown["deliveries"].as_array().is_some_and(|list| !list.is_empty()) {
        let columns = [
            ("message", "/id"),
            ("to", "/recipient"),
            ("sent at", "/sentAt"),
            ("received by system", "/receivedBySystemAt"),
            ("received by person", "/receivedByPersonAt"),
            ("withdrawn", "/withdrawnAt"),
            ("sent after it was said", "/releasedAfterItWasSaid"),
            ("called back", "/calledBack/reason"),
        ];
        said.push(listing(&shown["deliveries"], &columns));
    }
    said.join("\n\n")
}

/// What came of each part.
pub(super) fn parts(of: &Value) -> String {
    let columns = [("part", "/part"), ("outcome", "/outcome"), ("code", "/code"), ("policies", "/policies")];
    listing(&of["parts"], &columns)
}

/// The policies that decided, with their words and the paragraphs that they rest on.
pub(super) fn policies(of: &Value) -> String {
    let said = of["policies"].as_object().into_iter().flatten();
    let rows = said.map(|(id, said)| {
        vec![id.clone(), text(said, "/words").to_owned(), text(said, "/paragraphs").to_owned()]
    });
    table(&["policy", "says", "rests on"], rows)
}

fn query(args: &ListArgs) -> Result<Vec<(&'static str, String)>> {
    let mut query = vec![("limit", args.limit.to_string())];
    let mut add = |name, value: Option<String>| query.extend(value.map(|value| (name, value)));
    add("child", args.child.map(|child| child.to_string()));
    add("local", args.local.as_ref().map(ToString::to_string));
    add("agency", args.agency.as_ref().map(ToString::to_string));
    add("practitioner", practitioner(args)?);
    Ok(query)
}

fn practitioner(args: &ListArgs) -> Result<Option<String>> {
    let Some(written) = &args.practitioner else {
        return Ok(None);
    };
    match (written.split_once('/'), &args.agency) {
        (Some(_), _) => Ok(Some(written.clone())),
        (None, Some(agency)) => Ok(Some(format!("{agency}/{written}"))),
        (None, None) => {
            Err(Error::usage("say whose practitioner: --practitioner AGENCY/ID, such as willow-nursery/n-01"))
        }
    }
}
