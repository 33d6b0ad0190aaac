//! `caf worklist …`: what waits for a person of the CAF team, or for the operator.

use clap::{Args, Subcommand};
use schemas::AuthorityId;
use serde_json::Value;

use super::{
    args::Common,
    output::{Output, listing_or, object},
};
use crate::Result;

#[derive(Debug, Subcommand)]
pub(super) enum WorklistCommand {
    /// What is open, the most urgent first
    #[command(after_help = "Examples:
  caf worklist list
  caf worklist list --authority borough")]
    List {
        /// One authority's matters only
        #[arg(long, value_name = "ID")]
        authority: Option<AuthorityId>,
    },
    /// Show one matter
    #[command(after_help = "Examples:
  caf worklist show 019ab5d0-1c00-7000-8000-000000000001
  caf worklist show 019ab5d0-1c00-7000-8000-000000000001 --reveal --by 'C. Okoye, CAF team'")]
    Show(ShowArgs),
    /// Show the families' refusals that an authority still keeps: each look is recorded
    #[command(after_help = "Example:
  caf worklist refusals --authority borough --by 'C. Okoye, CAF team'")]
    Refusals {
        /// Whose CAF team's log
        #[arg(long, value_name = "ID")]
        authority: AuthorityId,
        /// Who looks
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Say that a task is done
    #[command(after_help = "Example:
  caf worklist do 019ab5d0-1c00-7000-8000-000000000001 --by 'C. Okoye, CAF team'")]
    Do {
        id: String,
        /// Who did it
        #[arg(long, value_name = "NAME")]
        by: String,
    },
}

#[derive(Args, Debug)]
pub(super) struct ShowArgs {
    id: String,
    /// Show a family's refusal too: the look is recorded
    #[arg(long, requires = "by")]
    reveal: bool,
    /// Who looks
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

pub(super) async fn run(command: WorklistCommand, common: &Common) -> Result<Output> {
    let index = common.operator()?.registers()?;
    match command {
        WorklistCommand::List { authority } => {
            let query: Vec<_> = authority.iter().map(|id| ("authority", id.as_str())).collect();
            let open: Value = index.get("/worklist", &query).await?;
            let columns = [
                ("id", "/id"),
                ("kind", "/kind"),
                ("about", "/ref"),
                ("authority", "/authority"),
                ("owner", "/owner"),
                ("due", "/dueOn"),
            ];
            let text = listing_or(&open, &columns, "Nothing is open.");
            Ok(Output::new(open, text))
        }
        WorklistCommand::Show(args) => {
            let by = args.by.as_deref().filter(|_| args.reveal);
            let query: Vec<_> = by.map(|by| ("by", by)).into_iter().collect();
            let shown: Value = index.get(&format!("/worklist/{}", args.id), &query).await?;
            let text = object(&shown);
            Ok(Output::new(shown, text))
        }
        WorklistCommand::Refusals { authority, by } => {
            let query = [("authority", authority.as_str()), ("by", by.as_str())];
            let log: Value = index.get("/refusals", &query).await?;
            let each = log.as_array().into_iter().flatten().map(object);
            let text = each.collect::<Vec<_>>().join("\n\n");
            let text = if text.is_empty() { "No refusal is kept.".to_owned() } else { text };
            Ok(Output::new(log, text))
        }
        WorklistCommand::Do { id, by } => {
            let done = index.post(&format!("/worklist/{id}/done"), &[("by", &by)]).await?;
            Ok(Output::new(done, format!("{id} is done.")))
        }
    }
}
