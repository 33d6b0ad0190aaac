//! The start-up and the end of a service, the same for all: configuration, keys, database,
//! lanes, background rounds, HTTP, SIGTERM.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::future::BoxFuture;
use schemas::catalogue::Lane as LaneName;
use sqlx::PgPool;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::admin::Replays;
use crate::batch::{Engine, Process};
use crate::certificate::EndOfOthers;
use crate::clock::Clock;
use crate::config::Config;
use crate::consume;
use crate::context::{Context, Stop};
use crate::database::{Tables, Use, pool};
use crate::events::{Keeper, StateHandler};
use crate::handler::Handler;
use crate::intake::Expects;
use crate::lane::Lane;
use crate::metrics::Metrics;
use crate::no_handler::NoHandler;
use crate::publication::{Publication, StateSource};
use crate::publisher::{Link, Publisher};
use crate::relay::Relay;
use crate::seal::Sealer;
pub use crate::start_error::StartError;
use crate::timers::{Round, Timers};
use crate::{admin, certificate, http, put_off, telemetry};

/// After SIGTERM a batch in flight has so long to finish.
const STOPPING: Duration = Duration::from_secs(20);

/// What a service's own code gets to work with.
#[derive(Debug)]
pub struct Seam {
    /// For admin routes; each lane has its own pool besides.
    pub db: PgPool,
    pub clock: Clock,
    pub sealer: Arc<Sealer>,
    /// The section `[service]` of the configuration.
    pub own: toml::Table,
}

/// A service, as its `main` describes it.
#[expect(missing_debug_implementations, reason = "holds keys and rules")]
pub struct Service {
    context: Arc<Context>,
    tables: Tables,
    db: PgPool,
    link: Arc<Link>,
    lanes: Vec<Lane>,
    rounds: Vec<RunRound>,
    admin: axum::Router,
    others: Option<EndOfOthers>,
}

/// A background round, whatever its types.
type RunRound = Box<dyn FnOnce(Stop) -> BoxFuture<'static, ()> + Send>;

impl Service {
    /// Reads the configuration and the keys. `user` is `svc-` and `name`.
    ///
    /// # Errors
    /// When the configuration or a file that it names cannot be used.
    pub fn prepare(
        name: &'static str,
        user: &'static str,
        config: &Path,
        tables: Tables,
    ) -> Result<(Self, Seam), StartError> {
        let config = Config::read(config)?;
        // An error means that it was installed before.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        telemetry::start(user, &config.telemetry)?;
        let sealer = Arc::new(Sealer::from_file(&config.keys.master_key_file)?);
        let clock = config.test.as_ref().map_or_else(Clock::default, |test| Clock::starting_at(test.now));
        let db = pool(&config, tables.schema, 4, Use::Background)?;
        let context = Arc::new(Context {
            name,
            user,
            config,
            clock: clock.clone(),
            sealer: Arc::clone(&sealer),
            metrics: Metrics::default(),
            certificate_renewed: Notify::new(),
            http_address: OnceLock::new(),
            db: db.clone(),
        });
        let seam = Seam { db: db.clone(), clock, sealer, own: context.config.service.clone() };
        let service = Self {
            context,
            tables,
            db,
            link: Arc::new(Link::default()),
            lanes: Vec::new(),
            rounds: Vec::new(),
            admin: axum::Router::new(),
            others: None,
        };
        Ok((service, seam))
    }

    /// Adds the lane `name` with its rules: its own queue, consumer and pool.
    ///
    /// # Errors
    /// When the database's URL cannot be read.
    pub fn lane<H: Handler>(mut self, name: LaneName, handler: H) -> Result<Self, StartError> {
        let queue = format!("{}.{}", self.context.name, name.as_str());
        let lane = self.new_lane(queue, Expects::Lane(self.context.name, name), handler)?;
        self.lanes.push(lane);
        Ok(self)
    }

    /// Answers what no queue is bound for: one service of the exchange does.
    ///
    /// # Errors
    /// When the database's URL cannot be read.
    pub fn answers_unrouted(mut self) -> Result<Self, StartError> {
        let lane = self.new_lane("unrouted".to_owned(), Expects::Unrouted, NoHandler)?;
        self.lanes.push(lane);
        Ok(self)
    }

    /// Adds the rules of the service's due work, with a connection of its own.
    ///
    /// # Errors
    /// When the database's URL cannot be read.
    pub fn timers<T: Timers>(mut self, timers: T) -> Result<Self, StartError> {
        let db = pool(&self.context.config, self.tables.schema, 1, Use::Background)?;
        let relay = self.new_relay()?;
        let round = Round { context: Arc::clone(&self.context), db, relay, timers };
        self.rounds.push(Box::new(move |stop| Box::pin(round.run(stop))));
        Ok(self)
    }

    /// Keeps what other services say of their state: a lane of its own.
    ///
    /// # Errors
    /// When the database's URL cannot be read.
    pub fn events<K: StateHandler>(mut self, handler: K) -> Result<Self, StartError> {
        let db = pool(&self.context.config, self.tables.schema, 2, Use::Statements)?;
        let context = Arc::clone(&self.context);
        let lane = Lane {
            queue: format!("{}.events", context.name),
            expects: Expects::Events(context.name),
            process: Arc::new(Keeper { context, db, handler }),
            relay: Arc::new(self.new_relay()?),
        };
        self.lanes.push(lane);
        Ok(self)
    }

    /// Tells other services of this one's state, as it changes.
    ///
    /// # Errors
    /// When the database's URL cannot be read.
    pub fn states<S: StateSource>(mut self, source: S) -> Result<Self, StartError> {
        let db = pool(&self.context.config, self.tables.schema, 1, Use::Background)?;
        let publication =
            Publication { context: Arc::clone(&self.context), db, relay: self.new_relay()?, source };
        self.rounds.push(Box::new(move |stop| Box::pin(publication.run(stop))));
        Ok(self)
    }

    /// Adds the service's own operator routes.
    #[must_use]
    pub fn admin(mut self, routes: axum::Router) -> Self {
        self.admin = routes;
        self
    }

    /// Has the metrics tell when the first of the certificates ends that the service knows of besides
    /// its own.
    #[must_use]
    pub fn certificates(mut self, others: EndOfOthers) -> Self {
        self.others = Some(others);
        self
    }

    fn new_lane<H: Handler>(&self, queue: String, expects: Expects, handler: H) -> Result<Lane, StartError> {
        let what_for = match expects {
            Expects::Lane(_, LaneName::Queries) => Use::Queries,
            Expects::Lane(_, LaneName::Statements)
            | Expects::Events(_)
            | Expects::Unrouted
            | Expects::DeadLettered => Use::Statements,
        };
        // One for each consumer while it waits for another to be handed back, one for retries and replays.
        let db = pool(&self.context.config, self.tables.schema, 4, what_for)?;
        let process: Arc<dyn Process> = Arc::new(Engine { context: Arc::clone(&self.context), db, handler });
        Ok(Lane { queue, expects, process, relay: Arc::new(self.new_relay()?) })
    }

    fn new_relay(&self) -> Result<Relay, StartError> {
        let db = pool(&self.context.config, self.tables.schema, 1, Use::Outbox)?;
        let publisher = Publisher::new(Arc::clone(&self.context), Arc::clone(&self.link));
        Ok(Relay::new(Arc::clone(&self.context), db, publisher))
    }

    /// Runs until SIGTERM or SIGINT, then finishes what is in flight.
    ///
    /// # Errors
    /// When an address or socket cannot be listened on.
    pub async fn run(mut self) -> Result<(), StartError> {
        let dead = format!("{}.set-aside", self.context.name);
        let dead_lettered = self.new_lane(dead, Expects::DeadLettered, NoHandler)?;
        self.lanes.push(dead_lettered);
        let lanes = Arc::new(std::mem::take(&mut self.lanes));
        let (ask, stop) = watch::channel(false);
        let stop = Stop(stop);
        let mut parts = JoinSet::new();
        let health = (Lane::consumers_of(&lanes), self.others);
        http::listen(&mut parts, &self.context, health, stop.clone()).await?;
        let replays =
            Replays { context: Arc::clone(&self.context), db: self.db.clone(), lanes: Arc::clone(&lanes) };
        admin::listen(&mut parts, replays, self.admin.clone(), stop.clone())?;
        let context = Arc::clone(&self.context);
        parts.spawn(consume::run(Arc::clone(&context), Arc::clone(&lanes), stop.clone()));
        let relay = self.new_relay()?;
        let round_stop = stop.clone();
        parts.spawn(async move { relay.run(round_stop).await });
        for round in std::mem::take(&mut self.rounds) {
            parts.spawn(round(stop.clone()));
        }
        parts.spawn(put_off::run(Arc::clone(&context), self.db.clone(), lanes, stop.clone()));
        parts.spawn(certificate::watch(Arc::clone(&context), Arc::clone(&self.link), stop));
        tracing::info!(service.name = self.context.name, "started");
        tokio::select! {
            signal = wait_for_signal() => signal?,
            // Only a mistake of ours ends a part before it is told to: better to be started anew.
            _ = parts.join_next() => return Err(StartError::Ended),
        }
        tracing::info!(service.name = self.context.name, "stopping");
        let _ = ask.send(true);
        let finished = tokio::time::timeout(STOPPING, async { while parts.join_next().await.is_some() {} });
        if finished.await.is_err() {
            tracing::warn!("not everything finished in time; the broker will deliver it again");
        }
        self.link.renew().await;
        telemetry::stop().await;
        Ok(())
    }
}

async fn wait_for_signal() -> Result<(), StartError> {
    let listen =
        |kind| signal(kind).map_err(|source| StartError::SetUp { what: "signals", source: source.into() });
    let (mut terminate, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
