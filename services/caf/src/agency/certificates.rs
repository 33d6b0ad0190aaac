//! An agency's certificates on disk: `<agencies>/<id>/<kN>/certificate.pem`
//! and `key.pem`, a directory each, so that certificate and key always belong
//! together, also while one is replaced.

use std::{
    fs,
    path::{Path, PathBuf},
};

use schemas::AgencyId;

use crate::{
    Error, Result, atomic_file,
    ca::{Ca, CertificateRecord, Standing, Usage},
    clock,
    operator::Operator,
};

/// A certificate where the exchange file points to it.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) record: CertificateRecord,
    pub(super) certificate: PathBuf,
    pub(super) key: Option<PathBuf>,
}

/// Issues a certificate, for the key of a request or with a fresh one.
pub(super) fn issue(
    operator: &Operator,
    ca: &Ca,
    agency: &AgencyId,
    request: Option<&Path>,
) -> Result<Placed> {
    let home = operator.file.agencies_directory.join(agency.as_str());
    atomic_file::directory(&operator.file.agencies_directory, 0o700)?;
    atomic_file::directory(&home, 0o700)?;
    let unfinished = home.join(".new");
    let issued = match request {
        None => ca.issue_client(agency.as_str(), &unfinished)?,
        Some(path) => ca.sign_request(agency.as_str(), &atomic_file::read(path)?, &unfinished)?,
    };
    let place = home.join(&issued.record.number);
    fs::rename(&unfinished, &place).map_err(|cause| Error::writing(&place, cause))?;
    Ok(Placed {
        certificate: place.join("certificate.pem"),
        key: issued.key.map(|_| place.join("key.pem")),
        record: issued.record,
    })
}

/// Every certificate of the agency that has not expired, oldest first. A server may have the same name.
pub(super) fn issued_to(ca: &Ca, agency: &AgencyId) -> Result<Vec<CertificateRecord>> {
    let now = clock::now();
    let mut issued = ca.issued()?;
    issued.retain(|record| {
        record.usage == Usage::Client && record.name == agency.as_str() && record.valid_until > now
    });
    Ok(issued)
}

/// The number of the certificate in a file that the exchange file names.
pub(super) fn number_of(file: &Path) -> Option<&str> {
    file.parent()?.file_name()?.to_str()
}

/// The record of the certificate in a file that the exchange file names.
pub(super) fn record_of(ca: &Ca, agency: &AgencyId, file: &Path) -> Result<Option<CertificateRecord>> {
    let number = number_of(file);
    let is_it = |record: &CertificateRecord| Some(record.number.as_str()) == number;
    Ok(issued_to(ca, agency)?.into_iter().find(|record| is_it(record) && file.exists()))
}

/// Whether a certificate is good for now: neither replaced, revoked nor expired.
pub(super) fn is_good(record: &CertificateRecord) -> bool {
    record.standing == Standing::Current && !record.is_refused_at(clock::now())
}

/// The agency's certificates that are good, besides the one that is in use.
pub(super) fn others(ca: &Ca, agency: &AgencyId, in_use: &str) -> Result<Vec<CertificateRecord>> {
    let mut issued = issued_to(ca, agency)?;
    issued.retain(|record| is_good(record) && record.number != in_use);
    Ok(issued)
}
