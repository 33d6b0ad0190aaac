//! Open connections, and closing them.

use std::time::Duration;

use serde::Deserialize;
use tokio::time::sleep;

use super::Management;
use crate::{Error, Result};

/// How often, and after what pause, a connection is closed that the broker fails to close.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// An open connection. A new one shows here after about 4 seconds.
#[derive(Clone, Debug, Deserialize)]
pub struct BrokerConnection {
    pub name: String,
    #[serde(default)]
    pub user: String,
    #[serde(default)]
    pub vhost: String,
    /// Subject of the client's certificate, such as `SERIALNUMBER=k7,CN=willow-nursery`.
    #[serde(default)]
    peer_cert_subject: Option<String>,
}

impl BrokerConnection {
    /// The number (`k7`) of the certificate that opened it.
    #[must_use]
    pub fn certificate_number(&self) -> Option<String> {
        let subject = self.peer_cert_subject.as_deref()?;
        subject.split([',', '+']).find_map(|attribute| {
            let (name, value) = attribute.split_once('=')?;
            let name = name.trim();
            // how the broker spells the attribute depends on its version
            (name.eq_ignore_ascii_case("serialnumber") || name == "2.5.4.5")
                .then(|| value.trim().to_ascii_lowercase())
        })
    }
}

impl Management {
    /// Every open connection to the broker.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn connections(&self) -> Result<Vec<BrokerConnection>> {
        let columns = [("columns", "name,user,vhost,peer_cert_subject")];
        Ok(self.get(&["connections"], &columns).await?.unwrap_or_default())
    }

    /// Closes a connection; one that is gone counts as closed.
    ///
    /// # Errors
    /// When the broker does not answer or refuses.
    pub async fn close_connection(&self, name: &str) -> Result<()> {
        // one that ends while it is being closed (another sweep, its own client) makes the broker answer
        // with an error of its own; asked again it says that there is none
        for _ in 0..TRIES {
            match self.delete(&["connections", name]).await {
                Err(Error::Refused(_)) => sleep(PAUSE).await,
                done => return done,
            }
        }
        self.delete(&["connections", name]).await
    }

    /// Closes a user's connections to this virtual host; returns how many.
    ///
    /// # Errors
    /// When the broker does not answer or refuses.
    pub async fn close_connections_of(&self, user: &str) -> Result<usize> {
        let mut closed = 0;
        for connection in self.connections().await? {
            if connection.user == user && connection.vhost == self.vhost() {
                self.close_connection(&connection.name).await?;
                closed += 1;
            }
        }
        Ok(closed)
    }
}

#[test]
fn the_certificate_s_number_is_found_however_it_is_spelt() {
    let connection = |subject: &str| BrokerConnection {
        name: String::new(),
        user: String::new(),
        vhost: String::new(),
        peer_cert_subject: Some(subject.to_owned()),
    };
    for subject in ["SERIALNUMBER=k12,CN=willow-nursery", "CN=x, serialNumber=K12"] {
        let number = connection(subject).certificate_number();
        assert_eq!(number.as_deref(), Some("k12"));
    }
    assert_eq!(connection("CN=k12").certificate_number(), None);
}
