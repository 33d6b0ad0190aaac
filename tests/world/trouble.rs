//! What goes wrong in stories: the database refuses a row or is away, an inbox is full.

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::world::World;

/// SQLSTATEs that a trigger may raise.
pub const REFUSED_BY_A_RULE: &str = "P0001";
pub const STATEMENT_TOOK_TOO_LONG: &str = "57014";
pub const LOCK_NOT_AVAILABLE: &str = "55P03";

impl World {
    /// From now on the database refuses rows of `table` with this `local_ref`.
    pub async fn database_refuses(&self, table: &str, local_ref: &str, sqlstate: &str) {
        let statement = format!(
            "CREATE OR REPLACE FUNCTION refuse_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF NEW.local_ref = '{local_ref}' THEN
                     RAISE EXCEPTION 'refused by a story' USING ERRCODE = '{sqlstate}';
                 END IF;
                 RETURN NEW;
             END $$;
             CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON {table}
                 FOR EACH ROW EXECUTE FUNCTION refuse_{table}()"
        );
        self.run_as_superuser(statement).await;
    }

    /// It takes them again.
    pub async fn database_relents(&self, table: &str) {
        self.run_as_superuser(format!("DROP TRIGGER refuse ON {table}")).await;
    }

    async fn run_as_superuser(&self, statement: String) {
        let mut database = self.database().await;
        let done = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut database).await;
        done.expect("the superuser may");
    }

    /// The database lets nobody in and sends everybody away.
    pub async fn database_goes_away(&self) {
        self.let_in(false).await;
        self.beside_the_database(format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'",
            self.name()
        ))
        .await;
    }

    /// It is back.
    pub async fn database_comes_back(&self) {
        self.let_in(true).await;
    }

    async fn let_in(&self, allow: bool) {
        self.beside_the_database(format!("ALTER DATABASE {} ALLOW_CONNECTIONS {allow}", self.name())).await;
    }

    /// As superuser, connected to another database of the same server.
    async fn beside_the_database(&self, statement: String) {
        let url = &self.environment.database.owner_url;
        let mut server = PgConnection::connect(url).await.expect("the server answers");
        let done = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut server).await;
        done.expect("the superuser may");
    }

    /// Lets the queues whose names match hold no more than this; a later call changes it.
    ///
    /// # Panics
    /// When the broker refuses.
    pub async fn broker_limits(&self, queues: &str, limit: serde_json::Value) {
        let policy = json!({
            "vhost": self.name(), "name": "limit", "pattern": queues, "apply-to": "queues",
            "definition": limit, "priority": 1,
        });
        let policies = json!({"policies": [policy]});
        self.management().import_definitions(&policies).await.expect("the broker takes a policy");
    }
}
