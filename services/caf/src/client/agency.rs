//! An agency on the exchange.

use std::time::Duration;

use lapin::{Channel, Connection, options::ConfirmSelectOptions};
use schemas::catalogue::AgencyQueue;
use serde_json::Value;
use tokio::time::Instant;

use super::{
    Outgoing, Peek, Reader, Received,
    connection::{self, answered},
    read::Turn,
};
use crate::{
    Error, Result,
    exchange_file::{AgencyAccess, ExchangeFile},
    tls::Identity,
};

/// An agency's open connection.
#[derive(Debug)]
pub struct AgencyClient {
    agency: String,
    access: AgencyAccess,
    connection: Connection,
    pub(super) publishing: Channel,
}

impl AgencyClient {
    /// Connects as `agency`, with its own certificate.
    ///
    /// # Errors
    /// When the exchange cannot be reached or refuses the certificate.
    pub async fn connect(exchange: &ExchangeFile, agency: &str) -> Result<Self> {
        let access = exchange.agency(agency)?.clone();
        let Some(key) = access.key.as_deref() else {
            return Err(Error::usage(format!(
                "the key of {agency} is with the agency, not here; run this where the key is, with an exchange file that names it"
            )));
        };
        let identity = Identity { certificate: &access.certificate, key };
        let connection = connection::open(&exchange.amqps, &exchange.ca_certificate, Some(identity)).await?;
        let publishing = answered(connection.create_channel()).await?;
        // without confirms the broker may lose a message in silence (G1)
        answered(publishing.confirm_select(ConfirmSelectOptions::default())).await?;
        Ok(Self { agency: agency.to_owned(), access, connection, publishing })
    }

    /// Who is connected.
    #[must_use]
    pub fn agency(&self) -> &str {
        &self.agency
    }

    /// The names of its queues, its certificate and key.
    #[must_use]
    pub fn access(&self) -> &AgencyAccess {
        &self.access
    }

    /// The connection itself (tests try what is not allowed).
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Reads the inbox as messages come.
    ///
    /// # Errors
    /// When the broker refuses or does not answer.
    pub async fn inbox(&self) -> Result<Reader> {
        Reader::open(&self.connection, &self.access.inbox, Turn::Shared).await
    }

    /// Reads the inbox before all other readers of it: meanwhile they are given nothing.
    ///
    /// # Errors
    /// When the broker refuses or does not answer.
    pub async fn inbox_before_others(&self) -> Result<Reader> {
        Reader::open(&self.connection, &self.access.inbox, Turn::First).await
    }

    /// Reads the answers queue as messages come.
    ///
    /// # Errors
    /// When the broker refuses or does not answer.
    pub async fn answers(&self) -> Result<Reader> {
        Reader::open(&self.connection, &self.access.answers, Turn::Shared).await
    }

    /// Looks at what waits in the inbox, oldest first.
    ///
    /// # Errors
    /// When the broker refuses or does not answer.
    pub async fn peek_inbox(&self) -> Result<Peek> {
        Peek::open(&self.connection, &self.access.inbox).await
    }

    /// Sends a message and waits for its receipt or answer, which is taken from
    /// its queue; everything else there stays in place. None if nothing came in
    /// time: the message is safe all the same.
    ///
    /// # Errors
    /// When the broker refuses or does not answer.
    pub async fn ask(&self, message: &Outgoing, wait: Duration) -> Result<Option<Received>> {
        // the reader stands before the message goes: its reply cannot be missed
        let reader = match reply_queue(message) {
            AgencyQueue::Inbox => self.inbox().await?,
            AgencyQueue::Answers => self.answers().await?,
        };
        self.publish(message).await?;
        take(reader, wait, |received| is_reply_to(received, message.id())).await
    }

    /// Waits for something in the inbox, and takes it; everything else there stays in place. None if it did not
    /// come in time.
    ///
    /// # Errors
    /// When the broker refuses or does not answer.
    pub async fn wait_for(
        &self,
        wait: Duration,
        wanted: impl Fn(&Received) -> bool,
    ) -> Result<Option<Received>> {
        take(self.inbox().await?, wait, wanted).await
    }

    /// Says goodbye.
    ///
    /// # Errors
    /// When the connection is broken already.
    pub async fn close(self) -> Result<()> {
        answered(self.connection.close(200, "done".into())).await
    }
}

async fn take(
    mut reader: Reader,
    wait: Duration,
    wanted: impl Fn(&Received) -> bool,
) -> Result<Option<Received>> {
    let until = Instant::now() + wait;
    while let Some(received) = reader.next(until.saturating_duration_since(Instant::now())).await? {
        if wanted(&received) {
            received.ack().await?;
            reader.close().await?;
            return Ok(Some(received));
        }
    }
    reader.close().await?;
    Ok(None)
}

/// In which queue the reply comes; the receipt of an unknown type comes to the inbox.
fn reply_queue(message: &Outgoing) -> AgencyQueue {
    schemas::MessageType::from_name(message.message_type().name())
        .and_then(|known| known.entry().reply)
        .unwrap_or(AgencyQueue::Inbox)
}

/// A receipt says `of`, an answer says `query`.
fn is_reply_to(received: &Received, id: &str) -> bool {
    let body = received.json();
    let named = |field| body.pointer(field).and_then(Value::as_str) == Some(id);
    named("/data/of") || named("/data/query")
}
