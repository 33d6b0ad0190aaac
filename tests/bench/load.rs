//! An agency that sends as fast as it may, or at a steady rate, and notes when each answer came, and where.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{FutureExt, StreamExt};
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel};
use serde_json::Value;
use stories::{Actor, ServiceProcess, World};
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

/// Where answers come, and which of the messages there they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ear<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) queue: &'a str,
    /// The id of the message that this one answers; none where it is no answer.
    pub(crate) answers: fn(&str) -> Option<&str>,
}

/// When a message is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// As soon as one of the ears heard an answer.
    Anywhere,
    /// When each of them did.
    Everywhere,
}

/// Sends all and waits for all answers on `queue`. Latency counts from the moment when a message
/// was due, so that a slow answer does not hide those behind it.
pub(crate) async fn run(actor: &Actor, queue: &str, messages: &[Ready], pace: Pace) -> Run {
    let ear = Ear { actor, queue, answers: answered };
    run_to(actor, &[ear], Heard::Anywhere, messages, pace).await
}

/// The same, where others hear what comes of a message.
pub(crate) async fn run_to(
    actor: &Actor,
    ears: &[Ear<'_>],
    heard: Heard,
    messages: &[Ready],
    pace: Pace,
) -> Run {
    let (sender, mut answers) = mpsc::unbounded_channel();
    let mut listening = Vec::with_capacity(ears.len());
    for (place, ear) in ears.iter().enumerate() {
        let channel = consumer_channel(ear.actor).await;
        let listener = listen(channel.clone(), ear.queue.to_owned(), (place, ear.answers), sender.clone());
        listening.push((channel, tokio::spawn(listener)));
    }
    let in_flight = Arc::new(Semaphore::new(match pace {
        Pace::InFlight(questions) => questions,
        Pace::Flat | Pace::Steady(_) => Semaphore::MAX_PERMITS >> 4,
    }));
    let started = Instant::now();
    let sending = send(actor, messages, pace, started, &in_flight);
    let needed = match heard {
        Heard::Anywhere => 1,
        Heard::Everywhere => ears.len(),
    };
    let counting = count(&mut answers, messages, needed, pace, &in_flight);
    let (due, at) = tokio::join!(sending, counting);
    for (channel, listener) in listening {
        let _ = channel.close(200, "done".into()).await;
        listener.abort();
    }
    let last = at.values().max().expect("some answers").duration_since(started);
    let latencies =
        messages.iter().zip(due).map(|(message, due)| at[message.id.as_str()].duration_since(due)).collect();
    Run { per_second: per_second(messages.len(), last), latencies }
}

/// So many in that time.
pub(crate) fn per_second(count: usize, time: Duration) -> f64 {
    f64::from(u32::try_from(count).expect("not that many")) / time.as_secs_f64()
}

/// When each message had been heard of by as many as it takes.
async fn count<'m>(
    answers: &mut mpsc::UnboundedReceiver<Answer>,
    messages: &'m [Ready],
    needed: usize,
    pace: Pace,
    in_flight: &Semaphore,
) -> HashMap<&'m str, Instant> {
    let mut missing: HashMap<&'m str, HashSet<usize>> =
        messages.iter().map(|message| (message.id.as_str(), HashSet::new())).collect();
    let mut at = HashMap::with_capacity(messages.len());
    while at.len() < messages.len() {
        let next = tokio::time::timeout(PATIENCE, answers.recv()).await;
        let Ok(Some(Answer { id, ear, when })) = next else {
            panic!("{} of {} answers came", at.len(), messages.len())
        };
        // An answer of an earlier run may come again, and one of this run, too.
        let Some(heard) = missing.get_mut(id.as_str()) else { continue };
        heard.insert(ear);
        if heard.len() < needed {
            continue;
        }
        at.extend(missing.remove_entry(id.as_str()).map(|(id, _)| (id, when)));
        if matches!(pace, Pace::InFlight(_)) {
            in_flight.add_permits(1);
        }
    }
    at
}

/// A run is over when nothing is left to clean: the deletes are part of the price.
pub(crate) async fn outbox_is_clean(service: &ServiceProcess) {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let status: Value = service.admin().get("/status", &[]).await.expect("a status");
        if status["outboxWaiting"] == 0 {
            return;
        }
        assert!(Instant::now() < until, "the outbox is not cleaned");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// What the database server gathers within a minute of a day's work it has at once after a bulk load: until then the
/// plans are those of empty tables.
pub(crate) async fn statistics_are_gathered(world: &World) {
    let mut database = world.database().await;
    sqlx::query("ANALYZE").execute(&mut database).await.expect("statistics");
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

/// That an ear heard of a message.
struct Answer {
    id: String,
    ear: usize,
    when: Instant,
}

/// An ear's place, and what it takes for an answer.
type Which = (usize, fn(&str) -> Option<&str>);

/// Reads until told: takes what is there, acknowledges it at once.
async fn listen(channel: Channel, queue: String, which: Which, heard: mpsc::UnboundedSender<Answer>) {
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
        note(&last.data, which, &heard);
        while let Some(Some(next)) = consumer.next().now_or_never() {
            last = next.expect("a delivery");
            note(&last.data, which, &heard);
        }
        // The run may be over, and its channel closed.
        if last.acker.ack(BasicAckOptions { multiple: true }).await.is_err() {
            return;
        }
    }
}

/// Passes on which question was answered, and when.
fn note(body: &[u8], (ear, answers): Which, heard: &mpsc::UnboundedSender<Answer>) {
    let text = std::str::from_utf8(body).expect("JSON is UTF-8");
    if let Some(id) = answers(text) {
        // The run may be over.
        let _ = heard.send(Answer { id: id.to_owned(), ear, when: Instant::now() });
    }
}

/// The id that an answer names: found without parsing it all, since the reader shares our two cores.
/// None where it answers nothing: a reminder.
fn answered(text: &str) -> Option<&str> {
    let names = ["\"of\":\"", "\"query\":\"", "\"intention\":\""];
    names.iter().find_map(|name| text.rfind(name).map(|at| id_at(text, at + name.len())))
}

/// The message that led to this one, of whatever type; found in the same manner.
pub(crate) fn caused_by(text: &str) -> Option<&str> {
    let name = "\"causationid\":\"";
    text.find(name).map(|at| id_at(text, at + name.len()))
}

fn id_at(text: &str, at: usize) -> &str {
    &text[at..at + 36]
}
