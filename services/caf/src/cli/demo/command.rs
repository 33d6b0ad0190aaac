//! The command: who plays, and how it ended.

use clap::Args;
use schemas::{AgencyId, AuthorityId};
use serde_json::json;

use super::{super::output::Outcome, super::output::Output, cast::Cast, story, teller::Teller};
use crate::{Result, cli::args::Common, client::AgencyClient, clock};

#[derive(Args, Debug)]
#[command(
    long_about = "Play the main job with invented children, marked synthetic, through real messages; each
agency uses its own certificate. Tells what is sent and what comes back, and ends with exit code 1 if
anything was not as it should be. Safe to run again and again.",
    after_help = "Examples:\n  caf demo\n  caf demo --json"
)]
pub(in crate::cli) struct DemoArgs {
    /// The school
    #[arg(long, default_value = "beaumont-school", value_name = "AGENCY")]
    school: AgencyId,
    /// The agency that looks up
    #[arg(long, default_value = "castle-health-visiting", value_name = "AGENCY")]
    health: AgencyId,
    /// The sensitive service
    #[arg(long, default_value = "oakfield-clinic", value_name = "AGENCY")]
    clinic: AgencyId,
    /// The council area
    #[arg(long, default_value = "borough", value_name = "ID")]
    authority: AuthorityId,
}

pub(in crate::cli) async fn run(args: &DemoArgs, common: &Common) -> Result<Output> {
    let exchange = common.exchange()?;
    let mut teller = Teller::new(common.json);
    let cast = Cast {
        authority: &args.authority,
        operator: common.operator()?,
        school: AgencyClient::connect(&exchange, args.school.as_str()).await?,
        health: AgencyClient::connect(&exchange, args.health.as_str()).await?,
        clinic: AgencyClient::connect(&exchange, args.clinic.as_str()).await?,
        today: clock::day(clock::now()),
    };
    story::play(&cast, &mut teller).await?;
    cast.leave().await?;
    let wrong = teller.not_as_they_should_be();
    let ending = if wrong.is_empty() {
        "Everything was as it should be.".to_owned()
    } else {
        format!("Not as it should be:\n  {}", wrong.join("\n  "))
    };
    let outcome = if wrong.is_empty() { Outcome::AsAsked } else { Outcome::NotAsAsked };
    let json = json!({ "asItShouldBe": wrong.is_empty(), "steps": teller.steps() });
    Ok(Output::new(json, format!("\n{ending}")).ended(outcome))
}
