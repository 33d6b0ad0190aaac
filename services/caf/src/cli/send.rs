//! `caf send`

use std::{
    io::Read as _,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use schemas::{AgencyId, Subject};
use serde_json::{Map, Value, json};

use super::{
    args::Common,
    message,
    output::{Outcome, Output},
};
use crate::{
    Error, Result, atomic_file,
    client::{AgencyClient, Outgoing, TypeName},
};

#[derive(Args, Debug)]
#[command(
    long_about = "Send a message as an agency and wait for its receipt.

The file holds a whole message, or only its data with --type (and --subject). What is missing of the
envelope (id, source, time, …) is filled in; what stands there stays, so that sending the same file
again with its id is the same message.

The receipt is taken from the inbox; everything else there stays in place. An agency's own system that
reads the same inbox may take the receipt first: then use --no-wait.",
    after_help = "Examples:
  caf send --as beaumont-school notice.json
  caf send --as beaumont-school --type caf.started --subject local:p-1042 data.json
  echo '{…}' | caf send --as willow-nursery --type practitioner.recorded -"
)]
pub(super) struct SendArgs {
    /// The agency, with its own certificate
    #[arg(long = "as", value_name = "AGENCY")]
    agency: AgencyId,
    /// The type of message, where the file holds its data only
    #[arg(long = "type", value_name = "TYPE")]
    message_type: Option<String>,
    /// The child, where the file holds data only
    #[arg(long, value_name = "local:ID|child:UUID", requires = "message_type")]
    subject: Option<Subject>,
    /// Seconds to wait for the receipt
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    wait: u64,
    /// Do not wait for the receipt
    #[arg(long, conflicts_with = "wait")]
    no_wait: bool,
    /// JSON; - for standard input
    file: PathBuf,
}

pub(super) async fn run(args: SendArgs, common: &Common) -> Result<Output> {
    let message = compose(&args)?;
    let client = AgencyClient::connect(&common.exchange()?, args.agency.as_str()).await?;
    if args.no_wait {
        client.publish(&message).await?;
        client.close().await?;
        return Ok(Output::new(
            json!({ "id": message.id(), "sent": true }),
            format!("Sent: {}", message.id()),
        ));
    }
    deliver(client, &message, args.wait).await
}

/// Sends, waits, and tells what came.
pub(super) async fn deliver(client: AgencyClient, message: &Outgoing, wait: u64) -> Result<Output> {
    let came = client.ask(message, Duration::from_secs(wait)).await?;
    client.close().await?;
    Ok(match came {
        Some(received) => Output::new(received.json().clone(), message::reply(&received))
            .ended(message::outcome(received.json())),
        None => Output::new(
            json!({ "id": message.id(), "sent": true, "reply": null }),
            format!(
                "The exchange has the message {} and will not lose it, but no reply came within {wait} s. It will come; see `caf inbox` or `caf status`.",
                message.id()
            ),
        )
        .ended(Outcome::Unreachable),
    })
}

fn compose(args: &SendArgs) -> Result<Outgoing> {
    let written = read(&args.file)?;
    let agency = args.agency.as_str();
    match &args.message_type {
        None => Outgoing::complete(agency, written),
        Some(_) if written.contains_key("specversion") => {
            Err(Error::usage("the file holds a whole message; leave --type and --subject out"))
        }
        Some(name) => {
            let subject = args.subject.as_ref().map(Subject::to_string);
            let data = Value::Object(written);
            Ok(Outgoing::new(agency, TypeName::parse(name)?, subject.as_deref(), data))
        }
    }
}

/// A file's JSON object.
pub(super) fn read(file: &Path) -> Result<Map<String, Value>> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        let read = std::io::stdin().read_to_string(&mut text);
        read.map_err(|cause| Error::reading(file, cause))?;
        text
    } else {
        atomic_file::read(file)?
    };
    // the cause names line and column, never what stands there
    serde_json::from_str(&text).map_err(|cause| {
        Error::usage(format!(
            "{} does not hold a JSON object (line {}, column {})",
            file.display(),
            cause.line(),
            cause.column()
        ))
    })
}
