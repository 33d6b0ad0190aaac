//! The section `[service]` of the configuration.

use std::path::PathBuf;

use serde::Deserialize;

/// What sharing needs besides what every service does.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    /// A file (0400) that holds the `postgres://` URL of the database of the children's keys.
    pub keys_url_file: PathBuf,
    /// The folder of the policies.
    pub policies: PathBuf,
}

/// The section `[service]` is missing something, or has something that is unknown.
#[derive(Debug, thiserror::Error)]
#[error("the section [service] of the configuration needs keys_url_file and policies, and nothing else")]
pub struct OwnError(#[from] toml::de::Error);

impl Own {
    /// # Errors
    /// When it is not as documented.
    pub fn of(section: &toml::Table) -> Result<Self, OwnError> {
        Ok(section.clone().try_into()?)
    }
}
