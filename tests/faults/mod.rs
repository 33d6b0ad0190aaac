//! Faults: `kill -9` of the service, the broker and the database at random points, while
//! agencies send notices of CAFs, intend some, check forms and ask; then a checker reconciles what was sent, recorded, decided and
//! received. Nothing may be lost, nothing may happen twice (G1, G2).

mod checker;
mod killer;
mod stubborn;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use schemas::AgencyKind;
use serde_json::{Value, json};

pub use checker::Tally;

use crate::environment::Environment;
use crate::facts::{caf, child, manifest, step, under};
use crate::waiting::until;
use crate::world::World;
use killer::{Killer, Survived};
use stubborn::{Says, Stubborn};

/// How often, and from which seed the points and victims are drawn.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub kills: u32,
    pub seed: u64,
}

/// CAFs whose forms are checked again and again.
const CHECKED: usize = 20;

/// Who speaks: a school, a health visitor, the police, a CAF team.
struct Streams {
    notices: Arc<Stubborn>,
    lookups: Arc<Stubborn>,
    intentions: Arc<Stubborn>,
    checks: Arc<Stubborn>,
}

impl Streams {
    const fn all(&self) -> [&Arc<Stubborn>; 4] {
        [&self.notices, &self.lookups, &self.intentions, &self.checks]
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
    let world = World::build(servers.environment(), "[limits]\noutbox_grace_ms = 1000").await;
    let school = world.agency("school", AgencyKind::School).await;
    let health = world.agency("health", AgencyKind::HealthVisiting).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;
    let ada = child("Ada", "Example", "2017-03-04", Some("9990000018"), "ZZ1 1AA");
    school.says("child.recorded", Some("local:c1"), under("c-1", ada)).await;
    let police = world.agency("police", AgencyKind::Police).await;
    let team = world.caf_team("borough").await;
    police.vouches_for("b1", "Bo Carter", "police-officer").await;
    let ids = [&school, &health, &police, &team].map(|agency| agency.id.clone());
    let checked: Vec<String> = (0..CHECKED).map(|n| format!("{}/f-checked-{n}", school.id)).collect();
    for (n, caf_ref) in checked.iter().enumerate() {
        let id = format!("f-checked-{n}");
        school.says("caf.started", Some("local:c1"), under(&id, caf(caf_ref, "t1"))).await;
        let form = json!({"completedOn": "2026-11-03", "manifest": manifest(), "consentRefs": ["con-1"]});
        let form = under(&id, step(caf_ref, ("t1", "assessor"), &form));
        school.says("caf.completed", Some("local:c1"), form).await;
    }
    // They listen too, and would take what the streams wait for.
    drop((school, health, police, team));
    let [school, health, police, team] = ids;

    let exchange = world.operator.exchange().expect("the exchange file");
    let stream = |agency, says| Arc::new(Stubborn::new(exchange.clone(), agency, says));
    let streams = Streams {
        notices: stream(school, Says::Notices),
        lookups: stream(health, Says::Lookups),
        intentions: stream(police, Says::Intentions),
        checks: stream(team, Says::Checks(checked)),
    };
    let all = streams.all();
    let senders = all.map(|stream| tokio::spawn(Arc::clone(stream).send_until_told()));
    let listeners = all.map(|stream| tokio::spawn(Arc::clone(stream).listen_until_told()));
    let world = Killer::new(servers, world, plan).run(&all).await;
    for stream in all {
        stream.stop_sending();
    }
    for sender in senders {
        sender.await.expect("a stream ends well");
    }
    for stream in all {
        stream.until_answered().await;
    }
    nothing_is_left(&world).await;
    for stream in all {
        stream.finish().await;
    }
    for listener in listeners {
        listener.await.expect("a stream ends well");
    }
    checker::reconcile(&world, &streams, plan).await
}

async fn nothing_is_left(survived: &Survived) {
    // What a check found is told by a look at its CAF.
    until("every CAF was looked at", async || {
        let due = "SELECT count(*) FROM timer WHERE kind = 'caf' AND look_at <= '2026-11-21T12:00:00Z'";
        let due: Result<i64, _> =
            sqlx::query_scalar(due).fetch_one(&mut survived.world.database().await).await;
        due.is_ok_and(|due| due == 0).then_some(())
    })
    .await;
    until("everything committed was published", async || {
        let status: Result<Value, _> = survived.index().admin().get("/status", &[]).await;
        status.is_ok_and(|status| status["outboxWaiting"] == 0 && status["retrying"] == 0).then_some(())
    })
    .await;
}
