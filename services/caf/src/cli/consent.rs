//! `caf consent show`

use clap::{Args, Subcommand};
use schemas::{AgencyId, ChildRef, LocalChildId};
use serde_json::Value;

use super::{
    args::Common,
    output::{Output, listing, listing_or, object, text},
};
use crate::Result;

#[derive(Debug, Subcommand)]
pub(super) enum ConsentCommand {
    /// Show what a child's family agreed to and refused, with no name
    #[command(
        long_about = "Show what a child's family agreed to and refused, over all agencies' records of the child: who said it
(by how the person stands to the child, never by name), what it names, and whether it stands; and which copies of the
assessment the family was given.

With --at: what was true then. With --known: as far as it was known then. Of a day its end counts.",
        after_help = "Examples:
  caf consent show --agency beaumont-school --local p-1042
  caf consent show --child child:019ab5d0-1c00-7000-8000-000000000001 --at 2026-09-01
  caf consent show --agency beaumont-school --local p-1042 --at 2026-09-01 --known 2026-09-01
  caf consent show --agency beaumont-school --local p-1042 --reveal --by 'A. Ndiaye, operator'"
    )]
    Show(ShowArgs),
}

#[derive(Args, Debug)]
pub(super) struct ShowArgs {
    /// The agency whose id of the child --local is
    #[arg(long, value_name = "ID", requires = "local", required_unless_present = "child")]
    agency: Option<AgencyId>,
    /// The child, by the agency's own id
    #[arg(long, value_name = "ID", requires = "agency")]
    local: Option<LocalChildId>,
    /// The child, by a reference that any agency got
    #[arg(long, value_name = "child:UUID", conflicts_with_all = ["agency", "local"])]
    child: Option<ChildRef>,
    /// What was true then [default: now]
    #[arg(long, value_name = "DATE")]
    at: Option<String>,
    /// As it was known then [default: now]
    #[arg(long, value_name = "DATE")]
    known: Option<String>,
    /// Show what was recorded, with names and texts: each look is recorded
    #[arg(long, requires = "by")]
    reveal: bool,
    /// Who looks
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

pub(super) async fn run(command: ConsentCommand, common: &Common) -> Result<Output> {
    let ConsentCommand::Show(args) = command;
    let mut query = Vec::new();
    let mut add = |name, value: Option<String>| query.extend(value.map(|value| (name, value)));
    add("agency", args.agency.map(|id| id.to_string()));
    add("local", args.local.map(|id| id.to_string()));
    add("child", args.child.map(|reference| reference.to_string()));
    add("at", args.at);
    add("known", args.known);
    add("reveal", args.by.filter(|_| args.reveal));
    let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let shown: Value = common.operator()?.sharing()?.get("/consent", &query).await?;
    let said = said(&shown);
    Ok(Output::new(shown, said))
}

fn said(shown: &Value) -> String {
    let statements = shown["statements"].as_array().into_iter().flatten();
    let mut said =
        vec![format!("What stood at {}, as known at {}", text(shown, "/at"), text(shown, "/known"))];
    said.extend(statements.map(object));
    if said.len() == 1 {
        said.push("Nobody had said anything.".to_owned());
    }
    let columns =
        [("act", "/act"), ("person", "/person"), ("stands by", "/statement/message"), ("but", "/flaw")];
    said.push(listing_or(&shown["inForce"], &columns, "Nothing stands."));
    if shown["takenBack"].as_array().is_some_and(|list| !list.is_empty()) {
        let columns = [
            ("delivery", "/delivery"),
            ("to", "/recipient"),
            ("sent at", "/sentAt"),
            ("withdrawn at", "/withdrawnAt"),
            ("sent after it was said", "/releasedAfterItWasSaid"),
        ];
        said.push(listing(&shown["takenBack"], &columns));
    }
    said.extend(shown["copies"].as_array().into_iter().flatten().map(object));
    said.join("\n\n")
}
