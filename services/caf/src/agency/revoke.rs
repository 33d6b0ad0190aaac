//! Revoking an agency.

use schemas::AgencyId;

use super::{certificates, queues};
use crate::{Error, Result, ca::Ca, management::QueueState, operator::Operator};

/// What is kept of a revoked agency.
#[derive(Clone, Debug)]
pub struct Revoked {
    /// Numbers of the certificates that are refused from now on.
    pub certificates: Vec<String>,
    /// Its queues with what is in them; the broker deletes them after [`super::KEPT`].
    pub kept: Vec<QueueState>,
}

/// Shuts an agency out: deletes its broker user, which closes its connections
/// at once; puts its certificates on the revocation list; marks it on the
/// register. Its queues are kept for a while, but nothing more comes into them: what waits for it is
/// parked.
///
/// # Errors
/// When the broker or the register does not answer; running it again completes it.
pub async fn revoke(operator: &Operator, agency: &AgencyId) -> Result<Revoked> {
    let lock = operator.lock()?;
    // first of all: nothing it could still send or read
    operator.management.delete_user(agency.as_str()).await?;
    let ca = operator.ca()?;
    let certificates = revoke_certificates(&ca, agency)?;
    let mut exchange = operator.exchange()?;
    if exchange.agencies.remove(agency.as_str()).is_some() {
        exchange.write(&operator.file.exchange_file)?;
    }
    let kept = queues::shut(&operator.management, agency).await?;
    let marked = operator.registers()?.post(&format!("/agencies/{agency}/revoke"), &[]).await;
    marked.map_err(|error| match error {
        Error::Unreachable { source, .. } => Error::unreachable(
            format!(
                "{agency} can no longer connect, but the service with the register does not answer and does not know it yet; run this again"
            ),
            source,
        ),
        other => other,
    })?;
    drop(lock);
    Ok(Revoked { certificates, kept })
}

fn revoke_certificates(ca: &Ca, agency: &AgencyId) -> Result<Vec<String>> {
    let mut revoked = Vec::new();
    for record in certificates::issued_to(ca, agency)? {
        ca.revoke(&record.number)?;
        revoked.push(record.number);
    }
    ca.write_crl()?;
    Ok(revoked)
}
