//! `caf conform`

use std::time::Duration;

use clap::Args;
use schemas::AgencyId;
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::{
    args::Common,
    output::{Outcome, Output, say, table},
};
use crate::{
    Result,
    conform::{Heard, Listening, SCRIPT},
};

/// How often is looked.
const EVERY: Duration = Duration::from_secs(1);

/// So old may the broker's counts of what waits in a queue be: what is good is looked at once more.
const STALE: Duration = Duration::from_secs(6);

#[derive(Args, Debug)]
#[command(
    long_about = "See whether an agency's own system keeps to the contract.

A short series is asked of the agency's system, in order, and it is sent two reminders that it did not ask for. What it got right
is told point by point. What comes to its inbox is seen as copies, nothing is taken from it, and its answers are not read. With an
invented child (synthetic true) it can be done in a live exchange. All points met: exit code 0.",
    after_help = "Examples:
  caf conform willow-nursery
  caf conform willow-nursery --wait 60 --json"
)]
pub(super) struct ConformArgs {
    agency: AgencyId,
    /// Seconds that the agency's system has for it
    #[arg(long, value_name = "SECONDS", default_value_t = 1800)]
    wait: u64,
}

pub(super) async fn run(args: &ConformArgs, common: &Common) -> Result<Output> {
    let operator = common.operator()?;
    let mut listening = Listening::begin(&operator, &args.agency).await?;
    if !common.json {
        let asked = SCRIPT.iter().enumerate().map(|(n, point)| format!("  {}. {}", n + 1, point.ask));
        let asked = asked.collect::<Vec<_>>().join("\n");
        say(&format!("Now have the system of {} do this, in order:\n{asked}\n", args.agency));
    }
    let heard = listen(&mut listening, Duration::from_secs(args.wait)).await;
    listening.end().await?;
    Ok(told(&args.agency, &heard?))
}

/// Until all points are met, or the time is over.
async fn listen(listening: &mut Listening<'_>, wait: Duration) -> Result<Heard> {
    let end = Instant::now() + wait;
    loop {
        let heard = listening.look().await?.clone();
        if Instant::now() >= end {
            return Ok(heard);
        }
        if conforms(&heard) {
            sleep(STALE).await;
            let heard = listening.look().await?;
            if conforms(heard) {
                return Ok(heard.clone());
            }
        }
        sleep(EVERY).await;
    }
}

fn conforms(heard: &Heard) -> bool {
    SCRIPT.iter().all(|point| point.is_met(heard))
}

fn told(agency: &AgencyId, heard: &Heard) -> Output {
    let points: Vec<_> = SCRIPT.iter().map(|point| (point, point.is_met(heard))).collect();
    let all = conforms(heard);
    let json = points.iter().map(|(point, met)| json!({ "point": point.name, "met": met }));
    let json = json!({ "agency": agency, "conforms": all, "points": json.collect::<Vec<_>>() });
    let rows = points.iter().map(|(point, met)| {
        let (mark, ask) = if *met { ("met", "") } else { ("MISSING", point.ask) };
        vec![mark.to_owned(), point.name.to_owned(), ask.to_owned()]
    });
    let output = Output::new(json, table(&["", "point", "asked for"], rows));
    if all { output } else { output.ended(Outcome::NotAsAsked) }
}
