//! `caf-index`: wires the index's lanes and routes to the kit.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use index::admin::{self, Desk};
use index::handlers::{Events, Queries, Statements, Timers};
use index::store::publication::Publication;
use kit::config::Config;
use kit::database::{Tables, migrate};
use kit::program::{self, Migrate};
use kit::service::Service;
use schemas::catalogue::Lane;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

const TABLES: Tables = Tables {
    schema: "index",
    role: "svc_index",
    migrations: &MIGRATIONS,
    append_only: &["decision", "decision_record", "decision_reveal", "refusal_reveal", "access_notice"],
};

#[tokio::main]
async fn main() -> ExitCode {
    let about = "The index of the CAF Exchange: who works with a child, is there a CAF, who leads.";
    program::main("caf-index", about, run, bring_up_to_date).await
}

async fn run(config: PathBuf) -> Result<(), Box<dyn Error>> {
    let (service, seam) = Service::prepare("index", "svc-index", &config, TABLES)?;
    let queries = Queries::new(seam.clock.clone(), Arc::clone(&seam.sealer));
    let timers = Timers::new(seam.clock.clone());
    let publication = Publication::new(Arc::clone(&seam.sealer));
    let desk = Desk { db: seam.db, clock: seam.clock.clone(), sealer: seam.sealer };
    service
        .lane(Lane::Statements, Statements::new(seam.clock))?
        .lane(Lane::Queries, queries)?
        .answers_unrouted()?
        .timers(timers)?
        .states(publication)?
        .events(Events)?
        .admin(admin::router(desk))
        .certificates(|db| Box::pin(index::store::agency::first_certificate_end(db)))
        .run()
        .await?;
    Ok(())
}

/// The configuration is read too, so that a mistake in it shows before the service starts.
async fn bring_up_to_date(given: Migrate) -> Result<(), Box<dyn Error>> {
    Config::read(&given.config)?;
    migrate(&given.owner_url_file, &TABLES).await?;
    Ok(())
}
