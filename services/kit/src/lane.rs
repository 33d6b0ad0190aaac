//! A lane takes from one queue: what is already waiting, at most 256 messages, never waiting
//! for more; processes them as a batch; publishes; acknowledges the batch at once. While one batch is
//! published the next is in its transaction.

use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::{DeliveryTag, FieldTable};
use lapin::{Channel, Connection, Consumer};
use schemas::catalogue::Lane as LaneName;
use tokio::task::JoinHandle;

use crate::amqp::{BrokerError, answered};
use crate::batch::{Item, Origin, Patience, Process, Treat};
use crate::context::{Context, Stop};
use crate::intake::{self, Expects, Parcel};
use crate::outbox::Bundle;
use crate::relay::Relay;

/// Messages in a batch.
const BATCH: usize = 256;
/// So many bytes fill a batch, too: what comes of a message may be many times as much, and all of it is in memory and in
/// one statement.
const BATCH_BYTES: usize = 2 << 20;
/// Three batches: one on its way out, one in its transaction, one arriving. What is prefetched bounds our
/// memory, by the broker's largest message, 1 MiB (AMQP 0-9-1, basic.qos).
const PREFETCH: u16 = 768;
/// Questions come one by one.
const PREFETCH_QUERIES: u16 = 256;
/// How often a lane that has nothing to do looks whether it still could.
const LOOK: Duration = Duration::from_secs(5);
/// Each carries up to 200 states.
const PREFETCH_EVENTS: u16 = 64;
/// Of what should not come at all.
const PREFETCH_RARE: u16 = 32;

/// Questions seldom wait for one another, and each for a commit: while one waits, the next is decided.
const QUERY_CONSUMERS: usize = 2;

/// One queue and what is done with its messages.
pub(crate) struct Lane {
    pub(crate) queue: String,
    pub(crate) expects: Expects,
    pub(crate) process: Arc<dyn Process>,
    pub(crate) relay: Arc<Relay>,
}

/// Why a lane stopped without being asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LaneError {
    #[error("the broker broke off a lane")]
    Broker(#[from] BrokerError),
    #[error("a lane's deliveries ended")]
    Ended,
}

/// Counts a consumer for as long as it lives.
struct Consuming<'a>(&'a Context);

impl<'a> Consuming<'a> {
    fn new(context: &'a Context) -> Self {
        context.metrics.consumers.inc();
        Self(context)
    }
}

impl Drop for Consuming<'_> {
    fn drop(&mut self) {
        self.0.metrics.consumers.dec();
    }
}

/// A wait for the database is worth while as long as the deliveries are still ours.
struct WhileOpen<'a> {
    channel: &'a Channel,
    stop: &'a Stop,
}

impl Patience for WhileOpen<'_> {
    fn worth_waiting(&self) -> bool {
        self.channel.status().connected() && !self.stop.is_requested()
    }

    fn in_vain(&self) -> bool {
        !self.worth_waiting()
    }
}

impl Lane {
    /// How many consume from the queue, each with batches of its own.
    pub(crate) const fn consumers(&self) -> usize {
        match self.expects {
            Expects::Lane(_, LaneName::Queries) => QUERY_CONSUMERS,
            Expects::Lane(_, LaneName::Statements)
            | Expects::Events(_)
            | Expects::Unrouted
            | Expects::DeadLettered => 1,
        }
    }

    /// Of all these lanes together, as the gauge counts them.
    pub(crate) fn consumers_of(lanes: &[Self]) -> i64 {
        i64::try_from(lanes.iter().map(Self::consumers).sum::<usize>()).unwrap_or(i64::MAX)
    }

    /// Consumes until asked to stop, or until the channel ends.
    pub(crate) async fn run(
        &self,
        context: &Context,
        connection: &Connection,
        mut stop: Stop,
    ) -> Result<(), LaneError> {
        let channel = answered(connection.create_channel()).await?;
        let prefetch = match self.expects {
            Expects::Lane(_, LaneName::Statements) => PREFETCH,
            Expects::Lane(_, LaneName::Queries) => PREFETCH_QUERIES,
            Expects::Events(_) => PREFETCH_EVENTS,
            Expects::Unrouted | Expects::DeadLettered => PREFETCH_RARE,
        };
        answered(channel.basic_qos(prefetch, BasicQosOptions::default())).await?;
        // Acks are ours (no_ack false): a message is done when its transaction is committed.
        let mut consumer = answered(channel.basic_consume(
            self.queue.as_str().into(),
            context.user.into(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        ))
        .await?;
        let _consuming = Consuming::new(context);
        let mut sending = Sending::default();
        let ended = self.consume(context, &channel, &mut consumer, &mut stop, &mut sending).await;
        let sent = sending.finish().await;
        ended?;
        sent?;
        if !stop.is_requested() {
            return Err(LaneError::Ended);
        }
        // What was sent ahead to us goes back to the queue.
        let _ = answered(channel.close(200, "stopping".into())).await;
        Ok(())
    }

    async fn consume(
        &self,
        context: &Context,
        channel: &Channel,
        consumer: &mut Consumer,
        stop: &mut Stop,
        sending: &mut Sending,
    ) -> Result<(), LaneError> {
        // A consumer whose connection went may never be told.
        while channel.status().connected() {
            let first = tokio::select! {
                biased;
                () = stop.requested() => return Ok(()),
                sent = sending.finish(), if sending.is_under_way() => {
                    sent?;
                    continue;
                }
                first = consumer.next() => first,
                () = tokio::time::sleep(LOOK) => continue,
            };
            let Some(first) = first.transpose().map_err(BrokerError::from)? else {
                return Ok(());
            };
            let mut bytes = first.data.len();
            let mut deliveries = vec![first];
            while deliveries.len() < BATCH
                && bytes < BATCH_BYTES
                && let Some(Some(next)) = consumer.next().now_or_never()
            {
                let next = next.map_err(BrokerError::from)?;
                bytes += next.data.len();
                deliveries.push(next);
            }
            let Some(last) = deliveries.last().map(|delivery| delivery.delivery_tag) else {
                continue;
            };
            let patience = WhileOpen { channel, stop };
            let items = self.check(context, deliveries);
            let Ok(bundles) = self.process.process(&items, Treat::Normally, &patience).await else {
                return Ok(());
            };
            sending.next(Arc::clone(&self.relay), bundles, channel.clone(), last).await?;
        }
        Ok(())
    }

    fn check(&self, context: &Context, deliveries: Vec<Delivery>) -> Vec<Item> {
        let messages = u32::try_from(deliveries.len()).unwrap_or(u32::MAX);
        context.metrics.batch_messages.observe(f64::from(messages));
        let received_at = context.clock.now();
        deliveries
            .into_iter()
            .map(|delivery| {
                let parcel = Parcel::from_delivery(delivery, received_at, self.expects);
                let checked = intake::check(&parcel, self.expects, &context.sealer);
                Item { parcel, checked, origin: Origin::Broker }
            })
            .collect()
    }
}

/// The last batch on its way out: at most one, so that what was committed does not pile up.
#[derive(Default)]
struct Sending(Option<JoinHandle<Result<(), BrokerError>>>);

impl Sending {
    /// Publishes and acknowledges a batch, once the one before it is done.
    async fn next(
        &mut self,
        relay: Arc<Relay>,
        bundles: Vec<Bundle>,
        channel: Channel,
        last: DeliveryTag,
    ) -> Result<(), LaneError> {
        self.finish().await?;
        self.0 = Some(tokio::spawn(async move {
            // What is not known to have arrived is due again soon.
            let _unknown = relay.send(bundles).await;
            // Multiple: everything up to the batch's last message.
            answered(channel.basic_ack(last, BasicAckOptions { multiple: true })).await
        }));
        Ok(())
    }

    fn is_under_way(&self) -> bool {
        self.0.is_some()
    }

    async fn finish(&mut self) -> Result<(), LaneError> {
        let Some(sending) = &mut self.0 else {
            return Ok(());
        };
        let sent = sending.await;
        self.0 = None;
        Ok(sent.map_err(|_panic| LaneError::Ended)??)
    }
}
