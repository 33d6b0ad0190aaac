//! Where the private servers of this test run are (`tests/servers` writes it down).

use std::path::PathBuf;

use serde::Deserialize;

/// `env.json` of a test run.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Environment {
    pub broker: Broker,
    pub ca: Ca,
    pub database: Database,
    /// The folder of the built programs.
    pub bin: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Broker {
    pub host: String,
    pub port: u16,
    pub management_url: String,
    pub operator_password_file: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Ca {
    pub directory: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Database {
    /// The superuser's URL, to make databases with.
    pub owner_url: String,
    pub passwords_directory: PathBuf,
}

impl Environment {
    /// Reads the file that `CAF_TEST_ENV` names.
    ///
    /// # Panics
    /// When there is none: these tests need servers.
    #[must_use]
    pub fn read() -> Self {
        let path =
            std::env::var("CAF_TEST_ENV").expect("CAF_TEST_ENV is not set: start the tests with tests/run");
        Self::at(&PathBuf::from(path))
    }

    /// Reads a given file.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn at(path: &std::path::Path) -> Self {
        let text = std::fs::read_to_string(path).expect("the environment file can be read");
        serde_json::from_str(&text).expect("the environment file is as tests/servers writes it")
    }

    /// The URL with which `role` logs in to `database`.
    ///
    /// # Panics
    /// When the role has no password here.
    #[must_use]
    pub fn database_url(&self, role: &str, database: &str) -> String {
        let password = std::fs::read_to_string(self.database.passwords_directory.join(role))
            .expect("tests/servers made a password for the role");
        let (_, parameters) = self.database.owner_url.split_once('?').expect("a URL with parameters");
        format!("postgres://{role}:{}@localhost/{database}?{parameters}", password.trim())
    }
}
