//! Publishing with a confirm for every message.

use std::time::Duration;

use lapin::{
    BasicProperties, Confirmation, PublisherConfirm, options::BasicPublishOptions, types::ShortString,
};
use tokio::time::timeout;

use super::{AgencyClient, Outgoing, connection::answered, refusal};
use crate::{Error, Result};

/// How long the broker may take to confirm.
const CONFIRM: Duration = Duration::from_secs(10);
/// Messages are written to disk.
const PERSISTENT: u8 = 2;

/// A message that is on its way. Many may be, one after another.
#[derive(Debug)]
#[must_use = "a message is safe only once it is confirmed"]
pub struct Pending {
    confirm: PublisherConfirm,
}

impl Pending {
    /// Waits until the broker has the message on disk.
    ///
    /// # Errors
    /// When it refuses, returns or does not take the message, or does not answer.
    pub async fn confirmed(self) -> Result<()> {
        let confirmation =
            timeout(CONFIRM, self.confirm).await.map_err(refusal::no_answer)?.map_err(refusal::on_channel)?;
        match confirmation {
            Confirmation::Ack(None) => Ok(()),
            Confirmation::Ack(Some(_)) => Err(Error::refused(
                "no service takes this message; the exchange is not set up whole (caf status)",
            )),
            Confirmation::Nack(_) => Err(Error::refused(
                "the exchange cannot take the message at present; send it again with the same id",
            )),
            Confirmation::NotRequested => Err(Error::refused(
                "the message was sent without asking for a confirm; this is an error of this program",
            )),
        }
    }
}

impl AgencyClient {
    /// Sends a message and waits until the broker has it on disk.
    ///
    /// # Errors
    /// When it refuses, returns or does not take the message, or does not answer.
    pub async fn publish(&self, message: &Outgoing) -> Result<()> {
        self.start(message).await?.confirmed().await
    }

    /// Sends a message without waiting for its confirm yet, so that many can be
    /// on their way.
    ///
    /// # Errors
    /// When the connection is broken.
    pub async fn start(&self, message: &Outgoing) -> Result<Pending> {
        let key = message.message_type().key(self.agency());
        self.start_as(&key, self.properties(message), &message.body()?).await
    }

    /// The properties with which a message of this agency goes out.
    #[must_use]
    pub fn properties(&self, message: &Outgoing) -> BasicProperties {
        BasicProperties::default()
            .with_content_type(schemas::envelope::CONTENT_TYPE.into())
            .with_delivery_mode(PERSISTENT)
            .with_message_id(short(message.id()))
            .with_type(short(message.message_type().name()))
            // the broker closes the channel if this is not the user of the certificate
            .with_user_id(short(self.agency()))
    }

    /// Sends any key, properties and body to `in` (tests send what is wrong).
    ///
    /// # Errors
    /// When the connection is broken.
    pub async fn start_as(&self, key: &str, properties: BasicProperties, body: &[u8]) -> Result<Pending> {
        // mandatory: a message that no queue takes comes back instead of vanishing
        let options = BasicPublishOptions { mandatory: true, immediate: false };
        let handing_over = self.publishing.basic_publish("in".into(), short(key), options, body, properties);
        let confirm = answered(handing_over).await?;
        Ok(Pending { confirm })
    }
}

/// AMQP's short strings hold 255 bytes; a longer text is cut at a character.
fn short(text: &str) -> ShortString {
    let end = (0..=text.len().min(255)).rev().find(|end| text.is_char_boundary(*end));
    text[..end.unwrap_or(0)].into()
}
