//! `caf republish`

use clap::Args;
use serde_json::Value;

use super::{
    args::Common,
    output::{Output, listing_or},
};
use crate::Result;

#[derive(Args, Debug)]
#[command(
    long_about = "Have a service tell the others again of all its state.

For a service that was restored from a backup, or begins late. Each state is whole and has a version: whoever listens keeps the
highest, so nothing is harmed by telling it again, and it is safe to repeat. What is told again has higher versions than all that
was told before, so that it holds also against what was told after the backup was taken.",
    after_help = "Examples:
  caf republish index
  caf republish index --type child.changed
  caf republish sharing"
)]
pub(super) struct RepublishArgs {
    /// The service that tells
    service: String,
    /// Of this type alone
    #[arg(long = "type", value_name = "TYPE")]
    of_type: Option<String>,
}

pub(super) async fn run(args: &RepublishArgs, common: &Common) -> Result<Output> {
    let admin = common.operator()?.admin(&args.service)?;
    let query: Vec<(&str, &str)> = args.of_type.iter().map(|name| ("type", name.as_str())).collect();
    let told: Value = admin.post("/republish", &query).await?;
    let text = listing_or(&told, &[("type", "/type"), ("states to be told", "/states")], "Nothing to tell.");
    Ok(Output::new(told, text))
}
