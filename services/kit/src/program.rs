//! What every service's program is on the command line: it runs, or it brings its tables up to date.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the service until SIGTERM
    Run {
        /// The configuration file (TOML)
        #[arg(long)]
        config: PathBuf,
    },
    /// Brings the tables up to date, as their owner
    Migrate(Migrate),
}

/// What `migrate` is given.
#[derive(Debug, Args)]
pub struct Migrate {
    /// The configuration file (TOML)
    #[arg(long)]
    pub config: PathBuf,
    /// A file that holds the postgres:// URL of the tables' owner
    #[arg(long)]
    pub owner_url_file: PathBuf,
}

/// Reads the command line and does as it says; what goes wrong is told with its causes.
pub async fn main(
    name: &'static str,
    about: &'static str,
    run: impl AsyncFnOnce(PathBuf) -> Result<(), Box<dyn Error>>,
    migrate: impl AsyncFnOnce(Migrate) -> Result<(), Box<dyn Error>>,
) -> ExitCode {
    let examples = format!(
        "Examples:\n  {name} migrate --config {name}.toml --owner-url-file owner-url\n  {name} run --config {name}.toml"
    );
    let given = Arguments::command().name(name).about(about).after_help(examples).get_matches();
    let done = match Arguments::from_arg_matches(&given) {
        Ok(Arguments { command: Command::Run { config } }) => run(config).await,
        Ok(Arguments { command: Command::Migrate(given) }) => migrate(given).await,
        // What clap took it gives.
        Err(error) => error.exit(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(name, error.as_ref());
            ExitCode::FAILURE
        }
    }
}

fn report(name: &str, error: &dyn Error) {
    let mut causes = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    eprintln!("{name}: {}", causes.join(": "));
}
