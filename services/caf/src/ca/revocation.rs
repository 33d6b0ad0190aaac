//! Superseding, revoking, and the revocation list.
//!
//! The broker fails closed: without a valid list it refuses everybody. So the
//! list lives for eight days and is written anew every day.

use std::collections::BTreeSet;

use rcgen::{
    CertificateRevocationListParams, KeyIdMethod, RevocationReason, RevokedCertParams, SerialNumber,
};
use rustls::pki_types::{CertificateRevocationListDer, pem::PemObject as _};
use time::{Duration, OffsetDateTime};
use x509_parser::{prelude::FromDer as _, revocation_list::CertificateRevocationList};

use super::{
    Ca,
    ledger::{CertificateRecord, Ledger, Standing},
};
use crate::{Error, Result, atomic_file, clock, random};

/// How long a list is good.
const LIFE: Duration = Duration::days(8);
/// How old a list may become before it is written anew.
const REWRITE: Duration = Duration::days(1);

/// What the list in place says of itself.
#[derive(Clone, Debug)]
pub struct CrlState {
    pub written_at: OffsetDateTime,
    pub valid_until: OffsetDateTime,
    /// Serials of the certificates it refuses, in hexadecimal.
    pub refused: BTreeSet<String>,
}

impl Ca {
    /// Marks a certificate as replaced: refused from `refused_from` on. One that
    /// is already refused earlier stays so.
    ///
    /// # Errors
    /// When no such certificate was issued.
    pub fn supersede(&self, number: &str, refused_from: OffsetDateTime) -> Result<()> {
        self.change(|ledger| {
            let record = ledger.find(number)?;
            if record.refused_from().is_none_or(|from| from > refused_from) {
                record.standing = Standing::Superseded { refused_from };
            }
            Ok(())
        })
    }

    /// Marks a certificate as revoked now. The list is not written yet.
    ///
    /// # Errors
    /// When no such certificate was issued.
    pub fn revoke(&self, number: &str) -> Result<()> {
        self.change(|ledger| {
            let record = ledger.find(number)?;
            if !matches!(record.standing, Standing::Revoked { .. }) {
                record.standing = Standing::Revoked { since: clock::now() };
            }
            Ok(())
        })
    }

    /// Writes the revocation list in place, by rename; the broker follows it
    /// from the next handshake on.
    ///
    /// # Errors
    /// When the list cannot be signed or written.
    pub fn write_crl(&self) -> Result<()> {
        self.change(|ledger| self.write_crl_from(ledger))
    }

    /// What the list in place says of itself.
    ///
    /// # Errors
    /// When there is none or it cannot be read.
    pub fn crl_state(&self) -> Result<CrlState> {
        let path = self.crl_path();
        let damaged =
            |cause: String| Error::failed(format!("{} is not a revocation list", path.display()), cause);
        let text = atomic_file::read(&path)?;
        let der = CertificateRevocationListDer::from_pem_slice(text.as_bytes())
            .map_err(|cause| damaged(cause.to_string()))?;
        let (_, list) =
            CertificateRevocationList::from_der(&der).map_err(|cause| damaged(cause.to_string()))?;
        Ok(CrlState {
            written_at: list.last_update().to_datetime(),
            valid_until: list
                .next_update()
                .ok_or_else(|| damaged("without an end".to_owned()))?
                .to_datetime(),
            refused: list.iter_revoked_certificates().map(|entry| random::hex(entry.raw_serial())).collect(),
        })
    }

    /// Whether the list in place must be written anew: certificates have come to
    /// be refused that it does not name, or it is a day old, missing or damaged.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn crl_is_due(&self, now: OffsetDateTime) -> Result<bool> {
        let due: BTreeSet<String> = self
            .issued()?
            .into_iter()
            .filter(|record| is_listed(record, now))
            .map(|record| record.serial)
            .collect();
        Ok(!self
            .crl_state()
            .is_ok_and(|list| now - list.written_at < REWRITE && due.is_subset(&list.refused)))
    }

    pub(super) fn write_crl_from(&self, ledger: &mut Ledger) -> Result<()> {
        let now = clock::now();
        ledger.crl_number += 1;
        let list = CertificateRevocationListParams {
            this_update: now,
            next_update: now + LIFE,
            crl_number: SerialNumber::from(ledger.crl_number),
            issuing_distribution_point: None,
            revoked_certs: ledger
                .certificates
                .iter()
                .filter(|record| is_listed(record, now))
                .map(|record| entry(record, now))
                .collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let pem = list
            .signed_by(&self.issuer()?)
            .and_then(|list| list.pem())
            .map_err(|cause| Error::failed("the revocation list cannot be signed", cause))?;
        atomic_file::write(&self.crl_path(), pem.as_bytes(), atomic_file::PUBLIC)
    }
}

/// An expired certificate is refused by its dates; a day later it leaves the
/// list, which so stays short.
fn is_listed(record: &CertificateRecord, now: OffsetDateTime) -> bool {
    record.refused_from().is_some_and(|from| from <= now) && record.valid_until + Duration::days(1) > now
}

fn entry(record: &CertificateRecord, now: OffsetDateTime) -> RevokedCertParams {
    let (revocation_time, reason) = match record.standing {
        Standing::Superseded { refused_from } => (refused_from, RevocationReason::Superseded),
        Standing::Revoked { since } => (since, RevocationReason::PrivilegeWithdrawn),
        Standing::Current => (now, RevocationReason::Unspecified),
    };
    RevokedCertParams {
        serial_number: SerialNumber::from(serial_bytes(&record.serial)),
        revocation_time,
        reason_code: Some(reason),
        invalidity_date: None,
    }
}

/// The ledger holds pairs of hexadecimal digits that we wrote ourselves.
fn serial_bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .filter_map(|pair| std::str::from_utf8(pair).ok())
        .filter_map(|pair| u8::from_str_radix(pair, 16).ok())
        .collect()
}
