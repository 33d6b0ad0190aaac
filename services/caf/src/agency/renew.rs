//! A new certificate for an agency; the old one runs out.

use std::path::Path;

use schemas::AgencyId;
use time::{Duration, OffsetDateTime};

use super::{certificates, user::let_in};
use crate::{
    Error, Result, ca::CertificateRecord, clock, exchange_file::AgencyAccess, keeper, operator::Operator,
};

/// Why a certificate is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// In good time: the old one stays good for the grace period.
    Planned,
    /// Somebody else may have its key: the old one is refused at once.
    Compromised,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Renewed {
    pub access: AgencyAccess,
    pub certificate: CertificateRecord,
    /// Numbers of the certificates that were replaced.
    pub replaced: Vec<String>,
    /// From when on those are refused.
    pub refused_from: OffsetDateTime,
    /// How many open connections were closed.
    pub closed: usize,
}

/// Issues a new certificate and supersedes every other good one of the agency.
///
/// # Errors
/// When the agency is not on this exchange, or the broker does not answer.
pub async fn renew(
    operator: &Operator,
    agency: &AgencyId,
    renewal: Renewal,
    request: Option<&Path>,
) -> Result<Renewed> {
    let lock = operator.lock()?;
    let ca = operator.ca()?;
    let mut exchange = operator.exchange()?;
    if !exchange.agencies.contains_key(agency.as_str()) {
        return Err(Error::refused(format!(
            "{agency} is not on this exchange, or was revoked; add it with `caf agency add`"
        )));
    }
    let queues = let_in(&operator.management, agency).await?;
    let placed = certificates::issue(operator, &ca, agency, request)?;
    let access = AgencyAccess {
        certificate: placed.certificate,
        key: placed.key,
        inbox: queues.inbox,
        answers: queues.answers,
    };
    // the new pair is in the file before the old one begins to run out
    exchange.agencies.insert(agency.to_string(), access.clone());
    exchange.write(&operator.file.exchange_file)?;
    let now = clock::now();
    let refused_from = match renewal {
        Renewal::Planned => now + Duration::hours(i64::from(operator.file.grace_hours)),
        Renewal::Compromised => now,
    };
    let replaced = certificates::others(&ca, agency, &placed.record.number)?;
    for old in &replaced {
        match renewal {
            Renewal::Planned => ca.supersede(&old.number, refused_from)?,
            Renewal::Compromised => ca.revoke(&old.number)?,
        }
    }
    if renewal == Renewal::Compromised {
        revoke_in_grace(&ca, agency)?;
    }
    drop(lock);
    let closed =
        if refused_from <= now { keeper::enforce(&operator.management, &ca).await?.len() } else { 0 };
    Ok(Renewed {
        access,
        certificate: placed.record,
        replaced: replaced.into_iter().map(|old| old.number).collect(),
        refused_from,
        closed,
    })
}

/// A thief may hold an older key too: no grace period goes on.
fn revoke_in_grace(ca: &crate::ca::Ca, agency: &AgencyId) -> Result<()> {
    let now = clock::now();
    for record in ca.issued()? {
        let runs_out = record.refused_from().is_some_and(|from| from > now);
        if record.name == agency.as_str() && runs_out {
            ca.revoke(&record.number)?;
        }
    }
    Ok(())
}
