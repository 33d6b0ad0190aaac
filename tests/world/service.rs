//! A service as a process of its own, as it is deployed: started, killed, restarted, stopped.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use caf::admin::Admin;
use serde_json::Value;
use tokio::time::{Instant, sleep};

/// How long a service may take to be ready, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The running program.
#[derive(Debug)]
pub struct ServiceProcess {
    name: &'static str,
    program: PathBuf,
    config: PathBuf,
    log: PathBuf,
    socket: PathBuf,
    child: Child,
}

impl ServiceProcess {
    /// Starts the service `name` with `<place>.toml` of the directory, where its log and socket are too.
    pub(crate) fn start(bin: &Path, name: &'static str, directory: &Path, place: &str) -> Self {
        let program = bin.join(format!("caf-{name}"));
        let [config, log, socket] =
            ["toml", "log", "sock"].map(|end| directory.join(format!("{place}.{end}")));
        let child = spawn(&program, &config, &log);
        Self { name, program, config, log, socket, child }
    }

    /// Its configuration.
    pub(crate) fn config(&self) -> &Path {
        &self.config
    }

    /// What `caf status` asks.
    ///
    /// # Panics
    /// When the client cannot be made.
    #[must_use]
    pub fn admin(&self) -> Admin {
        Admin::new(self.name, &self.socket).expect("an admin client")
    }

    /// Waits until every lane consumes and publishing is possible.
    ///
    /// # Panics
    /// When it is not ready in time, or ended.
    pub async fn ready(&mut self) {
        let until = Instant::now() + PATIENCE;
        loop {
            let status: Result<Value, _> = self.admin().get("/status", &[]).await;
            if status.is_ok_and(|status| status["ready"] == true) {
                return;
            }
            if let Ok(Some(ended)) = self.child.try_wait() {
                panic!("the service ended with {ended}; its log: {}", self.log());
            }
            assert!(Instant::now() < until, "the service is not ready; its log: {}", self.log());
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// `kill -9`.
    ///
    /// # Panics
    /// When there is no such process.
    pub fn kill(&mut self) {
        self.child.kill().expect("the service can be killed");
        self.child.wait().expect("the service was a child");
    }

    /// Starts it again, after a kill or a stop.
    pub fn start_again(&mut self) {
        self.child = spawn(&self.program, &self.config, &self.log);
    }

    /// Stops it, if it was not stopped or killed before.
    ///
    /// # Panics
    /// When it does not end.
    pub(crate) async fn end(&mut self) {
        if self.child.try_wait().expect("the service is a child").is_none() {
            assert!(self.stop().await.success(), "it stops in order; its log: {}", self.log());
        }
    }

    /// SIGTERM, and waits for the end.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn stop(&mut self) -> std::process::ExitStatus {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.is_ok_and(|sent| sent.success()));
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(ended) = self.child.try_wait().expect("the service is a child") {
                return ended;
            }
            assert!(Instant::now() < until, "the service does not stop");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Its id, to look at its memory.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Everything that it wrote so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for ServiceProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(program: &Path, config: &Path, log: &Path) -> Child {
    let log = File::options().create(true).append(true).open(log).expect("a log file");
    Command::new(program)
        .args(["run", "--config"])
        .arg(config)
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a second handle"))
        .stderr(log)
        .spawn()
        .expect("the program was built (tests/run does)")
}
