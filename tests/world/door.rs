//! The exchange's front door: who is let in with which certificate.

use std::path::Path;

use caf::ca::Issued;
use caf::client::AgencyClient;
use caf::exchange_file::AgencyAccess;
use caf::tls::Identity;
use lapin::Connection;
use schemas::AgencyId;

use crate::world::World;

/// A certificate and its key.
pub trait Pair {
    /// What to show at the door.
    fn identity(&self) -> Identity<'_>;
}

impl Pair for AgencyAccess {
    fn identity(&self) -> Identity<'_> {
        pair(&self.certificate, self.key.as_deref())
    }
}

impl Pair for Issued {
    fn identity(&self) -> Identity<'_> {
        pair(&self.certificate, self.key.as_deref())
    }
}

fn pair<'a>(certificate: &'a Path, key: Option<&'a Path>) -> Identity<'a> {
    let key = key.expect("the key is here");
    Identity { certificate, key }
}

impl World {
    /// Connects with a certificate, or without one.
    ///
    /// # Errors
    /// When the exchange does not let it in.
    ///
    /// # Panics
    /// When the exchange file cannot be read.
    pub async fn knock(&self, identity: Option<Identity<'_>>) -> caf::Result<Connection> {
        let exchange = self.operator.exchange().expect("the exchange file");
        caf::client::open(&exchange.amqps, &exchange.ca_certificate, identity).await
    }

    /// Connects with a certificate and its key.
    ///
    /// # Errors
    /// When the exchange does not let it in.
    pub async fn knock_with(&self, pair: &impl Pair) -> caf::Result<Connection> {
        self.knock(Some(pair.identity())).await
    }

    /// A further connection of a registered agency that listens to nothing.
    ///
    /// # Panics
    /// When the exchange does not let it in.
    pub async fn system_of(&self, id: &AgencyId) -> AgencyClient {
        let exchange = self.operator.exchange().expect("the exchange file");
        AgencyClient::connect(&exchange, id.as_str()).await.expect("the agency is let in")
    }

    /// The numbers of an agency's certificates, oldest first.
    ///
    /// # Panics
    /// When the authority's files cannot be read.
    #[must_use]
    pub fn certificates_of(&self, id: &AgencyId) -> Vec<String> {
        let issued = self.ca().issued().expect("the ledger").into_iter();
        issued.filter(|record| record.name == id.as_str()).map(|record| record.number).collect()
    }

    /// Connects as a service (`svc-index`) does, whether it runs or not.
    ///
    /// # Panics
    /// When it is not let in.
    pub async fn as_service(&self, user: &str) -> Connection {
        let own = self.directory.join(user);
        if !own.exists() {
            self.ca().issue_client(user, &own).expect("a certificate");
        }
        let (certificate, key) = (own.join("certificate.pem"), own.join("key.pem"));
        let identity = pair(&certificate, Some(&key));
        self.knock(Some(identity)).await.expect("the service is let in")
    }
}
