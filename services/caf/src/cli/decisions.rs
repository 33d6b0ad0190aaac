//! `caf decisions …`: who looked up this child, what did this practitioner look up.

use clap::{Args, Subcommand};
use schemas::{AgencyId, ChildRef, LocalChildId};
use serde_json::Value;

use super::{
    args::Common,
    output::{Output, listing_or, object},
};
use crate::{Error, Result};

#[derive(Debug, Subcommand)]
pub(super) enum DecisionsCommand {
    /// List decisions, newest first
    List(ListArgs),
    /// Show one decision with its reason and the rules that decided
    #[command(after_help = "Examples:
  caf decisions show 019ab5d0-1c00-7000-8000-000000000001
  caf decisions show 019ab5d0-1c00-7000-8000-000000000001 --reveal --by 'A. Ndiaye, operator'")]
    Show(ShowArgs),
}

#[derive(Args, Debug)]
pub(super) struct ShowArgs {
    id: uuid::Uuid,
    /// Show what the practitioner wrote as reason too: the look is recorded
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
    /// The agency that asked; with --local the agency whose id of the child it is
    #[arg(long, value_name = "ID")]
    agency: Option<AgencyId>,
    /// The child, by the agency's own id
    #[arg(long, value_name = "ID", requires = "agency", conflicts_with = "practitioner")]
    local: Option<LocalChildId>,
    /// The practitioner who asked; the id alone where --agency is given
    #[arg(long, value_name = "AGENCY/ID")]
    practitioner: Option<String>,
    #[arg(long, default_value_t = 100)]
    limit: u32,
}

pub(super) async fn run(command: DecisionsCommand, common: &Common) -> Result<Output> {
    let index = common.operator()?.registers()?;
    match command {
        DecisionsCommand::Show(args) => {
            let by = args.by.as_deref().filter(|_| args.reveal);
            let query: Vec<_> = by.map(|by| ("reveal", by)).into_iter().collect();
            let shown: Value = index.get(&format!("/decisions/{}", args.id), &query).await?;
            let text = object(&shown);
            Ok(Output::new(shown, text))
        }
        DecisionsCommand::List(args) => {
            let query = query(&args)?;
            let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let found: Value = index.get("/decisions", &query).await?;
            let columns = [
                ("id", "/id"),
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
