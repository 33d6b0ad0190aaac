//! What all parts of a service share, and how they are told to stop.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use sqlx::PgPool;
use tokio::sync::{Notify, watch};

use crate::clock::Clock;
use crate::config::Config;
use crate::intake::Parcel;
use crate::metrics::Metrics;
use crate::seal::Sealer;

/// What all parts of a service share.
pub(crate) struct Context {
    /// `index`.
    pub(crate) name: &'static str,
    /// Its broker user, and the `source` of what it publishes: `svc-index`.
    pub(crate) user: &'static str,
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) metrics: Metrics,
    /// Told when the certificate's files changed.
    pub(crate) certificate_renewed: Notify,
    /// Where health and metrics are.
    pub(crate) http_address: OnceLock<SocketAddr>,
    pub(crate) db: PgPool,
}

impl Context {
    /// Notes whether the database answers, for the metrics.
    pub(crate) fn database_answers(&self, up: bool) {
        self.metrics.database.set(i64::from(up));
    }

    /// Asks the database, within a second.
    pub(crate) async fn database_is_up(&self) -> bool {
        let asked = sqlx::query("SELECT 1").execute(&self.db);
        let up = matches!(tokio::time::timeout(Duration::from_secs(1), asked).await, Ok(Ok(_)));
        self.database_answers(up);
        up
    }

    /// Opens a stored message; none, and an error in the log, where the key does not fit.
    pub(crate) fn open(&self, context: &str, sealed: &[u8]) -> Option<Parcel> {
        let plain = self.sealer.open(context, sealed).ok();
        let parcel = plain.and_then(|plain| Parcel::from_bytes(&plain));
        if parcel.is_none() {
            tracing::error!(place = context, "a stored message does not open; restore the master key");
        }
        parcel
    }
}

/// Tells every part to finish what it does and stop.
#[derive(Clone, Debug)]
pub(crate) struct Stop(pub(crate) watch::Receiver<bool>);

impl Stop {
    pub(crate) fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    pub(crate) async fn requested(&mut self) {
        // An error means that the sender is gone, so that nothing can be asked any more.
        let _ = self.0.wait_for(|stop| *stop).await;
    }

    /// Sleeps for a while; true when woken to stop.
    pub(crate) async fn sleep(&mut self, pause: Duration) -> bool {
        tokio::select! {
            () = self.requested() => true,
            () = tokio::time::sleep(pause) => false,
        }
    }
}
