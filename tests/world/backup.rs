//! A backup of one service's tables, and what comes of it.

use std::path::PathBuf;
use std::process::Command;

use sqlx::AssertSqlSafe;

use crate::world::World;

/// The tables of a service, in a file.
#[derive(Debug)]
pub struct Backup {
    service: &'static str,
    file: PathBuf,
    database: String,
}

impl Backup {
    /// # Panics
    /// When PostgreSQL's program does not run.
    #[must_use]
    pub fn take(world: &World, service: &'static str) -> Self {
        let file = world.directory.join(format!("{service}.dump"));
        let database = world.environment.database_url("postgres", world.name());
        run(Command::new("pg_dump")
            .args(["--format=custom", "--schema", service, "--file"])
            .arg(&file)
            .arg(&database));
        Self { service, file, database }
    }

    /// Puts it in the place of the tables that there are; the service does not run.
    ///
    /// # Panics
    /// When PostgreSQL's program does not run.
    pub async fn restore(&self, world: &World) {
        let mut database = world.database().await;
        let drop = AssertSqlSafe(format!("DROP SCHEMA {} CASCADE", self.service));
        sqlx::query(drop).execute(&mut database).await.expect("all is lost");
        run(Command::new("pg_restore").args(["--exit-on-error", "--dbname", &self.database]).arg(&self.file));
    }
}

fn run(command: &mut Command) {
    let ran = command.output().expect("PostgreSQL's programs are installed");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}
