//! Keeps refused certificates out: the revocation list in time, and open
//! connections swept.
//!
//! It needs the authority's key, so it runs as the operator, never as a service.
//! The broker looks at the list at each handshake only; what is open already
//! must be closed. A new connection shows in the management API after some
//! 4 seconds: so one sweep after the list was written is not enough.

use std::{collections::HashMap, time::Duration};

use tokio::time::sleep;

use crate::{
    Result,
    ca::{Ca, CertificateRecord},
    clock,
    management::{BrokerConnection, Management},
};

/// After how long a connection that slipped in must show.
const SHOWS_AFTER: Duration = Duration::from_secs(6);

/// Writes the revocation list if certificates have come to be refused that it
/// does not name, or it is a day old. Tells whether it wrote.
///
/// # Errors
/// When the authority's files cannot be read or written.
pub fn renew_list(ca: &Ca) -> Result<bool> {
    let due = ca.crl_is_due(clock::now())?;
    if due {
        ca.write_crl()?;
    }
    Ok(due)
}

/// Closes every open connection whose certificate is refused by now or has
/// expired. Returns what it closed.
///
/// # Errors
/// When the broker does not answer.
pub async fn sweep(management: &Management, ca: &Ca) -> Result<Vec<BrokerConnection>> {
    let now = clock::now();
    let issued: HashMap<String, CertificateRecord> =
        ca.issued()?.into_iter().map(|record| (record.number.clone(), record)).collect();
    let mut closed = Vec::new();
    for connection in management.connections().await? {
        let number = connection.certificate_number();
        let record = number.and_then(|number| issued.get(&number));
        if record.is_some_and(|record| record.is_refused_at(now)) {
            management.close_connection(&connection.name).await?;
            closed.push(connection);
        }
    }
    Ok(closed)
}

/// The list, a sweep, and another once late connections show.
///
/// # Errors
/// When the list cannot be written or the broker does not answer.
pub async fn enforce(management: &Management, ca: &Ca) -> Result<Vec<BrokerConnection>> {
    renew_list(ca)?;
    let mut closed = sweep(management, ca).await?;
    sleep(SHOWS_AFTER).await;
    closed.extend(sweep(management, ca).await?);
    Ok(closed)
}
