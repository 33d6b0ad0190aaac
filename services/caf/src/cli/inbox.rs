//! `caf inbox`

use std::time::Duration;

use clap::Args;
use schemas::AgencyId;
use serde_json::Value;

use super::{
    args::Common,
    message,
    output::{Output, say, table},
};
use crate::{
    Result,
    client::{AgencyClient, Received},
};

/// How long one wait of --follow lasts before it waits again.
const A_WHILE: Duration = Duration::from_mins(1);

#[derive(Args, Debug)]
#[command(
    long_about = "Read an agency's inbox, oldest first.

Without --ack everything stays in place, for the agency's own system. With --ack what was printed is
taken from the inbox for good.",
    after_help = "Examples:
  caf inbox --as beaumont-school
  caf inbox --as beaumont-school --follow
  caf inbox --as beaumont-school --ack --json > messages.json"
)]
pub(super) struct InboxArgs {
    /// The agency, with its own certificate
    #[arg(long = "as", value_name = "AGENCY")]
    agency: AgencyId,
    /// Go on as messages come, until interrupted
    #[arg(long)]
    follow: bool,
    /// Take from the inbox what was printed
    #[arg(long)]
    ack: bool,
    /// At most so many
    #[arg(long, default_value_t = 100, conflicts_with = "follow")]
    limit: usize,
}

pub(super) async fn run(args: InboxArgs, common: &Common) -> Result<Output> {
    let client = AgencyClient::connect(&common.exchange()?, args.agency.as_str()).await?;
    if args.follow {
        follow(&client, &args, common.json).await
    } else {
        list(client, &args, common.json).await
    }
}

async fn list(client: AgencyClient, args: &InboxArgs, as_json: bool) -> Result<Output> {
    let mut peek = client.peek_inbox().await?;
    let mut found = Vec::new();
    while found.len() < args.limit {
        let Some(received) = peek.next().await? else {
            break;
        };
        found.push(received);
    }
    let output = told(&found);
    if args.ack {
        // printed before it is taken: what a person has not seen is never gone
        output.print(as_json);
        for received in &found {
            received.ack().await?;
        }
        peek.close().await?;
        client.close().await?;
        return Ok(Output::silent());
    }
    peek.close().await?;
    client.close().await?;
    Ok(output)
}

fn told(found: &[Received]) -> Output {
    let json: Value = found.iter().map(|received| received.json().clone()).collect();
    if found.is_empty() {
        return Output::new(json, "The inbox is empty.");
    }
    let headers = ["sent", "type", "of", "what it says"];
    Output::new(json, table(&headers, found.iter().map(message::line)))
}

async fn follow(client: &AgencyClient, args: &InboxArgs, as_json: bool) -> Result<Output> {
    let mut reader = client.inbox().await?;
    loop {
        let Some(received) = reader.next(A_WHILE).await? else {
            continue;
        };
        if as_json {
            say(&received.json().to_string());
        } else {
            say(&message::line(&received).join("  "));
        }
        if args.ack {
            received.ack().await?;
        }
    }
}
