//! Why a service could not start.

use crate::config::ConfigError;
use crate::database::DatabaseError;
use crate::seal::SealError;

/// Why a service could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Key(#[from] SealError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// An address or socket of ours is taken or not allowed.
    #[error("cannot listen on {address}")]
    Listen { address: String, source: std::io::Error },
    /// A part of the service ended by itself.
    #[error("a part of the service ended by itself; see the log")]
    Ended,
    /// Telemetry or signals could not be set up.
    #[error("cannot set up {what}")]
    SetUp { what: &'static str, source: Box<dyn std::error::Error + Send + Sync> },
}
