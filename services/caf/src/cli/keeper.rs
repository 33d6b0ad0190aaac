//! `caf keeper …`

use std::time::Duration;

use clap::Subcommand;
use serde_json::json;
use tokio::{
    signal::unix::{SignalKind, signal},
    time::sleep,
};

use super::{
    args::Common,
    output::{Output, say, warn},
};
use crate::{Error, Result, agency, ca::Ca, clock, keeper, operator::Operator};

/// A revoked certificate's open connection lives this long at most.
const EVERY: Duration = Duration::from_secs(5);

#[derive(Debug, Subcommand)]
pub(super) enum KeeperCommand {
    /// Keep on, every five seconds, until told to stop
    #[command(after_help = "Example:\n  caf keeper run --operator .local/operator.json")]
    Run,
    /// Once: the revocation list if it is due, two sweeps, and the dates for the work list (takes 6 seconds)
    #[command(after_help = "Example:\n  caf keeper once")]
    Once,
}

pub(super) async fn run(command: KeeperCommand, common: &Common) -> Result<Output> {
    let operator = common.operator()?;
    let ca = operator.ca()?;
    match command {
        KeeperCommand::Run => keep(&operator, &ca).await,
        KeeperCommand::Once => {
            let closed = keeper::enforce(&operator.management, &ca).await?;
            agency::tell_register(&operator, &ca).await?;
            let users: Vec<_> = closed.iter().map(|open| open.user.as_str()).collect();
            Ok(Output::new(json!({ "closed": users }), format!("connections closed: {}", users.len())))
        }
    }
}

async fn keep(operator: &Operator, ca: &Ca) -> Result<Output> {
    let mut terminate = signal(SignalKind::terminate())
        .map_err(|cause| Error::failed("this system sends no signals", cause))?;
    let mut interrupt = signal(SignalKind::interrupt())
        .map_err(|cause| Error::failed("this system sends no signals", cause))?;
    let mut told = None;
    say(&format!("{} keeper started", clock::rfc3339(clock::now())));
    loop {
        // the list first: it needs no broker, and without it the broker lets nobody in
        let trouble = match round(operator, ca).await {
            Ok(()) => None,
            Err(error) => Some(error.to_string()),
        };
        if trouble != told {
            match &trouble {
                Some(sentence) => warn(sentence),
                None => say(&format!("{} all is well again", clock::rfc3339(clock::now()))),
            }
            told = trouble;
        }
        tokio::select! {
            () = sleep(EVERY) => (),
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        }
    }
    Ok(Output::new(json!({ "stopped": true }), "stopped"))
}

async fn round(operator: &Operator, ca: &Ca) -> Result<()> {
    if keeper::renew_list(ca)? {
        say(&format!("{} revocation list written", clock::rfc3339(clock::now())));
    }
    for connection in keeper::sweep(&operator.management, ca).await? {
        say(&format!(
            "{} closed a connection of {} ({})",
            clock::rfc3339(clock::now()),
            connection.user,
            connection.certificate_number().unwrap_or_default(),
        ));
    }
    // last: it needs the index, and nobody is let in or kept out by it
    agency::tell_register(operator, ca).await.map(drop)
}
