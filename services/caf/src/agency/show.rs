//! One agency, seen from everywhere.

use schemas::AgencyId;
use serde_json::Value;

use super::{certificates, queues};
use crate::{
    Result, ca::CertificateRecord, exchange_file::AgencyAccess, management::QueueState, operator::Operator,
};

/// What register, broker and authority know of an agency.
#[derive(Clone, Debug)]
pub struct Overview {
    /// As the register has it.
    pub registered: Value,
    pub queues: Vec<QueueState>,
    pub open_connections: usize,
    /// Those that have not expired, oldest first.
    pub certificates: Vec<CertificateRecord>,
    /// None where it was revoked, or adding it was cut short.
    pub access: Option<AgencyAccess>,
}

/// Looks an agency up everywhere.
///
/// # Errors
/// When it is not on the register, or something does not answer.
pub async fn show(operator: &Operator, agency: &AgencyId) -> Result<Overview> {
    let registered = operator.registers()?.get(&format!("/agencies/{agency}"), &[]).await?;
    let connections = operator.management.connections().await?;
    let open = connections
        .iter()
        .filter(|open| open.user == agency.as_str() && open.vhost == operator.management.vhost());
    Ok(Overview {
        registered,
        queues: queues::find(&operator.management, agency).await?,
        open_connections: open.count(),
        certificates: certificates::issued_to(&operator.ca()?, agency)?,
        access: operator.exchange()?.agencies.remove(agency.as_str()),
    })
}

/// Whether the register's entry of an agency says that it was revoked.
pub(super) fn is_revoked(registered: &Value) -> bool {
    registered["state"] == "revoked"
}

impl Overview {
    /// Whether the register says that it was revoked.
    #[must_use]
    pub fn is_revoked(&self) -> bool {
        is_revoked(&self.registered)
    }

    /// Whether everything is there that an agency needs to connect.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.access.is_some() && self.queues.len() >= 2
    }
}
