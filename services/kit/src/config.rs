//! A service's configuration: one TOML file, one struct a section, secrets by file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use time::OffsetDateTime;

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file, or one that it names, cannot be read.
    #[error("cannot read {}", .path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    /// The file is not as documented.
    #[error("{} is not a valid configuration", .path.display())]
    Invalid { path: PathBuf, source: toml::de::Error },
}

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub broker: Broker,
    pub database: Database,
    pub keys: Keys,
    pub http: Http,
    pub admin: Admin,
    #[serde(default)]
    pub telemetry: Telemetry,
    #[serde(default)]
    pub limits: Limits,
    /// What only this service needs; it reads it itself.
    #[serde(default)]
    pub service: toml::Table,
    pub test: Option<Test>,
}

/// Where the broker is and who we are to it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broker {
    pub host: String,
    pub port: u16,
    pub vhost: String,
    /// The exchange's CA: nothing else is trusted.
    pub ca_certificate: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Where the service's own tables are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// A file (0600) that holds one `postgres://` URL.
    pub url_file: PathBuf,
}

/// What seals bodies and texts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// A file (0400) that holds 32 bytes as 64 hexadecimal digits.
    pub master_key_file: PathBuf,
}

/// Health and metrics, on loopback.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    pub listen: SocketAddr,
}

/// The operators' API, on a Unix socket (0600).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admin {
    pub socket: PathBuf,
}

/// Logs and traces.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telemetry {
    /// Full URL of an OTLP/HTTP trace collector; without it no traces are sent.
    pub otlp_endpoint: Option<String>,
    /// Filter for log lines.
    pub log: String,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { otlp_endpoint: None, log: "info".to_owned() }
    }
}

/// Time limits, in milliseconds where the name says so.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// A publish without a confirm for so long is tried again.
    pub confirm_timeout_ms: u64,
    /// An outbox row is left to the lane that wrote it for so long: more than it and the batch before it may wait for
    /// their confirms, so that only a crash has messages published twice.
    pub outbox_grace_ms: u64,
    /// First pause before a message that the broker did not take is tried again; doubles each time.
    pub outbox_retry_ms: u64,
    /// How often the outbox and the retries are looked through.
    pub tick_ms: u64,
    /// First pause before a message is tried again; doubles each time.
    pub retry_delay_ms: u64,
    /// After so many attempts a message is set aside.
    pub retry_attempts: i16,
    /// How often the certificate's files are looked at for a renewal.
    pub certificate_check_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            confirm_timeout_ms: 5_000,
            outbox_grace_ms: 12_000,
            outbox_retry_ms: 1_000,
            tick_ms: 500,
            retry_delay_ms: 1_000,
            retry_attempts: 8,
            certificate_check_ms: 5_000,
        }
    }
}

impl Limits {
    pub(crate) fn confirm_timeout(&self) -> Duration {
        Duration::from_millis(self.confirm_timeout_ms)
    }

    pub(crate) fn tick(&self) -> Duration {
        Duration::from_millis(self.tick_ms)
    }

    pub(crate) fn outbox_grace(&self) -> time::Duration {
        millis(self.outbox_grace_ms)
    }

    pub(crate) fn outbox_retry(&self) -> time::Duration {
        millis(self.outbox_retry_ms)
    }

    pub(crate) fn retry_delay(&self) -> time::Duration {
        millis(self.retry_delay_ms)
    }
}

fn millis(value: u64) -> time::Duration {
    time::Duration::milliseconds(i64::try_from(value).unwrap_or(i64::MAX))
}

/// Only for tests: never in a deployed configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// The clock reads this at start and runs on from there.
    #[serde(with = "time::serde::rfc3339")]
    pub now: OffsetDateTime,
}

impl Config {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read or is not as documented.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        toml::from_str(&read_file(path)?)
            .map_err(|source| ConfigError::Invalid { path: path.to_owned(), source })
    }
}

/// Reads a file that the configuration names; surrounding white space is dropped.
///
/// # Errors
/// When it cannot be read.
pub fn read_file(path: &Path) -> Result<String, ConfigError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(source) => Err(ConfigError::Unreadable { path: path.to_owned(), source }),
    }
}
