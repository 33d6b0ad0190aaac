//! `caf decide --explain`

use std::path::PathBuf;

use clap::Args;
use schemas::AgencyId;
use serde_json::{Value, json};

use super::{
    args::Common,
    decisions::{parts, policies},
    output::{Outcome, Output, listing, plain, text},
    send,
};
use crate::{Error, Result, client::Outgoing};

#[derive(Args, Debug)]
#[command(
    long_about = "Show what would be decided of a share.requested or share.offered: each recipient, each part, the policies
with their words and the paragraphs that they rest on. Nothing is sent and nothing is recorded.

What is missing of the envelope (id, source, time, …) is filled in.",
    after_help = "Examples:
  caf decide --explain request.json
  caf decide --explain offer.json --as beaumont-school --json"
)]
pub(super) struct DecideArgs {
    /// The message as JSON; - for standard input
    #[arg(long, value_name = "FILE")]
    explain: PathBuf,
    /// The agency that would send it, where the file does not say
    #[arg(long = "as", value_name = "AGENCY")]
    agency: Option<AgencyId>,
}

pub(super) async fn run(args: &DecideArgs, common: &Common) -> Result<Output> {
    let written = send::read(&args.explain)?;
    let source = written.get("source").and_then(Value::as_str);
    let agency = source.or(args.agency.as_ref().map(AgencyId::as_str));
    let agency =
        agency.ok_or_else(|| Error::usage("say which agency would send it: --as AGENCY"))?.to_owned();
    let message = Outgoing::complete(&agency, written)?;
    let asked = json!({ "message": message.envelope() });
    let told = common.operator()?.sharing()?.put_to("/decide", &asked).await?;
    if let Some(rejected) = told.get("rejected") {
        let sentence = format!(
            "It would be rejected: {}\n\n{}",
            text(rejected, "/code"),
            listing(&rejected["pointers"], &[("at", "/at"), ("problem", "/problem")])
        );
        return Ok(Output::new(told, sentence).ended(Outcome::NotAsAsked));
    }
    let mut said: Vec<String> = told["decisions"].as_array().into_iter().flatten().map(one).collect();
    said.push(policies(&told));
    Ok(Output::new(told, said.join("\n\n")))
}

fn one(decision: &Value) -> String {
    let to = match text(decision, "/recipientPractitioner") {
        "" => "its duty desk",
        practitioner => practitioner,
    };
    let holder = match text(decision, "/holder") {
        "" => "nobody whom the asker may know of",
        holder => holder,
    };
    format!(
        "From {holder} to {}, {to}, for {}: {}\n{}",
        plain(&decision["recipient"]),
        text(decision, "/purpose"),
        text(decision, "/outcome"),
        parts(decision)
    )
}
