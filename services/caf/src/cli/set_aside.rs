//! `caf set-aside …`

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    args::Common,
    output::{Outcome, Output, listing_or, object, table, text},
};
use crate::{Error, Result, admin::Admin};

#[derive(Debug, Subcommand)]
pub(super) enum SetAsideCommand {
    /// List what could not be processed, with the reason
    #[command(after_help = "Example:\n  caf set-aside list --limit 20")]
    List(ListArgs),
    /// Show one, with the reason; the body only with --reveal
    #[command(after_help = "Examples:
  caf set-aside show 019ab5d0-1c00-7000-8000-000000000001
  caf set-aside show 019ab5d0-1c00-7000-8000-000000000001 --reveal --by 'A. Ndiaye, operator'")]
    Show(ShowArgs),
    /// Process again; the sender gets the final receipt
    #[command(
        after_help = "Examples:\n  caf set-aside replay 019ab5d0-1c00-7000-8000-000000000001\n  caf set-aside replay --all"
    )]
    Replay(EndArgs),
    /// End without processing; the sender gets a receipt that says rejected
    #[command(after_help = "Example:\n  caf set-aside discard 019ab5d0-1c00-7000-8000-000000000001")]
    Discard(EndArgs),
}

#[derive(Args, Debug)]
pub(super) struct Service {
    /// The service that set it aside
    #[arg(long, default_value = "index", value_name = "NAME")]
    service: String,
}

impl Service {
    pub(super) fn admin(&self, common: &Common) -> Result<Admin> {
        common.operator()?.admin(&self.service)
    }
}

#[derive(Args, Debug)]
pub(super) struct ListArgs {
    #[arg(long, default_value_t = 100)]
    limit: u32,
    #[command(flatten)]
    service: Service,
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
    service: Service,
}

#[derive(Args, Debug)]
pub(super) struct EndArgs {
    /// Ids as `caf set-aside list` shows them
    ids: Vec<Uuid>,
    /// Everything that is set aside
    #[arg(long, conflicts_with = "ids")]
    all: bool,
    #[command(flatten)]
    service: Service,
}

pub(super) async fn run(command: SetAsideCommand, common: &Common) -> Result<Output> {
    match command {
        SetAsideCommand::List(args) => list(&args, common).await,
        SetAsideCommand::Show(args) => show(&args, common).await,
        SetAsideCommand::Replay(args) => {
            let admin = args.service.admin(common)?;
            end(&admin, "/set-aside", Verb::Replay, Chosen::of(args.ids, args.all)?).await
        }
        SetAsideCommand::Discard(args) => {
            let admin = args.service.admin(common)?;
            end(&admin, "/set-aside", Verb::Discard, Chosen::of(args.ids, args.all)?).await
        }
    }
}

async fn list(args: &ListArgs, common: &Common) -> Result<Output> {
    let limit = args.limit.to_string();
    let admin = args.service.admin(common)?;
    let rows: Value = admin.get("/set-aside", &[("limit", &limit)]).await?;
    let columns = [
        ("id", "/id"),
        ("set aside at", "/setAsideAt"),
        ("agency", "/agency"),
        ("type", "/type"),
        ("message", "/messageId"),
        ("reason", "/reason"),
        ("attempts", "/attempts"),
    ];
    let text = listing_or(&rows, &columns, "Nothing is set aside.");
    Ok(Output::new(rows, text))
}

async fn show(args: &ShowArgs, common: &Common) -> Result<Output> {
    let admin = args.service.admin(common)?;
    let by = args.by.as_deref().filter(|_| args.reveal);
    let query: Vec<_> = by.map(|by| ("reveal", by)).into_iter().collect();
    let shown: Value = admin.get(&format!("/set-aside/{}", args.id), &query).await?;
    let mut facts = shown.clone();
    let body = facts.as_object_mut().and_then(|fields| fields.remove("body"));
    let mut told = object(&facts);
    if let Some(Value::String(body)) = body {
        told += "\n\n";
        told += &body;
    }
    Ok(Output::new(shown, told))
}

/// Which rows are meant.
#[derive(Debug)]
pub(super) enum Chosen {
    These(Vec<Uuid>),
    All,
}

impl Chosen {
    pub(super) fn of(ids: Vec<Uuid>, all: bool) -> Result<Self> {
        match (ids.is_empty(), all) {
            (_, true) => Ok(Self::All),
            (false, false) => Ok(Self::These(ids)),
            (true, false) => Err(Error::usage("name the ids, or say --all")),
        }
    }

    async fn ids(self, admin: &Admin, place: &str) -> Result<Vec<String>> {
        match self {
            Self::These(ids) => Ok(ids.iter().map(Uuid::to_string).collect()),
            Self::All => {
                let rows: Value = admin.get(place, &[("limit", "10000")]).await?;
                let rows = rows.as_array().cloned().unwrap_or_default();
                Ok(rows.iter().map(|row| text(row, "/id").to_owned()).collect())
            }
        }
    }
}

/// What is done with each.
#[derive(Clone, Copy, Debug)]
pub(super) enum Verb {
    Replay,
    Discard,
}

/// Ends the case of each, one by one; one that cannot be ended keeps no other back.
pub(super) async fn end(admin: &Admin, place: &str, verb: Verb, chosen: Chosen) -> Result<Output> {
    let verb = match verb {
        Verb::Replay => "replay",
        Verb::Discard => "discard",
    };
    let mut told = Vec::new();
    for id in chosen.ids(admin, place).await? {
        match admin.post(&format!("{place}/{id}/{verb}"), &[]).await {
            Ok(answer) => told.push((id, text(&answer, "/state").to_owned())),
            Err(Error::Refused(sentence)) => told.push((id, sentence)),
            Err(error) => return Err(error),
        }
    }
    let ended = ["replayed", "discarded", "waiting-to-be-sent"];
    let all_ended = told.iter().all(|(_, state)| ended.contains(&state.as_str()));
    let json = told.iter().map(|(id, state)| json!({ "id": id, "state": state })).collect();
    let rows = told.into_iter().map(|(id, state)| vec![id, state]);
    let output = Output::new(json, table(&["id", "state"], rows));
    Ok(if all_ended { output } else { output.ended(Outcome::NotAsAsked) })
}
