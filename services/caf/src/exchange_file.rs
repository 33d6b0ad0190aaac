//! `exchange.json`: how an agency reaches the exchange. Stable and documented
//! (docs/contract.md); other programs read it, and ignore fields they do not know.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{Error, Result, atomic_file};

/// The whole file.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeFile {
    pub version: u32,
    pub amqps: Endpoint,
    /// The certificate of the exchange's authority: the only one to trust.
    pub ca_certificate: PathBuf,
    #[serde(default)]
    pub agencies: BTreeMap<String, AgencyAccess>,
}

/// Where the broker listens.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    pub host: String,
    pub port: u16,
    pub vhost: String,
}

/// What one agency needs to connect.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct AgencyAccess {
    pub certificate: PathBuf,
    /// Absent where the agency made its own key and keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
    pub inbox: String,
    pub answers: String,
}

impl ExchangeFile {
    /// A file without agencies.
    #[must_use]
    pub fn new(amqps: Endpoint, ca_certificate: PathBuf) -> Self {
        Self { version: 1, amqps, ca_certificate, agencies: BTreeMap::new() }
    }

    /// Reads it.
    ///
    /// # Errors
    /// When it is missing, damaged, or of a later version.
    pub fn read(path: &Path) -> Result<Self> {
        let file: Self = serde_json::from_str(&atomic_file::read(path)?)
            .map_err(|cause| Error::failed(format!("{} is not an exchange file", path.display()), cause))?;
        if file.version == 1 {
            Ok(file)
        } else {
            Err(Error::refused(format!(
                "{} is of version {}, which this program does not know; use a newer one",
                path.display(),
                file.version
            )))
        }
    }

    /// Writes it whole. Names of inboxes stand in it, so that only its owner reads it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)
            .map_err(|cause| Error::failed("the exchange file cannot be written", cause))?;
        atomic_file::write(path, (text + "\n").as_bytes(), atomic_file::PRIVATE)
    }

    /// One agency's part.
    ///
    /// # Errors
    /// When the file does not name the agency.
    pub fn agency(&self, agency: &str) -> Result<&AgencyAccess> {
        self.agencies.get(agency).ok_or_else(|| {
            let known: Vec<_> = self.agencies.keys().map(String::as_str).collect();
            Error::usage(format!(
                "the exchange file does not name the agency {agency}; it names: {}",
                known.join(", ")
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use super::ExchangeFile;

    #[test]
    fn unknown_fields_do_not_disturb_and_a_missing_key_stays_missing() {
        let text = r#"{
            "version": 1, "later": true,
            "amqps": {"host": "localhost", "port": 5681, "vhost": "caf"},
            "caCertificate": "/x/ca.pem",
            "agencies": {"willow-nursery": {
                "certificate": "/x/c.pem", "inbox": "inbox.willow-nursery.0f", "answers": "answers.willow-nursery.1e"
            }}
        }"#;
        let file: ExchangeFile = serde_json::from_str(text).unwrap();
        assert!(file.agency("willow-nursery").unwrap().key.is_none());
        assert!(file.agency("nobody").is_err());
        let written = serde_json::to_value(&file).unwrap();
        assert!(written["agencies"]["willow-nursery"].get("key").is_none());
        assert_eq!(written["amqps"]["port"], 5681);
    }
}
