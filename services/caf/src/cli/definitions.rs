//! `caf definitions`

use std::path::PathBuf;

use clap::Args;

use super::output::Output;
use crate::{Error, Result, atomic_file, definitions};

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  caf definitions --vhost caf > deploy/rabbitmq/definitions.json
  caf definitions --vhost caf --operator-password-file operator-password > operator.json")]
pub(super) struct DefinitionsArgs {
    /// The virtual host they are for
    #[arg(long, default_value = "caf")]
    vhost: String,
    /// Print instead the management user `operator` with the password in this file
    #[arg(long, value_name = "FILE")]
    operator_password_file: Option<PathBuf>,
}

pub(super) fn run(args: &DefinitionsArgs) -> Result<Output> {
    let document = match &args.operator_password_file {
        None => definitions::document(&args.vhost),
        Some(file) => {
            let password = atomic_file::read(file)?;
            let password = password.trim_end();
            if password.is_empty() {
                return Err(Error::usage(format!("{} is empty", file.display())));
            }
            definitions::operator(&args.vhost, password)?
        }
    };
    let text = format!("{document:#}");
    Ok(Output::new(document, text))
}
