//! From the arguments to the exit code.

use std::{error::Error as _, io::Write as _, process::ExitCode};

use clap::{
    Parser as _,
    error::{ContextKind, ContextValue, ErrorKind},
};

use super::{
    agency,
    args::{Cli, Command, Common},
    asyncapi, authority, ca, conform, consent, decide, decisions, definitions, demo, import, inbox, keeper,
    lookup,
    output::{self, Output},
    parked, republish, rules, send, set_aside, status, worklist,
};
use crate::{Error, Result, tls};

/// Runs the program.
#[must_use]
pub async fn run() -> ExitCode {
    tls::install_provider();
    // clap ends the program itself with exit code 2 where the call is wrong
    let Cli { command, common } = Cli::try_parse().unwrap_or_else(|error| unquoted(error).exit());
    match perform(command, &common).await {
        Ok(output) => {
            output.print(common.json);
            ExitCode::from(output.outcome.exit_code())
        }
        Err(error) => {
            complain(&error, common.json);
            ExitCode::from(error.exit_code())
        }
    }
}

/// What was typed may name a child, and what is printed may end in a log: clap's words without it.
fn unquoted(mut error: clap::Error) -> clap::Error {
    let typed = match error.kind() {
        ErrorKind::UnknownArgument => ContextKind::InvalidArg,
        _ => ContextKind::InvalidValue,
    };
    if let Some(ContextValue::String(text)) = error.get(typed)
        && !text.starts_with('-')
    {
        error.insert(typed, ContextValue::String("…".to_owned()));
    }
    error
}

async fn perform(command: Command, common: &Common) -> Result<Output> {
    match command {
        Command::Status => status::run(common).await,
        Command::Agency(command) => agency::run(command, common).await,
        Command::Authority(command) => authority::run(command, common).await,
        Command::Send(args) => send::run(args, common).await,
        Command::Lookup(args) => lookup::run(args, common).await,
        Command::Inbox(args) => inbox::run(args, common).await,
        Command::Import(command) => import::run(command, common).await,
        Command::SetAside(command) => set_aside::run(command, common).await,
        Command::Parked(command) => parked::run(command, common).await,
        Command::Republish(args) => republish::run(&args, common).await,
        Command::Worklist(command) => worklist::run(command, common).await,
        Command::Decisions(command) => decisions::run(command, common).await,
        Command::Consent(command) => consent::run(command, common).await,
        Command::Decide(args) => decide::run(&args, common).await,
        Command::Rules(command) => rules::run(command, common).await,
        Command::Conform(args) => conform::run(&args, common).await,
        Command::Demo(args) => demo::run(&args, common).await,
        Command::Ca(command) => ca::run(command),
        Command::Asyncapi(args) => asyncapi::run(&args),
        Command::Definitions(args) => definitions::run(&args),
        Command::Keeper(command) => keeper::run(command, common).await,
    }
}

/// One sentence, and beneath it what led to it.
fn complain(error: &Error, as_json: bool) {
    let mut causes = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    causes.dedup();
    if as_json {
        let told = serde_json::json!({ "error": error.to_string(), "causes": causes });
        output::say(&format!("{told:#}"));
        return;
    }
    let mut screen = std::io::stderr();
    let _ = writeln!(screen, "caf: {error}");
    for cause in causes {
        let _ = writeln!(screen, "  because: {cause}");
    }
}
