//! `caf asyncapi`

use std::path::PathBuf;

use clap::Args;

use super::output::Output;
use crate::{
    Result,
    asyncapi::{self, Examples},
};

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  caf asyncapi > schemas/asyncapi.json")]
pub(super) struct AsyncApiArgs {
    /// The folder of the contract's examples
    #[arg(long, value_name = "FOLDER", default_value = "schemas/examples")]
    examples: PathBuf,
}

pub(super) fn run(args: &AsyncApiArgs) -> Result<Output> {
    let document = asyncapi::document(&Examples::in_folder(&args.examples))?;
    let text = format!("{document:#}");
    Ok(Output::new(document, text))
}
