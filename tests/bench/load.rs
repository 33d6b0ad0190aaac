//! An agency that sends as fast as it may, or at a steady rate, and notes when each answer came.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{FutureExt, StreamExt};
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel};
use stories::Actor;
use tokio::sync::{Semaphore, mpsc};

use crate::measure::Latencies;

/// Publishes in flight without a confirm.
const WINDOW: usize = 512;
/// A bench that hears nothing for so long has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// A message ready to go.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) properties: BasicProperties,
    pub(crate) body: Vec<u8>,
}

/// How a run went.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) per_second: f64,
    latencies: Vec<Duration>,
}

impl Run {
    /// In the order of the messages.
    pub(crate) fn latencies(&self) -> &[Duration] {
        &self.latencies
    }

    pub(crate) fn waits(self) -> Latencies {
        Latencies::of(self.latencies)
    }
}

/// How fast to send.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// As fast as confirms come.
    Flat,
    /// So many a second, whether answers come or not.
    Steady(u32),
    /// So many questions at once, a new one for each answer.
    InFlight(usize),
}

/// Sends all and waits for all answers on `queue`. Latency counts from the moment when a message
/// was due, so that a slow answer does not hide those behind it.
pub(crate) async fn run(actor: &Actor, queue: &str, messages: &[Ready], pace: Pace) -> Run {
    let (heard_sender, mut heard) = mpsc::unbounded_channel();
    let channel = consumer_channel(actor).await;
    let ours: HashSet<&str> = messages.iter().map(|message| message.id.as_str()).collect();
    let listening = tokio::spawn(listen(channel.clone(), queue.to_owned(), heard_sender));
    let in_flight = Arc::new(Semaphore::new(match pace {
        Pace::InFlight(questions) => questions,
        Pace::Flat | Pace::Steady(_) => Semaphore::MAX_PERMITS >> 4,
    }));
    let started = Instant::now();
    let sending = send(actor, messages, pace, started, &in_flight);
    let counting = async {
        let mut at = HashMap::with_capacity(messages.len());
        while at.len() < messages.len() {
            let next = tokio::time::timeout(PATIENCE, heard.recv()).await;
            let Ok(Some((id, when))) = next else {
                panic!("{} of {} answers came", at.len(), messages.len())
            };
            // An answer of an earlier run may come again.
            if !ours.contains(id.as_str()) || at.insert(id, when).is_some() {
                continue;
            }
            if matches!(pace, Pace::InFlight(_)) {
                in_flight.add_permits(1);
            }
        }
        at
    };
    let (due, at) = tokio::join!(sending, counting);
    let _ = channel.close(200, "done".into()).await;
    listening.abort();
    let last = at.values().max().expect("some answers").duration_since(started);
    let latencies =
        messages.iter().zip(due).map(|(message, due)| at[&message.id].duration_since(due)).collect();
    Run {
        per_second: f64::from(u32::try_from(messages.len()).expect("not that many")) / last.as_secs_f64(),
        latencies,
    }
}

/// Gives the moment at which each was due.
async fn send(
    actor: &Actor,
    messages: &[Ready],
    pace: Pace,
    started: Instant,
    in_flight: &Semaphore,
) -> Vec<Instant> {
    let channel = actor.client.connection().create_channel().await.expect("a channel");
    channel.confirm_select(lapin::options::ConfirmSelectOptions::default()).await.expect("confirms");
    let window = Arc::new(Semaphore::new(WINDOW));
    let mut due = Vec::with_capacity(messages.len());
    for (count, message) in (0_u32..).zip(messages) {
        if let Pace::Steady(rate) = pace {
            let moment = started + Duration::from_secs(1) * count / rate;
            tokio::time::sleep_until(moment.into()).await;
            due.push(moment);
        }
        in_flight.acquire().await.expect("never closed").forget();
        let permit = Arc::clone(&window).acquire_owned().await.expect("never closed");
        if !matches!(pace, Pace::Steady(_)) {
            due.push(Instant::now());
        }
        let options = BasicPublishOptions { mandatory: true, immediate: false };
        let confirm = channel
            .basic_publish(
                "in".into(),
                message.key.as_str().into(),
                options,
                &message.body,
                message.properties.clone(),
            )
            .await
            .expect("the broker takes it");
        tokio::spawn(async move {
            let confirmation = confirm.await.expect("a confirm");
            assert!(matches!(confirmation, lapin::Confirmation::Ack(None)), "not confirmed");
            drop(permit);
        });
    }
    let _all = window.acquire_many(u32::try_from(WINDOW).expect("small")).await;
    due
}

async fn consumer_channel(actor: &Actor) -> Channel {
    let channel = actor.client.connection().create_channel().await.expect("a channel");
    channel.basic_qos(1024, BasicQosOptions::default()).await.expect("a prefetch");
    channel
}

/// Reads until told: takes what is there, acknowledges it at once.
async fn listen(channel: Channel, queue: String, heard: mpsc::UnboundedSender<(String, Instant)>) {
    let mut consumer = channel
        .basic_consume(
            queue.as_str().into(),
            "".into(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        )
        .await
        .expect("reading its own queue");
    while let Some(first) = consumer.next().await {
        let mut last = first.expect("a delivery");
        note(&last.data, &heard);
        while let Some(Some(next)) = consumer.next().now_or_never() {
            last = next.expect("a delivery");
            note(&last.data, &heard);
        }
        // The run may be over, and its channel closed.
        if last.acker.ack(BasicAckOptions { multiple: true }).await.is_err() {
            return;
        }
    }
}

/// Passes on which question was answered, and when.
fn note(body: &[u8], heard: &mpsc::UnboundedSender<(String, Instant)>) {
    if let Some(id) = answered(body) {
        // The run may be over.
        let _ = heard.send((id, Instant::now()));
    }
}

/// The id that an answer names: found without parsing it all, since the reader shares our two cores.
/// None where it answers nothing: a reminder.
fn answered(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).expect("JSON is UTF-8");
    let at = ["\"of\":\"", "\"query\":\"", "\"intention\":\""]
        .iter()
        .find_map(|name| text.rfind(name).map(|at| at + name.len()))?;
    Some(text[at..at + 36].to_owned())
}
