//! `caf set-aside …`

use clap::{Args, Subcommand};
use serde_json::Value;
use uuid::Uuid;

use super::{
    args::Common,
    ending::{EndArgs, ListArgs, Place, Verb, end, groups, list},
    output::{Output, object},
    services::{Services, whoever_has},
};
use crate::Result;

#[derive(Debug, Subcommand)]
pub(super) enum SetAsideCommand {
    /// List what could not be processed, with the reason
    #[command(after_help = "Example:\n  caf set-aside list --limit 20")]
    List(ListArgs),
    /// How many wait for which cause: reason, type and agency
    #[command(after_help = "Example:\n  caf set-aside groups")]
    Groups(Services),
    /// Show one, with the reason; the body only with --reveal
    #[command(after_help = "Examples:
  caf set-aside show 019ab5d0-1c00-7000-8000-000000000001
  caf set-aside show 019ab5d0-1c00-7000-8000-000000000001 --reveal --by 'A. Ndiaye, operator'")]
    Show(ShowArgs),
    /// Process again; the sender gets the final receipt
    #[command(after_help = "Examples:\n  caf set-aside replay 019ab5d0-1c00-7000-8000-000000000001
  caf set-aside replay --reason retries-exhausted
  caf set-aside replay --all

May be interrupted: the same command goes on with the rest.")]
    Replay(EndArgs),
    /// End without processing; the sender gets a receipt that says rejected
    #[command(after_help = "Examples:\n  caf set-aside discard 019ab5d0-1c00-7000-8000-000000000001
  caf set-aside discard --reason data-error --type caf.started --agency beaumont-school")]
    Discard(EndArgs),
}

#[derive(Args, Debug)]
pub(super) struct ShowArgs {
    id: Uuid,
    /// Show the body too: it is case content, and the look is recorded
    #[arg(long, requires = "by")]
    reveal: bool,
    /// Who looks
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    #[command(flatten)]
    services: Services,
}

pub(super) async fn run(command: SetAsideCommand, common: &Common) -> Result<Output> {
    match command {
        SetAsideCommand::List(args) => {
            let columns = [
                ("id", "/id"),
                ("service", "/service"),
                ("set aside at", "/setAsideAt"),
                ("agency", "/agency"),
                ("type", "/type"),
                ("message", "/messageId"),
                ("reason", "/reason"),
                ("attempts", "/attempts"),
            ];
            list(Place::SetAside, &args, &columns, common).await
        }
        SetAsideCommand::Show(args) => show(&args, common).await,
        SetAsideCommand::Groups(services) => groups(Place::SetAside, &services, common).await,
        SetAsideCommand::Replay(args) => end(Place::SetAside, Verb::Replay, args, common).await,
        SetAsideCommand::Discard(args) => end(Place::SetAside, Verb::Discard, args, common).await,
    }
}

async fn show(args: &ShowArgs, common: &Common) -> Result<Output> {
    let admins = args.services.admins(common)?;
    let by = args.by.as_deref().filter(|_| args.reveal);
    let query: Vec<_> = by.map(|by| ("reveal", by)).into_iter().collect();
    let path = format!("/set-aside/{}", args.id);
    let shown: Value = whoever_has(&admins, async |admin| admin.get(&path, &query).await).await?;
    let mut facts = shown.clone();
    let body = facts.as_object_mut().and_then(|fields| fields.remove("body"));
    let mut told = object(&facts);
    if let Some(Value::String(body)) = body {
        told += "\n\n";
        told += &body;
    }
    Ok(Output::new(shown, told))
}
