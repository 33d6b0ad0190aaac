//! Reading a queue, with or without taking what is in it.
//!
//! What is not acknowledged goes back to its place when the channel closes.

use std::{fmt, time::Duration};

use futures::{FutureExt as _, StreamExt as _};
use lapin::{
    Channel, Connection, Consumer,
    message::Delivery,
    options::{BasicAckOptions, BasicConsumeOptions, BasicGetOptions, BasicQosOptions},
    types::{AMQPValue, FieldTable},
};
use serde_json::Value;
use tokio::time::timeout;

use super::{connection::answered, refusal};
use crate::{Error, Result};

/// A message that came.
pub struct Received {
    delivery: Delivery,
    body: Value,
}

impl fmt::Debug for Received {
    // never the body: it may name people
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").field("type", &self.message_type()).finish_non_exhaustive()
    }
}

impl Received {
    fn new(delivery: Delivery) -> Self {
        let body = serde_json::from_slice(&delivery.data).unwrap_or_default();
        Self { delivery, body }
    }

    /// The body as JSON; null if it is none.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.body
    }

    /// The body as it came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.delivery.data
    }

    /// The AMQP `type`.
    #[must_use]
    pub fn message_type(&self) -> &str {
        let kind = self.delivery.properties.kind().as_ref();
        kind.map(lapin::types::ShortString::as_str).unwrap_or_default()
    }

    /// The user whose certificate published it, as the broker verified.
    #[must_use]
    pub fn user_id(&self) -> &str {
        let user = self.delivery.properties.user_id().as_ref();
        user.map(lapin::types::ShortString::as_str).unwrap_or_default()
    }

    /// The delivery with all its properties.
    #[must_use]
    pub fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    /// Takes it from the queue.
    ///
    /// # Errors
    /// When the connection is broken.
    pub async fn ack(&self) -> Result<()> {
        // one message, not all before it
        answered(self.delivery.ack(BasicAckOptions { multiple: false })).await.map(drop)
    }

    /// Takes it from the queue, with all that the same reader gave before it.
    ///
    /// # Errors
    /// When the connection is broken.
    pub async fn ack_all_so_far(&self) -> Result<()> {
        answered(self.delivery.ack(BasicAckOptions { multiple: true })).await.map(drop)
    }
}

/// Who is given what comes, where several read one queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// One after the other.
    Shared,
    /// This reader alone, as long as it reads.
    First,
}

impl Turn {
    fn arguments(self) -> FieldTable {
        let priority = match self {
            Self::Shared => 0,
            // RabbitMQ, consumer priorities: the others are given nothing while this one takes what comes.
            Self::First => 1,
        };
        let mut arguments = FieldTable::default();
        arguments.insert("x-priority".into(), AMQPValue::LongInt(priority));
        arguments
    }
}

/// Reads a queue as messages come.
#[derive(Debug)]
pub struct Reader {
    channel: Channel,
    consumer: Consumer,
}

impl Reader {
    pub(super) async fn open(connection: &Connection, queue: &str, turn: Turn) -> Result<Self> {
        let channel = answered(connection.create_channel()).await?;
        // What is looked for may stand behind much that is left in place. Without a limit a quorum queue gives
        // 2,000 messages and waits for their acks.
        answered(channel.basic_qos(u16::MAX, BasicQosOptions::default())).await?;
        let options = BasicConsumeOptions::default();
        let consume = channel.basic_consume(queue.into(), "".into(), options, turn.arguments());
        let consumer = answered(consume).await?;
        Ok(Self { channel, consumer })
    }

    /// The next message; none if none came in time.
    ///
    /// # Errors
    /// When the connection broke.
    pub async fn next(&mut self, wait: Duration) -> Result<Option<Received>> {
        match timeout(wait, self.consumer.next()).await {
            Err(_nothing_came) => Ok(None),
            Ok(came) => received(came).map(Some),
        }
    }

    /// The next message that is here already.
    ///
    /// # Errors
    /// When the connection broke.
    pub fn next_here(&mut self) -> Result<Option<Received>> {
        self.consumer.next().now_or_never().map(received).transpose()
    }

    /// Stops reading; what was not acknowledged goes back to its place.
    ///
    /// # Errors
    /// When the connection broke.
    pub async fn close(self) -> Result<()> {
        close(&self.channel).await
    }
}

fn received(came: Option<lapin::Result<Delivery>>) -> Result<Received> {
    match came {
        Some(Ok(delivery)) => Ok(Received::new(delivery)),
        Some(Err(cause)) => Err(refusal::on_channel(cause)),
        None => Err(Error::unreachable(
            "the exchange ended the reading (the connection was closed, or the agency was revoked)",
            "consumer cancelled",
        )),
    }
}

/// Looks at what waits in a queue, oldest first, and stops where it ends.
#[derive(Debug)]
pub struct Peek {
    channel: Channel,
    queue: String,
}

impl Peek {
    pub(super) async fn open(connection: &Connection, queue: &str) -> Result<Self> {
        let channel = answered(connection.create_channel()).await?;
        Ok(Self { channel, queue: queue.to_owned() })
    }

    /// The next waiting message; none at the end.
    ///
    /// # Errors
    /// When the connection broke.
    pub async fn next(&mut self) -> Result<Option<Received>> {
        // not taken until acknowledged
        let get = self.channel.basic_get(self.queue.as_str().into(), BasicGetOptions { no_ack: false });
        let got = answered(get).await?;
        Ok(got.map(|message| Received::new(message.delivery)))
    }

    /// Stops looking; what was not acknowledged goes back to its place.
    ///
    /// # Errors
    /// When the connection broke.
    pub async fn close(self) -> Result<()> {
        close(&self.channel).await
    }
}

async fn close(channel: &Channel) -> Result<()> {
    answered(channel.close(200, "done".into())).await
}
