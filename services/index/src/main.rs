//! `caf-index`: wires the index's lanes and routes to the kit.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use index::admin::{self, Desk};
use index::handlers::{Queries, Statements, Timers};
use kit::config::Config;
use kit::database::{Tables, migrate};
use kit::service::Service;
use schemas::catalogue::Lane;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

const TABLES: Tables = Tables {
    schema: "index",
    role: "svc_index",
    migrations: &MIGRATIONS,
    append_only: &["decision", "decision_record", "decision_reveal", "refusal_reveal", "access_notice"],
};

/// The index of the CAF Exchange: who works with a child, is there a CAF, who leads.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  caf-index migrate --config index.toml --owner-url-file owner-url
  caf-index run --config index.toml";

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the service until SIGTERM
    Run {
        /// The configuration file (TOML)
        #[arg(long)]
        config: PathBuf,
    },
    /// Brings the tables up to date, as their owner
    Migrate {
        /// The configuration file (TOML)
        #[arg(long)]
        config: PathBuf,
        /// A file that holds the postgres:// URL of the tables' owner
        #[arg(long)]
        owner_url_file: PathBuf,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match start(Arguments::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

async fn start(command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::Run { config } => {
            let (service, seam) = Service::prepare("index", "svc-index", &config, TABLES)?;
            let queries = Queries::new(seam.clock.clone(), Arc::clone(&seam.sealer));
            let timers = Timers::new(seam.clock.clone());
            let desk = Desk { db: seam.db, clock: seam.clock.clone(), sealer: seam.sealer };
            service
                .lane(Lane::Statements, Statements::new(seam.clock))?
                .lane(Lane::Queries, queries)?
                .answers_unrouted()?
                .timers(timers)?
                .admin(admin::router(desk))
                .certificates(|db| Box::pin(index::store::agency::first_certificate_end(db)))
                .run()
                .await?;
        }
        // The configuration is read too, so that a mistake in it shows before the service starts.
        Command::Migrate { config, owner_url_file } => {
            Config::read(&config)?;
            migrate(&owner_url_file, &TABLES).await?;
        }
    }
    Ok(())
}

fn report(error: &dyn Error) {
    let mut causes = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    eprintln!("caf-index: {}", causes.join(": "));
}
