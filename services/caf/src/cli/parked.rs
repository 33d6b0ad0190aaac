//! `caf parked …`

use clap::Subcommand;

use super::{
    args::Common,
    ending::{EndArgs, ListArgs, Place, Verb, end, groups, list},
    output::Output,
    services::Services,
};
use crate::Result;

#[derive(Debug, Subcommand)]
pub(super) enum ParkedCommand {
    /// List what could not be delivered, with the reason
    #[command(after_help = "Example:\n  caf parked list --limit 20")]
    List(ListArgs),
    /// How many wait for which cause: reason, type and agency
    #[command(after_help = "Example:\n  caf parked groups")]
    Groups(Services),
    /// Try to deliver again
    #[command(after_help = "Examples:\n  caf parked replay 019ab5d0-1c00-7000-8000-000000000001
  caf parked replay --reason returned --agency beaumont-school
  caf parked replay --all")]
    Replay(EndArgs),
    /// Give up; nobody gets the message
    #[command(after_help = "Example:\n  caf parked discard 019ab5d0-1c00-7000-8000-000000000001")]
    Discard(EndArgs),
}

pub(super) async fn run(command: ParkedCommand, common: &Common) -> Result<Output> {
    match command {
        ParkedCommand::List(args) => {
            let columns = [
                ("id", "/id"),
                ("service", "/service"),
                ("parked at", "/parkedAt"),
                ("destination", "/destination"),
                ("type", "/type"),
                ("reason", "/reason"),
            ];
            list(Place::Parked, &args, &columns, common).await
        }
        ParkedCommand::Groups(services) => groups(Place::Parked, &services, common).await,
        ParkedCommand::Replay(args) => end(Place::Parked, Verb::Replay, args, common).await,
        ParkedCommand::Discard(args) => end(Place::Parked, Verb::Discard, args, common).await,
    }
}
