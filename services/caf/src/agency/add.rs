//! Adding an agency.

use std::path::{Path, PathBuf};

use schemas::AgencyId;
use serde_json::Value;

use super::{
    certificates::{self, Placed},
    registration::Registration,
    show::is_revoked,
    user::let_in,
};
use crate::{
    Error, Result, atomic_file,
    ca::{Ca, CertificateRecord, Standing, is_for_key_of},
    exchange_file::{AgencyAccess, ExchangeFile},
    operator::Operator,
};

/// What an agency has after it was added.
#[derive(Clone, Debug)]
pub struct Added {
    pub access: AgencyAccess,
    pub certificate: CertificateRecord,
    pub exchange_file: PathBuf,
}

/// What an operator has looked at and answers for.
#[derive(Clone, Copy, Debug, Default)]
pub struct LookedAt {
    /// It was revoked, and the same organisation comes back to its queues.
    pub reinstated: bool,
    /// The id and the name of a sensitive service tell nothing, though they seem to.
    pub name_is_neutral: bool,
}

/// Puts an agency on the register and gives it queues, a broker user and a
/// certificate. Run again, it completes what is missing and keeps the rest.
///
/// # Errors
/// When it was revoked or its name tells too much and nobody answers for that; when the register or the
/// broker refuses or does not answer.
pub async fn add(
    operator: &Operator,
    agency: &AgencyId,
    registration: &Registration,
    request: Option<&Path>,
    looked_at: LookedAt,
) -> Result<Added> {
    registration.check(agency, looked_at)?;
    let lock = operator.lock()?;
    let ca = operator.ca()?;
    if !looked_at.reinstated && was_revoked(operator, &ca, agency).await? {
        return Err(Error::refused(format!(
            "{agency} was revoked: if the same organisation comes back, say --reinstate, and it finds what lies in its queues; another needs an id of its own"
        )));
    }
    // the register first: what it refuses must not get into the broker
    operator.registers()?.put(&format!("/agencies/{agency}"), registration).await?;
    let queues = let_in(&operator.management, agency).await?;
    let mut exchange = operator.exchange()?;
    let placed = match in_use(&ca, &exchange, agency)? {
        Some(placed) => kept(agency, placed, request)?,
        None => certificates::issue(operator, &ca, agency, request)?,
    };
    let access = AgencyAccess {
        certificate: placed.certificate,
        key: placed.key,
        inbox: queues.inbox,
        answers: queues.answers,
    };
    exchange.agencies.insert(agency.to_string(), access.clone());
    exchange.write(&operator.file.exchange_file)?;
    forget_strays(&ca, agency, &placed.record.number)?;
    drop(lock);
    Ok(Added { access, certificate: placed.record, exchange_file: operator.file.exchange_file.clone() })
}

/// On the register, or by a revocation that did not get that far.
async fn was_revoked(operator: &Operator, ca: &Ca, agency: &AgencyId) -> Result<bool> {
    let all: Vec<Value> = operator.registers()?.get("/agencies", &[]).await?;
    let on_register = all.iter().any(|entry| entry["id"] == agency.as_str() && is_revoked(entry));
    let issued = certificates::issued_to(ca, agency)?;
    let is_refused = |record: &CertificateRecord| matches!(record.standing, Standing::Revoked { .. });
    let by_authority = !issued.is_empty() && issued.iter().all(is_refused);
    Ok(on_register || by_authority)
}

/// The certificate that the exchange file names, if it is good.
fn in_use(ca: &Ca, exchange: &ExchangeFile, agency: &AgencyId) -> Result<Option<Placed>> {
    let Some(access) = exchange.agencies.get(agency.as_str()) else {
        return Ok(None);
    };
    let record = certificates::record_of(ca, agency, &access.certificate)?;
    Ok(record.filter(certificates::is_good).map(|record| Placed {
        record,
        certificate: access.certificate.clone(),
        key: access.key.clone(),
    }))
}

/// A good certificate is kept, unless it is not for the key that was asked for.
fn kept(agency: &AgencyId, placed: Placed, request: Option<&Path>) -> Result<Placed> {
    let is_it = match request {
        None => true,
        Some(path) => is_for_key_of(&placed.certificate, &atomic_file::read(path)?)?,
    };
    if is_it {
        return Ok(placed);
    }
    Err(Error::refused(format!(
        "{agency} has a good certificate for another key; replace it with `caf agency renew {agency} --csr FILE`"
    )))
}

/// A run that was cut short may have issued a certificate that nobody uses.
fn forget_strays(ca: &Ca, agency: &AgencyId, in_use: &str) -> Result<()> {
    let strays = certificates::others(ca, agency, in_use)?;
    for stray in &strays {
        ca.revoke(&stray.number)?;
    }
    if strays.is_empty() { Ok(()) } else { ca.write_crl() }
}
