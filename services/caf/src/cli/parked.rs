//! `caf parked …`

use clap::{Args, Subcommand};
use serde_json::Value;

use super::{
    args::Common,
    ending::{EndArgs, Place, Service, Verb, end, groups},
    output::{Output, listing_or},
};
use crate::Result;

#[derive(Debug, Subcommand)]
pub(super) enum ParkedCommand {
    /// List what could not be delivered, with the reason
    #[command(after_help = "Example:\n  caf parked list --limit 20")]
    List(ListArgs),
    /// How many wait for which cause: reason, type and agency
    #[command(after_help = "Example:\n  caf parked groups")]
    Groups(Service),
    /// Try to deliver again
    #[command(after_help = "Examples:\n  caf parked replay 019ab5d0-1c00-7000-8000-000000000001
  caf parked replay --reason returned --agency beaumont-school
  caf parked replay --all")]
    Replay(EndArgs),
    /// Give up; nobody gets the message
    #[command(after_help = "Example:\n  caf parked discard 019ab5d0-1c00-7000-8000-000000000001")]
    Discard(EndArgs),
}

#[derive(Args, Debug)]
pub(super) struct ListArgs {
    #[arg(long, default_value_t = 100)]
    limit: u32,
    #[command(flatten)]
    service: Service,
}

pub(super) async fn run(command: ParkedCommand, common: &Common) -> Result<Output> {
    match command {
        ParkedCommand::List(args) => {
            let admin = args.service.admin(common)?;
            let limit = args.limit.to_string();
            let parked: Value = admin.get("/parked", &[("limit", &limit)]).await?;
            let columns = [
                ("id", "/id"),
                ("parked at", "/parkedAt"),
                ("destination", "/destination"),
                ("type", "/type"),
                ("reason", "/reason"),
            ];
            let text = listing_or(&parked, &columns, "Nothing is parked.");
            Ok(Output::new(parked, text))
        }
        ParkedCommand::Groups(service) => groups(Place::Parked, &service, common).await,
        ParkedCommand::Replay(args) => end(Place::Parked, Verb::Replay, args, common).await,
        ParkedCommand::Discard(args) => end(Place::Parked, Verb::Discard, args, common).await,
    }
}
