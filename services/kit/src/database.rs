//! The service's own PostgreSQL schema: connecting, migrating, telling failures apart.

use std::path::Path;
use std::str::FromStr;

use sqlx::migrate::{Migration, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};

use crate::config::{Config, ConfigError, read_file};

static OWN: Migrator = sqlx::migrate!();

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The file with the URL cannot be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database refused, or nobody answered there.
    #[error("the database cannot be used")]
    Sql(#[from] sqlx::Error),
    /// A migration did not run.
    #[error("a migration did not run")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// Where a service's tables stand and who may do what with them.
#[derive(Clone, Copy, Debug)]
pub struct Tables {
    /// The PostgreSQL schema, which no other service reads.
    pub schema: &'static str,
    /// The role that the service logs in as: no DDL.
    pub role: &'static str,
    /// The service's own migrations; their versions start at 2001.
    pub migrations: &'static Migrator,
    /// Tables that the role may only read and add to (G4).
    pub append_only: &'static [&'static str],
}

/// What a pool's connections are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// What operators ask, and the background rounds.
    Background,
    /// A statement that hangs is a transient failure of its batch, not of the lane.
    Statements,
    /// A question that runs for seconds would hold up all others: it is put off, and at last a
    /// person looks.
    Queries,
    /// A commit counts at once and is on disk within a second. A crash may undo it, whole: what was
    /// published is then published again, under the same ids.
    Outbox,
}

/// Whatever the server's own default is.
const DURABLE: (&str, &str) = ("synchronous_commit", "on");

impl Use {
    const fn settings(self) -> [(&'static str, &'static str); 2] {
        match self {
            Self::Background | Self::Statements => [("statement_timeout", "30s"), DURABLE],
            Self::Queries => [("statement_timeout", "2s"), DURABLE],
            Self::Outbox => [("statement_timeout", "30s"), ("synchronous_commit", "off")],
        }
    }

    /// A lane's batch would wait for one more round trip; it runs again anyway if the connection was dead.
    const fn tests_connections(self) -> bool {
        match self {
            Self::Background | Self::Outbox => true,
            Self::Statements | Self::Queries => false,
        }
    }
}

/// A pool of connections as the service's role. No connection is made yet.
///
/// # Errors
/// When the URL's file cannot be read or holds no URL.
pub(crate) fn pool(
    config: &Config,
    schema: &str,
    connections: u32,
    what_for: Use,
) -> Result<PgPool, DatabaseError> {
    let options = options(&read_file(&config.database.url_file)?, schema)?.options(what_for.settings());
    Ok(PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(std::time::Duration::from_secs(5))
        .test_before_acquire(what_for.tests_connections())
        .connect_lazy_with(options))
}

/// A pool on a database of the service's own beside that of its tables.
///
/// # Errors
/// When the URL's file cannot be read or holds no URL.
pub fn pool_beside(url_file: &Path, schema: &str, connections: u32) -> Result<PgPool, DatabaseError> {
    let options = options(&read_file(url_file)?, schema)?.options(Use::Queries.settings());
    Ok(PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(std::time::Duration::from_secs(5))
        .connect_lazy_with(options))
}

fn options(url: &str, schema: &str) -> Result<PgConnectOptions, sqlx::Error> {
    Ok(PgConnectOptions::from_str(url)?.options([
        ("search_path", schema),
        // The statements probe keys that a batch brings; the general plan suits them
        // all, and is not made anew for each batch.
        ("plan_cache_mode", "force_generic_plan"),
        // A replica that was stopped in the midst of a transaction must not hold up the others for long.
        ("idle_in_transaction_session_timeout", "10s"),
        // Compiling a statement costs half a second; ours run for milliseconds.
        ("jit", "off"),
        // A plan is kept as it was made, often while a table was empty: it must not be a scan of it.
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
    ]))
}

/// Brings the tables up to date as their owner and grants the service's role what it may do.
/// Safe to run again.
///
/// # Errors
/// When the owner cannot log in or a migration does not run.
pub async fn migrate(owner_url_file: &Path, tables: &Tables) -> Result<(), DatabaseError> {
    let options = options(&read_file(owner_url_file)?, tables.schema)?;
    let mut owner = PgConnection::connect_with(&options).await?;
    let Tables { schema, role, migrations, append_only } = *tables;
    run(&mut owner, format!("CREATE SCHEMA IF NOT EXISTS {schema}")).await?;
    let all: Vec<Migration> = OWN.iter().chain(migrations.iter()).cloned().collect();
    Migrator::with_migrations(all).run(&mut owner).await?;
    // In one transaction: at no moment may the role change what is append-only.
    let mut tx = owner.begin().await?;
    run(&mut tx, format!("GRANT USAGE ON SCHEMA {schema} TO {role}")).await?;
    let all = format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}");
    run(&mut tx, all).await?;
    for table in append_only.iter().chain(&["reveal"]) {
        run(&mut tx, format!("REVOKE UPDATE, DELETE, TRUNCATE ON {schema}.{table} FROM {role}")).await?;
    }
    run(&mut tx, format!("REVOKE INSERT, UPDATE, DELETE ON {schema}._sqlx_migrations FROM {role}")).await?;
    tx.commit().await?;
    owner.close().await?;
    Ok(())
}

/// Runs a statement whose names are our own constants: names cannot be bound.
async fn run(owner: &mut PgConnection, statement: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(owner).await?;
    Ok(())
}

/// What a database error means for the batch it struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Another transaction was in the way: the same batch again.
    Again,
    /// The data of some message cannot be stored: find the message.
    Data,
    /// The server gave up on it, for now.
    Transient,
    /// Nobody there, or not set up: wait.
    Down,
}

impl Failure {
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        let Some(code) = error.as_database_error().and_then(sqlx::error::DatabaseError::code) else {
            return match error {
                sqlx::Error::RowNotFound => Self::Again,
                // A value that does not fit its column's type, found on our side.
                sqlx::Error::Encode(_) | sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => {
                    Self::Data
                }
                _ => Self::Down,
            };
        };
        Self::of_code(&code)
    }

    /// By its SQLSTATE, PostgreSQL's Appendix A.
    fn of_code(code: &str) -> Self {
        match code {
            // Serialization failure, deadlock, a row that another replica made first, and a transaction that
            // was ended while we were stopped (idle_in_transaction_session_timeout).
            "40001" | "40P01" | "23505" | "25P03" => Self::Again,
            // Query cancelled (statement_timeout); out of memory, which is also what a statement hears that wants
            // more than there is, and out of its share of a resource (temp_file_limit): others have theirs.
            "57014" | "53200" | "53400" => Self::Transient,
            // A server that only reads: a standby, for now.
            "25006" => Self::Down,
            code => match code.get(..2) {
                // Data exception, integrity violation, program limit, raised by a trigger.
                Some("22" | "23" | "54" | "P0") => Self::Data,
                // Connection, login, no such database or schema, no such table or not ours, out of
                // disk or connections, shut down, system error.
                Some("08" | "28" | "3D" | "3F" | "42" | "53" | "57" | "58") => Self::Down,
                // What nobody thought of must not hold up a lane for ever.
                _ => Self::Transient,
            },
        }
    }
}

/// A database error for the log: its code and kind. PostgreSQL's own words may quote values.
pub(crate) fn describe(error: &sqlx::Error) -> String {
    match error.as_database_error().and_then(sqlx::error::DatabaseError::code) {
        Some(code) => format!("SQLSTATE {code}"),
        None => match error {
            sqlx::Error::Io(source) => format!("connection: {}", source.kind()),
            sqlx::Error::PoolTimedOut => "no connection in time".to_owned(),
            sqlx::Error::RowNotFound => "a row was changed by another replica".to_owned(),
            _ => "the client library refused".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn what_one_statement_wants_too_much_of_holds_up_no_other() {
        for own in ["53200", "53400", "57014", "XX000"] {
            assert_eq!(Failure::of_code(own), Failure::Transient, "{own}");
        }
        // Disk full, too many connections, shut down: nobody's message is to blame.
        for away in ["53000", "53100", "53300", "57P01", "08006"] {
            assert_eq!(Failure::of_code(away), Failure::Down, "{away}");
        }
    }
}
