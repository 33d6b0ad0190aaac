//! `issued.json`: every certificate that was issued, and how it stands.

use std::path::Path;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{Error, Result, atomic_file};

/// One issued certificate.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CertificateRecord {
    /// The number in the subject: `k7`.
    pub number: String,
    /// The certificate's serial, in hexadecimal, as revocation lists name it.
    pub serial: String,
    /// Common name: an agency's id, a service's user, or a host name.
    pub name: String,
    pub usage: Usage,
    #[serde(with = "time::serde::rfc3339")]
    pub issued_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub valid_until: OffsetDateTime,
    pub standing: Standing,
}

/// What a certificate is for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Usage {
    Client,
    Server,
}

/// How a certificate stands.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state", deny_unknown_fields)]
pub enum Standing {
    Current,
    /// Another took its place; good until `refusedFrom`.
    #[serde(rename_all = "camelCase")]
    Superseded {
        #[serde(with = "time::serde::rfc3339")]
        refused_from: OffsetDateTime,
    },
    Revoked {
        #[serde(with = "time::serde::rfc3339")]
        since: OffsetDateTime,
    },
}

impl CertificateRecord {
    /// From when the certificate must be refused although its dates are good.
    #[must_use]
    pub fn refused_from(&self) -> Option<OffsetDateTime> {
        match self.standing {
            Standing::Current => None,
            Standing::Superseded { refused_from } => Some(refused_from),
            Standing::Revoked { since } => Some(since),
        }
    }

    /// Whether a connection with this certificate must not be open at `now`.
    #[must_use]
    pub fn is_refused_at(&self, now: OffsetDateTime) -> bool {
        self.valid_until <= now || self.refused_from().is_some_and(|from| from <= now)
    }
}

/// The file itself.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Ledger {
    version: u32,
    next_number: u64,
    pub(super) crl_number: u64,
    pub(super) certificates: Vec<CertificateRecord>,
}

impl Ledger {
    pub(super) fn empty() -> Self {
        Self { version: 1, next_number: 1, crl_number: 0, certificates: Vec::new() }
    }

    pub(super) fn read(path: &Path) -> Result<Self> {
        serde_json::from_str(&atomic_file::read(path)?).map_err(|cause| {
            Error::failed(format!("{} is damaged; bring it back from the backup", path.display()), cause)
        })
    }

    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)
            .map_err(|cause| Error::failed("the ledger of certificates cannot be written", cause))?;
        atomic_file::write(path, text.as_bytes(), atomic_file::PRIVATE)
    }

    pub(super) fn take_number(&mut self) -> String {
        let number = format!("k{}", self.next_number);
        self.next_number += 1;
        number
    }

    pub(super) fn find(&mut self, number: &str) -> Result<&mut CertificateRecord> {
        self.certificates
            .iter_mut()
            .find(|record| record.number.eq_ignore_ascii_case(number))
            .ok_or_else(|| Error::refused(format!("no certificate {number} was issued here")))
    }
}
