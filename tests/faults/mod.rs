//! Faults: `kill -9` of the services, the broker and the database at random points, while agencies say all that
//! they may say and ask (`says.rs`), and share (`shares.rs`); then the night, in which they are told what was shown; then a checker
//! reconciles what was sent, recorded, decided and received. Nothing may be lost, nothing may happen twice (G1, G2).

mod checker;
mod killer;
mod night;
mod reconciled;
mod says;
mod shares;
mod stubborn;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use schemas::AgencyKind;
use serde_json::{Value, json};

pub use checker::Tally;
pub use reconciled::Shared;

use crate::actor::Actor;
use crate::environment::Environment;
use crate::facts::{caf, child, manifest, step, under};
use crate::waiting::until;
use crate::world::World;
use killer::{Killer, Survived};
use says::Says;
use shares::Sharers;
use stubborn::{Sends, Stubborn};

/// How often, and from which seed the points and victims are drawn.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub kills: u32,
    pub seed: u64,
}

/// CAFs of which a CAF team speaks again and again.
const OF_TEAMS: usize = 20;

/// Who speaks: a school, health visitors, the police, and two CAF teams.
struct Streams {
    school: Arc<Stubborn>,
    visitors: Arc<Stubborn>,
    police: Arc<Stubborn>,
    keeper: Arc<Stubborn>,
    taker: Arc<Stubborn>,
}

impl Streams {
    const fn all(&self) -> [&Arc<Stubborn>; 5] {
        [&self.school, &self.visitors, &self.police, &self.keeper, &self.taker]
    }
}

/// Whether the broker takes messages.
#[derive(Clone, Copy, Debug)]
pub enum Alarm {
    On,
    Off,
}

/// Servers of their own, since they are killed; stopped and removed when dropped.
#[derive(Debug)]
pub struct OwnServers {
    script: PathBuf,
    /// The programs of the run that this belongs to.
    bin: PathBuf,
    pub directory: PathBuf,
}

impl OwnServers {
    /// Starts a broker and a database server in a new folder beside the run's own.
    ///
    /// # Panics
    /// When they do not start.
    #[must_use]
    pub fn start(environment: &Environment) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let name = format!("faults-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let directory = environment.ca.directory.with_file_name(name);
        let servers = Self { script: root.join("servers"), bin: environment.bin.clone(), directory };
        servers.run(&["start", &servers.path()]);
        servers
    }

    fn path(&self) -> String {
        self.directory.display().to_string()
    }

    /// # Panics
    /// When the script fails.
    pub(crate) fn run(&self, arguments: &[&str]) {
        let done = self.command(arguments).output().expect("tests/servers can be run");
        assert!(
            done.status.success(),
            "tests/servers {arguments:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    }

    /// The broker answers nothing more, and does not end: as on a machine that hangs.
    ///
    /// # Panics
    /// When there is no such process.
    pub fn freeze_broker(&self) {
        self.signal_broker("-STOP");
    }

    /// It goes on where it was.
    ///
    /// # Panics
    /// When there is no such process.
    pub fn thaw_broker(&self) {
        self.signal_broker("-CONT");
    }

    /// The broker is short of memory, or no longer.
    ///
    /// # Panics
    /// When it cannot be told so.
    pub fn memory_alarm(&self, state: Alarm) {
        let state = match state {
            Alarm::On => "on",
            Alarm::Off => "off",
        };
        self.run(&["alarm", &self.path(), state]);
    }

    fn signal_broker(&self, signal: &str) {
        let pid = std::fs::read_to_string(self.directory.join("broker.pid")).expect("the broker's process");
        let sent = Command::new("kill").args([signal, pid.trim()]).status();
        assert!(sent.is_ok_and(|sent| sent.success()), "kill {signal} {pid}");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.script);
        command.env("CAF_TEST_BIN", &self.bin).args(arguments);
        command
    }

    /// Where they are.
    #[must_use]
    pub fn environment(&self) -> Environment {
        Environment::at(&self.directory.join("env.json"))
    }
}

impl Drop for OwnServers {
    fn drop(&mut self) {
        let _ = self.command(&["stop", &self.path()]).output();
    }
}

/// Runs the plan and reconciles.
///
/// # Panics
/// When a server does not come back, or the checker finds something lost or twice.
pub async fn run(servers: OwnServers, plan: Plan) -> Tally {
    // What a kill left behind is taken up soon, so that more kills fit into a run.
    let mut world = World::build(servers.environment(), "[limits]\noutbox_grace_ms = 1000").await;
    world.start_sharing().await;
    let streams = begin(&world).await;
    let sharers = Sharers::begin(&world, plan).await;
    let all: Vec<&Arc<Stubborn>> = streams.all().into_iter().chain(sharers.all()).collect();
    let sending =
        |sends| all.iter().map(move |stream| tokio::spawn(Arc::clone(stream).send_until_told(sends)));
    let senders: Vec<_> = sending(Sends::All).collect();
    let listeners: Vec<_> =
        all.iter().map(|stream| tokio::spawn(Arc::clone(stream).listen_until_told())).collect();
    let mut survived = Killer::new(servers, world, plan).run(&all).await;
    for stream in &all {
        stream.stop_sending();
    }
    for sender in senders {
        sender.await.expect("a stream ends well");
    }
    let replying: Vec<_> = sending(Sends::Replies).collect();
    for stream in &all {
        stream.until_answered().await;
    }
    shares::until_settled(&survived).await;
    nothing_is_left(&survived).await;
    night::falls(&mut survived).await;
    nothing_is_left(&survived).await;
    for stream in &all {
        stream.finish().await;
    }
    for task in replying.into_iter().chain(listeners) {
        task.await.expect("a stream ends well");
    }
    checker::reconcile(&survived, (&streams, &sharers), plan).await
}

/// What is known before anything is killed, and who speaks from then on.
async fn begin(world: &World) -> Streams {
    let school = world.agency("school", AgencyKind::School).await;
    let visitors = world.agency("visitors", AgencyKind::HealthVisiting).await;
    let police = world.agency("police", AgencyKind::Police).await;
    let (keeper, taker) = (world.caf_team("borough").await, world.caf_team("county").await);
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    visitors.vouches_for("hv1", "Hana Visram", "health-visitor").await;
    police.vouches_for("b1", "Bo Carter", "police-officer").await;
    let ada = child("Ada", "Example", "2017-03-04", Some("9990000018"), "ZZ1 1AA");
    school.knows("c1", ada).await;
    let [checked, moved] = ["checked", "moved"].map(|what| {
        let caf_ref = |n| format!("{}/f-{what}-{n}", school.id);
        (0..OF_TEAMS).map(caf_ref).collect::<Vec<String>>()
    });
    for (n, caf_ref) in checked.iter().enumerate() {
        let id = format!("f-checked-{n}");
        school.records("caf.started", Some("local:c1"), under(&id, caf(caf_ref, "t1"))).await;
        let form = json!({"completedOn": "2026-11-03", "manifest": manifest(), "consentRefs": ["con-1"]});
        let form = under(&id, step(caf_ref, ("t1", "assessor"), &form));
        school.records("caf.completed", Some("local:c1"), form).await;
    }
    for (n, caf_ref) in moved.iter().enumerate() {
        let started = under(&format!("f-moved-{n}"), caf(caf_ref, "t1"));
        school.records("caf.started", Some(&format!("local:m{n}")), started).await;
    }
    let exchange = world.operator.exchange().expect("the exchange file");
    // The actors end here: they listen too, and would take what the streams wait for.
    let stream = |actor: Actor, says| Arc::new(Stubborn::new(exchange.clone(), actor.id.clone(), says));
    Streams {
        school: stream(school, Says::School),
        visitors: stream(visitors, Says::Visitors),
        police: stream(police, Says::Police),
        keeper: stream(keeper, Says::Keeper { checked, moved: moved.clone() }),
        taker: stream(taker, Says::Taker { moved }),
    }
}

/// How many rows a query counts; none while the database does not answer.
async fn counted(world: &World, query: &'static str) -> Option<i64> {
    sqlx::query_scalar(query).fetch_one(&mut world.database().await).await.ok()
}

async fn nothing_is_left(survived: &Survived) {
    // What a check found is told by a look at its CAF.
    until("every CAF was looked at", async || {
        let due = "SELECT count(*) FROM timer WHERE kind = 'caf' AND look_at <= '2026-11-21T12:00:00Z'";
        (counted(&survived.world, due).await == Some(0)).then_some(())
    })
    .await;
    until("everything committed was published", async || {
        for service in [survived.index(), survived.world.sharing()] {
            let status: Value = service.admin().get("/status", &[]).await.ok()?;
            (status["outboxWaiting"] == 0 && status["retrying"] == 0).then_some(())?;
        }
        Some(())
    })
    .await;
}
