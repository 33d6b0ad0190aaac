//! Publishing with confirms, pipelined, over a connection of its own: a resource alarm at
//! the broker blocks connections that publish, and acks must not wait behind it.
//!
//! Nothing here runs by itself: a publisher connects when it has something to send, and a failure
//! leaves the messages in the outbox.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::join_all;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Confirmation, Connection, PublisherConfirm};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::amqp::{self, BrokerError, answered};
use crate::context::Context;
use crate::outgoing::Outgoing;

/// What became of one publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Confirmed,
    /// The queue is full, or a leader is being elected.
    Refused,
    /// No queue is bound for the key.
    Returned,
    /// The channel was closed over one of the messages in flight.
    ChannelClosed,
    /// The connection went, or no confirm came in time.
    Unknown,
}

/// The service's publishing connection, shared by its publishers.
#[derive(Default)]
pub(crate) struct Link {
    connection: Mutex<Option<Connection>>,
    /// Counts the connections that were made.
    generation: AtomicU64,
}

impl Link {
    async fn channel(&self, context: &Context) -> Result<Channel, BrokerError> {
        let mut connection = self.connection.lock().await;
        if let Some(live) = connection.as_ref().filter(|live| live.status().connected()) {
            // It would not even be closed while the alarm lasts.
            if live.status().blocked() {
                return Err(BrokerError::Blocked);
            }
            let channel = confirming(live).await;
            // One that gives no channels is of no use, however alive it looks.
            if channel.is_err() && !live.status().blocked() {
                *connection = None;
            }
            return channel;
        }
        let name = format!("{} publish", context.user);
        let fresh = amqp::connect(&context.config.broker, &name).await?;
        self.generation.fetch_add(1, Ordering::Relaxed);
        let channel = confirming(&fresh).await;
        *connection = Some(fresh);
        channel
    }

    /// Whether the connection of that generation is still up.
    async fn lives(&self, generation: u64) -> bool {
        let connection = self.connection.lock().await;
        let up = connection.as_ref().is_some_and(|live| live.status().connected());
        up && self.generation.load(Ordering::Relaxed) == generation
    }

    async fn is_blocked(&self) -> bool {
        self.connection.lock().await.as_ref().is_some_and(|live| live.status().blocked())
    }

    /// Drops the connection; the next publish makes a new one (with renewed certificates).
    pub(crate) async fn renew(&self) {
        if let Some(old) = self.connection.lock().await.take() {
            amqp::close(&old, "no longer needed").await;
        }
    }
}

async fn confirming(connection: &Connection) -> Result<Channel, BrokerError> {
    let channel = answered(connection.create_channel()).await?;
    answered(channel.confirm_select(ConfirmSelectOptions::default())).await?;
    Ok(channel)
}

/// One confirm channel over the shared connection.
pub(crate) struct Publisher {
    context: Arc<Context>,
    link: Arc<Link>,
    channel: Mutex<Option<Channel>>,
}

impl Publisher {
    pub(crate) fn new(context: Arc<Context>, link: Arc<Link>) -> Self {
        Self { context, link, channel: Mutex::new(None) }
    }

    /// Publishes all, then awaits all confirms.
    pub(crate) async fn publish(&self, messages: &[&Outgoing]) -> Vec<Fate> {
        // Read first: should the connection be made anew meanwhile, no message is blamed for it.
        let generation = self.link.generation.load(Ordering::Relaxed);
        let channel = match self.channel().await {
            Ok(channel) => channel,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "cannot publish now");
                return vec![Fate::Unknown; messages.len()];
            }
        };
        let deadline = Instant::now() + self.context.config.limits.confirm_timeout();
        let mut confirms = Vec::with_capacity(messages.len());
        for message in messages {
            match timeout_at(deadline, send(&channel, message)).await {
                Ok(Ok(confirm)) => confirms.push(confirm),
                // What stops one message stops those after it.
                Ok(Err(_)) | Err(_) => break,
            }
        }
        let mut fates = join_all(confirms.into_iter().map(|confirm| fate_of(confirm, deadline))).await;
        fates.resize(messages.len(), Fate::Unknown);
        if !channel.status().connected() {
            self.blame(&mut fates, generation).await;
        } else if fates.contains(&Fate::Unknown) {
            // It did not answer in time: what comes next has a better chance on another.
            *self.channel.lock().await = None;
        }
        let unconfirmed = fates.iter().filter(|fate| **fate != Fate::Confirmed).count();
        self.context.metrics.unconfirmed.inc_by(unconfirmed as u64);
        fates
    }

    /// Connects if need be, ahead of the next message; whether it is possible.
    pub(crate) async fn keep_ready(&self) -> bool {
        match self.channel().await {
            Ok(_) => true,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "cannot publish now");
                false
            }
        }
    }

    /// A closed channel over a live connection means that one of the messages was at fault.
    async fn blame(&self, fates: &mut [Fate], generation: u64) {
        *self.channel.lock().await = None;
        if self.link.lives(generation).await {
            for fate in fates.iter_mut().filter(|fate| **fate == Fate::Unknown) {
                *fate = Fate::ChannelClosed;
            }
        }
    }

    async fn channel(&self) -> Result<Channel, BrokerError> {
        let channel = self.live_channel().await;
        self.context.metrics.publishing.set(i64::from(channel.is_ok()));
        channel
    }

    async fn live_channel(&self) -> Result<Channel, BrokerError> {
        let mut channel = self.channel.lock().await;
        if let Some(live) = channel.as_ref().filter(|live| live.status().connected()) {
            return if self.link.is_blocked().await { Err(BrokerError::Blocked) } else { Ok(live.clone()) };
        }
        let fresh = self.link.channel(&self.context).await?;
        Ok(channel.insert(fresh).clone())
    }
}

async fn fate_of(confirm: PublisherConfirm, deadline: Instant) -> Fate {
    match timeout_at(deadline, confirm).await {
        Ok(Ok(Confirmation::Ack(None))) => Fate::Confirmed,
        Ok(Ok(Confirmation::Ack(Some(_)) | Confirmation::Nack(Some(_)))) => Fate::Returned,
        Ok(Ok(Confirmation::Nack(None))) => Fate::Refused,
        Ok(Ok(Confirmation::NotRequested) | Err(_)) | Err(_) => Fate::Unknown,
    }
}

async fn send(channel: &Channel, message: &Outgoing) -> Result<PublisherConfirm, lapin::Error> {
    let mut properties = BasicProperties::default()
        .with_content_type("application/cloudevents+json".into())
        .with_message_id(message.id.to_string().into())
        .with_type(message.kind.as_str().into())
        // The broker checks it against our login, so receivers can rely on it (RabbitMQ,
        // "Validated User-ID").
        .with_user_id(message.user.as_str().into())
        // Persistent: survives a restart of the broker (AMQP 0-9-1, 4.5.3).
        .with_delivery_mode(2);
    if let Some(traceparent) = &message.traceparent {
        let mut headers = FieldTable::default();
        headers.insert("traceparent".into(), AMQPValue::LongString(traceparent.as_str().into()));
        properties = properties.with_headers(headers);
    }
    // Mandatory: a message that no queue takes comes back instead of vanishing (G1).
    let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
    channel
        .basic_publish(
            message.exchange.as_str().into(),
            message.routing_key.as_str().into(),
            options,
            message.body.get().as_bytes(),
            properties,
        )
        .await
}
