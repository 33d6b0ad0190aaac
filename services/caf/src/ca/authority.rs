//! Making and opening the authority.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256,
};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::{
    ledger::{CertificateRecord, Ledger},
    names,
};
use crate::{Error, Result, atomic_file, clock, random};

/// How long the authority itself is valid.
const YEARS: i64 = 10;

/// The authority of one exchange, opened by its directory.
#[derive(Clone, Debug)]
pub struct Ca {
    directory: PathBuf,
    settings: Settings,
}

/// `ca.json`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Settings {
    version: u32,
    crl_directory: PathBuf,
    issuer_hash: String,
}

impl Ca {
    /// Makes a new authority in `directory`, with its first revocation list in
    /// `crl_directory`. An authority that is already there is never replaced.
    ///
    /// # Errors
    /// When there is one already, or files cannot be written.
    pub fn create(directory: &Path, crl_directory: &Path) -> Result<Self> {
        atomic_file::directory(directory, 0o700)?;
        atomic_file::directory(crl_directory, 0o755)?;
        let lock = atomic_file::lock(&directory.join("ca.lock"))?;
        // the settings are written last: without them the making was cut short,
        // nothing was issued yet, and it is made again from the start
        if directory.join("ca.json").exists() {
            return Err(Error::refused(format!(
                "there is a certificate authority in {} already; it is kept as it is",
                directory.display()
            )));
        }
        let (certificate, key) = self_signed()?;
        atomic_file::write(&directory.join("ca.key"), key.as_bytes(), atomic_file::PRIVATE)?;
        atomic_file::write(&directory.join("ca.pem"), certificate.as_bytes(), atomic_file::PUBLIC)?;
        let ca = Self {
            directory: absolute(directory)?,
            settings: Settings {
                version: 1,
                crl_directory: absolute(crl_directory)?,
                issuer_hash: names::issuer_hash(names::AUTHORITY),
            },
        };
        let mut ledger = Ledger::empty();
        ca.write_crl_from(&mut ledger)?;
        ledger.write(&ca.ledger_path())?;
        let settings = serde_json::to_string_pretty(&ca.settings)
            .map_err(|cause| Error::failed("the settings of the authority cannot be written", cause))?;
        atomic_file::write(&directory.join("ca.json"), settings.as_bytes(), atomic_file::PRIVATE)?;
        drop(lock);
        Ok(ca)
    }

    /// Opens the authority in `directory`.
    ///
    /// # Errors
    /// When there is none, or it belongs to another user.
    pub fn open(directory: &Path) -> Result<Self> {
        let path = directory.join("ca.json");
        let text = std::fs::read_to_string(&path).map_err(|cause| {
            Error::failed(
                format!(
                    "no certificate authority can be opened in {}; run as the user who owns it, or make one with `caf ca init`",
                    directory.display()
                ),
                cause,
            )
        })?;
        let settings = serde_json::from_str(&text)
            .map_err(|cause| Error::failed(format!("{} is damaged", path.display()), cause))?;
        Ok(Self { directory: absolute(directory)?, settings })
    }

    /// The authority's own certificate: what every client and server trusts.
    #[must_use]
    pub fn certificate_path(&self) -> PathBuf {
        self.directory.join("ca.pem")
    }

    /// The revocation list, where the broker reads it.
    #[must_use]
    pub fn crl_path(&self) -> PathBuf {
        self.settings.crl_directory.join(format!("{}.r0", self.settings.issuer_hash))
    }

    /// Every certificate that was issued, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn issued(&self) -> Result<Vec<CertificateRecord>> {
        Ok(Ledger::read(&self.ledger_path())?.certificates)
    }

    pub(super) fn ledger_path(&self) -> PathBuf {
        self.directory.join("issued.json")
    }

    pub(super) fn lock(&self) -> Result<File> {
        atomic_file::lock(&self.directory.join("ca.lock"))
    }

    /// Loads the ledger, lets `change` work on it, and stores it, under the lock.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Ledger) -> Result<T>) -> Result<T> {
        let lock = self.lock()?;
        let mut ledger = Ledger::read(&self.ledger_path())?;
        let made = change(&mut ledger)?;
        ledger.write(&self.ledger_path())?;
        drop(lock);
        Ok(made)
    }

    pub(super) fn issuer(&self) -> Result<Issuer<'static, KeyPair>> {
        let key = KeyPair::from_pem(&atomic_file::read(&self.directory.join("ca.key"))?)
            .map_err(|cause| Error::failed("the authority's key cannot be used", cause))?;
        Issuer::from_ca_cert_pem(&atomic_file::read(&self.certificate_path())?, key)
            .map_err(|cause| Error::failed("the authority's certificate cannot be used", cause))
    }
}

fn self_signed() -> Result<(String, String)> {
    let failed = |cause| Error::failed("the authority's certificate cannot be made", cause);
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
    let now = clock::now();
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, names::AUTHORITY);
    params.serial_number = Some(super::issue::fresh_serial()?);
    params.not_before = now - Duration::minutes(5);
    params.not_after = now + Duration::days(365 * YEARS);
    // no intermediate authority can be made beneath this one
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate = params.self_signed(&key).map_err(failed)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|cause| Error::reading(path, cause))
}

/// A random serial of 16 bytes that is positive in DER.
pub(super) fn random_serial() -> Result<[u8; 16]> {
    let mut serial = random::bytes::<16>()?;
    serial[0] = (serial[0] & 0x7f) | 0x40;
    Ok(serial)
}
