//! An agency's system that never gives up: what was not confirmed is sent again under the same
//! id, and a broken connection is made anew.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use caf::client::{AgencyClient, Outgoing, Reader};
use caf::exchange_file::ExchangeFile;
use schemas::AgencyId;
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::says::{Says, awaited};
use crate::actor::counts;

/// Messages on their way to the broker at once.
const IN_FLIGHT: usize = 16;
/// Confirmed messages that wait for their answer at most: a real system stops there too, and what is
/// told of a run stays small.
const UNANSWERED: usize = 200;
const PAUSE: Duration = Duration::from_millis(50);
/// From one kill to the next, and from the last until everything is answered, it may take so long.
pub(super) const PATIENCE: Duration = Duration::from_mins(2);

/// What was sent and what came back.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Ids of everything that the broker confirmed, by type.
    pub(super) confirmed: HashMap<String, Vec<String>>,
    /// For each answered id: the answers, by their own ids.
    pub(super) heard: HashMap<String, HashMap<String, Value>>,
    /// Confirmed, but of what is awaited not all came yet, save that it is known already.
    unanswered: HashMap<String, &'static [&'static str]>,
    /// What is to be said to what came.
    replies: Vec<Outgoing>,
}

/// Not that a message is known already; that comes besides, where a delivery came twice.
fn is_first(answer: &Value) -> bool {
    answer["data"]["state"] != "duplicate"
}

/// The first answers of a type. A message of ours that came twice has one id and counts once.
pub(super) fn first_answers(answers: Option<&HashMap<String, Value>>, of_type: &str) -> usize {
    let all = answers.into_iter().flat_map(HashMap::values);
    all.filter(|answer| answer["type"] == of_type && is_first(answer)).count()
}

fn is_answered(answers: Option<&HashMap<String, Value>>, awaited: &[&str]) -> bool {
    awaited.iter().all(|of_type| first_answers(answers, of_type) > 0)
}

/// Until when it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sends {
    /// Of itself, and what it replies, until it is told to stop.
    All,
    /// What it replies, until it is told to end.
    Replies,
}

pub(super) struct Stubborn {
    exchange: ExchangeFile,
    pub(super) agency: AgencyId,
    pub(super) says: Says,
    told_to_stop: AtomicBool,
    told_to_end: AtomicBool,
    progress: Notify,
    ledger: Mutex<Ledger>,
}

/// Where it stands.
impl fmt::Debug for Stubborn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stubborn")
            .field("says", &self.says)
            .field("confirmed", &self.confirmed())
            .field("unanswered", &self.unanswered())
            .finish_non_exhaustive()
    }
}

impl Stubborn {
    pub(super) fn new(exchange: ExchangeFile, agency: AgencyId, says: Says) -> Self {
        Self {
            exchange,
            agency,
            says,
            told_to_stop: AtomicBool::new(false),
            told_to_end: AtomicBool::new(false),
            progress: Notify::new(),
            ledger: Mutex::default(),
        }
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().expect("no panic under the lock")
    }

    pub(super) fn confirmed(&self) -> usize {
        self.ledger().confirmed.values().map(Vec::len).sum()
    }

    fn unanswered(&self) -> usize {
        self.ledger().unanswered.len()
    }

    pub(super) async fn next_progress(&self) {
        // It may come between the look and the wait; then the next one wakes us.
        let _ = tokio::time::timeout(PAUSE, self.progress.notified()).await;
    }

    /// Sends until told; what is unconfirmed then is still brought to its confirm.
    pub(super) async fn send_until_told(self: Arc<Self>, sends: Sends) {
        let told = match sends {
            Sends::All => &self.told_to_stop,
            Sends::Replies => &self.told_to_end,
        };
        let mut waiting: Vec<Outgoing> = Vec::new();
        let mut count = 0;
        let mut client = None;
        loop {
            let stopping = told.load(Ordering::Relaxed);
            waiting.append(&mut self.ledger().replies);
            let may_send = sends == Sends::All && !stopping && self.unanswered() < UNANSWERED;
            while may_send && waiting.len() < IN_FLIGHT {
                waiting.push(self.says.message(&self.agency, count));
                count += 1;
            }
            if waiting.is_empty() && stopping {
                return;
            }
            if waiting.is_empty() {
                self.next_progress().await;
                continue;
            }
            let Some(live) = &client else {
                client = AgencyClient::connect(&self.exchange, self.agency.as_str()).await.ok();
                if client.is_none() {
                    tokio::time::sleep(PAUSE).await;
                }
                continue;
            };
            let before = waiting.len();
            self.send(live, &mut waiting).await;
            if waiting.len() == before {
                client = None;
            }
        }
    }

    /// Takes from `waiting` what the broker confirmed.
    async fn send(&self, client: &AgencyClient, waiting: &mut Vec<Outgoing>) {
        let mut pending = Vec::new();
        for message in waiting.iter() {
            match client.start(message).await {
                Ok(on_its_way) => pending.push((message.clone(), on_its_way)),
                Err(_) => break,
            }
        }
        for (message, on_its_way) in pending {
            if on_its_way.confirmed().await.is_ok() {
                waiting.retain(|other| other.id() != message.id());
                self.note_confirm(&message);
            }
        }
    }

    fn note_confirm(&self, message: &Outgoing) {
        let (id, of_type) = (message.id().to_owned(), message.message_type().name());
        let awaited = awaited(of_type);
        let mut ledger = self.ledger();
        if !is_answered(ledger.heard.get(&id), awaited) {
            ledger.unanswered.insert(id.clone(), awaited);
        }
        ledger.confirmed.entry(of_type.to_owned()).or_default().push(id);
        self.progress.notify_waiters();
    }

    fn note_answer(&self, answer: Value) {
        let text = |at: &str| answer.pointer(at).and_then(Value::as_str).map(str::to_owned);
        // What another's message led to names it as its cause.
        let named = ["/data/of", "/data/query", "/data/intention", "/causationid"];
        let of = named.into_iter().find_map(text).unwrap_or_default();
        let own = text("/id").unwrap_or_default();
        let mut ledger = self.ledger();
        let reply = self.says.reply(&self.agency, &answer);
        if ledger.heard.entry(of.clone()).or_default().insert(own, answer).is_none() {
            ledger.replies.extend(reply);
        }
        if let Some(awaited) = ledger.unanswered.get(&of)
            && is_answered(ledger.heard.get(&of), awaited)
        {
            ledger.unanswered.remove(&of);
        }
        self.progress.notify_waiters();
    }

    /// Listens until told.
    pub(super) async fn listen_until_told(self: Arc<Self>) {
        while !self.told_to_end.load(Ordering::Relaxed) {
            if let Ok(client) = AgencyClient::connect(&self.exchange, self.agency.as_str()).await {
                let _ = self.listen(&client).await;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// On both of its queues, until told or until the connection breaks.
    async fn listen(&self, client: &AgencyClient) -> caf::Result<()> {
        let (inbox, answers) = (client.inbox().await?, client.answers().await?);
        tokio::try_join!(self.read(inbox), self.read(answers)).map(|_| ())
    }

    async fn read(&self, mut reader: Reader) -> caf::Result<()> {
        loop {
            // Asked first: what the broker sent before is read to the end, since its queue no longer counts it.
            let ends = self.told_to_end.load(Ordering::Relaxed);
            match reader.next(PAUSE).await? {
                Some(received) => {
                    self.note_answer(received.json().clone());
                    received.ack().await?;
                }
                None if ends => return Ok(()),
                None => {}
            }
        }
    }

    /// Sends nothing new from now on.
    pub(super) fn stop_sending(&self) {
        self.told_to_stop.store(true, Ordering::Relaxed);
    }

    /// Waits until everything confirmed was answered; the checker tells what was not.
    pub(super) async fn until_answered(&self) {
        let until = Instant::now() + PATIENCE;
        while self.unanswered() > 0 && Instant::now() < until {
            self.next_progress().await;
        }
    }

    /// Reads what is left in its queue, then stops listening.
    pub(super) async fn finish(&self) {
        let until = Instant::now() + PATIENCE;
        while self.waits_in_queue().await {
            assert!(Instant::now() < until, "its queue is not read to the end: {self:?}");
            self.next_progress().await;
        }
        self.told_to_end.store(true, Ordering::Relaxed);
    }

    async fn waits_in_queue(&self) -> bool {
        let client = AgencyClient::connect(&self.exchange, self.agency.as_str()).await.expect("it is let in");
        let access = client.access();
        counts(&client, &access.inbox).await > 0 || counts(&client, &access.answers).await > 0
    }
}
