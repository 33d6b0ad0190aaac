//! The children's keys: one for each child of each agency, in a database of their own, wrapped by the master key.
//!
//! What an agency shares of a child, and what its people wrote about it, rests under that agency's key of that
//! child alone. Destroying the key erases all of it, wherever a copy stands, and leaves what was decided
//! (architecture "Keys"). A key is made before what it seals is committed; one that was made in vain does no harm.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use kit::column::unreadable;
use kit::config::read_file;
use kit::database::{DatabaseError, pool_beside};
use kit::seal::{KEY, KeyedHash, Sealer};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./keys");

const SCHEMA: &str = "keys";
/// For what the keys are sealed.
const CONTEXT: &str = "child-key";
/// A batch asks once.
const CONNECTIONS: u32 = 4;

/// Whose key: a keyed hash of the agency and of the child as that agency names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner(KeyedHash);

impl Owner {
    /// `child` is the agency's own id where it has one, else the reference that it was given.
    #[must_use]
    pub fn new(sealer: &Sealer, agency: &str, child: &str) -> Self {
        Self(sealer.hash(&[b"child-key", agency.as_bytes(), child.as_bytes()]))
    }
}

/// Gives keys.
#[derive(Debug)]
pub struct ChildKeys {
    db: PgPool,
    master: Arc<Sealer>,
}

/// The keys of a batch.
#[derive(Debug, Default)]
pub struct Keyring(HashMap<Owner, Sealer>);

impl Keyring {
    /// None where there was no such key asked for.
    #[must_use]
    pub fn get(&self, owner: &Owner) -> Option<&Sealer> {
        self.0.get(owner)
    }
}

impl ChildKeys {
    /// # Errors
    /// When the URL's file cannot be read or holds no URL.
    pub fn new(url_file: &Path, master: Arc<Sealer>) -> Result<Self, DatabaseError> {
        Ok(Self { db: pool_beside(url_file, SCHEMA, CONNECTIONS)?, master })
    }

    /// The keys of these, each made if there is none yet.
    ///
    /// # Errors
    /// When the database refuses, or a key does not open with this master key.
    pub async fn of(&self, owners: &BTreeSet<Owner>) -> Result<Keyring, sqlx::Error> {
        let mut keyring = self.known(owners).await?;
        let missing: Vec<Owner> =
            owners.iter().copied().filter(|owner| !keyring.0.contains_key(owner)).collect();
        if !missing.is_empty() {
            keyring.0.extend(self.made(&missing).await?);
        }
        Ok(keyring)
    }

    /// The keys of these, as far as there are some.
    ///
    /// # Errors
    /// As for [`ChildKeys::of`].
    pub async fn known(&self, owners: &BTreeSet<Owner>) -> Result<Keyring, sqlx::Error> {
        let hashes: Vec<&[u8]> = owners.iter().map(|owner| owner.0.as_slice()).collect();
        let rows: Vec<(Vec<u8>, Vec<u8>)> =
            sqlx::query_as("SELECT owner, wrapped FROM child_key WHERE owner = ANY($1)")
                .bind(hashes)
                .fetch_all(&self.db)
                .await?;
        rows.into_iter().map(|row| self.opened(row)).collect::<Result<_, _>>().map(Keyring)
    }

    async fn made(&self, owners: &[Owner]) -> Result<Vec<(Owner, Sealer)>, sqlx::Error> {
        let hashes: Vec<&[u8]> = owners.iter().map(|owner| owner.0.as_slice()).collect();
        let wrapped = owners
            .iter()
            .map(|_| Ok(self.master.seal(CONTEXT, &Sealer::new_key().map_err(unreadable)?)))
            .collect::<Result<Vec<Vec<u8>>, sqlx::Error>>()?;
        // Of two that make the same key at once both get the first one's.
        let rows: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as(
            "INSERT INTO child_key (owner, wrapped) SELECT * FROM unnest($1::bytea[], $2::bytea[])
             ON CONFLICT (owner) DO UPDATE SET owner = EXCLUDED.owner RETURNING owner, wrapped",
        )
        .bind(hashes)
        .bind(wrapped)
        .fetch_all(&self.db)
        .await?;
        rows.into_iter().map(|row| self.opened(row)).collect()
    }

    fn opened(&self, (owner, wrapped): (Vec<u8>, Vec<u8>)) -> Result<(Owner, Sealer), sqlx::Error> {
        let owner = KeyedHash::try_from(owner).map_err(|_| unreadable("an owner"))?;
        let key = self.master.open(CONTEXT, &wrapped).map_err(unreadable)?;
        let key: [u8; KEY] = key.try_into().map_err(|_| unreadable("a key"))?;
        Ok((Owner(owner), Sealer::from_key(&key).map_err(unreadable)?))
    }
}

/// Brings the keys' database up to date, as its owner, and grants the role of the keys what it may do.
///
/// # Errors
/// When the owner cannot log in or a migration does not run.
pub async fn migrate(owner_url_file: &Path, keys_url_file: &Path) -> Result<(), DatabaseError> {
    let keys = PgConnectOptions::from_str(&read_file(keys_url_file)?)?;
    let owner = PgConnectOptions::from_str(&read_file(owner_url_file)?)?;
    let owner = owner.database(keys.get_database().unwrap_or("caf_keys")).options([("search_path", SCHEMA)]);
    let mut owner = PgConnection::connect_with(&owner).await?;
    let role = keys.get_username();
    sqlx::raw_sql("CREATE SCHEMA IF NOT EXISTS keys").execute(&mut owner).await?;
    MIGRATIONS.run(&mut owner).await?;
    // The name is of our own file: names cannot be bound.
    let grants = format!(
        "GRANT USAGE ON SCHEMA keys TO {role}; GRANT SELECT, INSERT, UPDATE, DELETE ON keys.child_key TO {role}"
    );
    sqlx::raw_sql(AssertSqlSafe(grants)).execute(&mut owner).await?;
    owner.close().await?;
    Ok(())
}
