//! `caf parked …`

use clap::{Args, Subcommand};
use serde_json::Value;
use uuid::Uuid;

use super::{
    args::Common,
    output::{Output, listing_or},
    set_aside::{Chosen, Service, Verb, end},
};
use crate::Result;

#[derive(Debug, Subcommand)]
pub(super) enum ParkedCommand {
    /// List what could not be delivered, with the reason
    #[command(after_help = "Example:\n  caf parked list --limit 20")]
    List(ListArgs),
    /// Try to deliver again
    #[command(
        after_help = "Examples:\n  caf parked replay 019ab5d0-1c00-7000-8000-000000000001\n  caf parked replay --all"
    )]
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

#[derive(Args, Debug)]
pub(super) struct EndArgs {
    /// Ids as `caf parked list` shows them
    ids: Vec<Uuid>,
    /// Everything that is parked
    #[arg(long, conflicts_with = "ids")]
    all: bool,
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
        ParkedCommand::Replay(args) => {
            let admin = args.service.admin(common)?;
            end(&admin, "/parked", Verb::Replay, Chosen::of(args.ids, args.all)?).await
        }
        ParkedCommand::Discard(args) => {
            let admin = args.service.admin(common)?;
            end(&admin, "/parked", Verb::Discard, Chosen::of(args.ids, args.all)?).await
        }
    }
}
