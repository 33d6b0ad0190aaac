//! `caf-sharing`: wires the lanes and routes of sharing to the kit.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use deciding::Current;
use kit::config::Config;
use kit::database::{Tables, migrate};
use kit::program::{self, Migrate};
use kit::service::Service;
use schemas::catalogue::Lane;
use sharing::admin::{self, Desk};
use sharing::config::Own;
use sharing::handlers::{Sharing, States, Timers};
use sharing::keys::{self, ChildKeys};
use sharing::policies::Policies;
use sharing::store::publication::Publication;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

const TABLES: Tables = Tables {
    schema: "sharing",
    role: "svc_sharing",
    migrations: &MIGRATIONS,
    append_only: &[
        "consent_statement",
        "consent_asked",
        "consent_confirmed",
        "consent_told",
        "advice",
        "consent_reveal",
        "decision",
        "decision_reveal",
        "family_copy",
        "recall",
        "rule_set",
        "text_reveal",
        "withdrawal",
    ],
};

#[tokio::main]
async fn main() -> ExitCode {
    let about =
        "Sharing in the CAF Exchange: consent, the one door, and a recorded decision for every share.";
    program::main("caf-sharing", about, run, bring_up_to_date).await
}

async fn run(config: PathBuf) -> Result<(), Box<dyn Error>> {
    let (service, seam) = Service::prepare("sharing", "svc-sharing", &config, TABLES)?;
    let own = Own::of(&seam.own)?;
    let rules = Arc::new(Current::load(own.policies)?);
    let keys = Arc::new(ChildKeys::new(&own.keys_url_file, Arc::clone(&seam.sealer))?);
    let lane =
        || Sharing::new(seam.clock.clone(), Arc::clone(&seam.sealer), Arc::clone(&keys), Arc::clone(&rules));
    let timers =
        Timers::new(seam.clock.clone(), Arc::clone(&seam.sealer), Arc::clone(&keys), Arc::clone(&rules));
    let policies = Arc::new(Policies::new(Arc::clone(&rules)));
    let desk = Desk {
        db: seam.db.clone(),
        clock: seam.clock.clone(),
        sealer: Arc::clone(&seam.sealer),
        keys: Arc::clone(&keys),
        policies: Arc::clone(&policies),
        sharing: Arc::new(lane()),
    };
    tokio::spawn(policies.watch());
    service
        .lane(Lane::Statements, lane())?
        .lane(Lane::Queries, lane())?
        .events(States)?
        .timers(timers)?
        .states(Publication)?
        .admin(admin::router(desk))
        .run()
        .await?;
    Ok(())
}

/// The tables, and those of the children's keys in their own database. The configuration is read too, so that
/// a mistake in it shows before the service starts.
async fn bring_up_to_date(given: Migrate) -> Result<(), Box<dyn Error>> {
    let own = Own::of(&Config::read(&given.config)?.service)?;
    migrate(&given.owner_url_file, &TABLES).await?;
    keys::migrate(&given.owner_url_file, &own.keys_url_file).await?;
    Ok(())
}
