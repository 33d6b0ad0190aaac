//! An agency's system that never gives up: what was not confirmed is sent again under the same
//! id, and a broken connection is made anew.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use caf::client::{AgencyClient, Outgoing, TypeName};
use caf::exchange_file::ExchangeFile;
use schemas::AgencyId;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::facts::{caf, under};

/// Messages on their way at once.
const IN_FLIGHT: usize = 16;
const PAUSE: Duration = Duration::from_millis(50);
/// After the last kill everything must have been answered within so long.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Clone, Copy, Debug)]
pub(super) enum Says {
    Notices,
    Lookups,
}

#[derive(Debug)]
pub(super) struct Stubborn {
    exchange: ExchangeFile,
    pub(super) agency: AgencyId,
    says: Says,
    confirmed_count: AtomicU64,
    told_to_stop: AtomicBool,
    told_to_end: AtomicBool,
    progress: Notify,
    /// Ids of everything that the broker confirmed.
    pub(super) confirmed_ids: Mutex<Vec<String>>,
    /// For each answered id: the answers, by their own ids.
    pub(super) heard: Mutex<HashMap<String, HashMap<String, Value>>>,
}

impl Stubborn {
    pub(super) fn new(exchange: ExchangeFile, agency: AgencyId, says: Says) -> Self {
        Self {
            exchange,
            agency,
            says,
            confirmed_count: AtomicU64::new(0),
            told_to_stop: AtomicBool::new(false),
            told_to_end: AtomicBool::new(false),
            progress: Notify::new(),
            confirmed_ids: Mutex::default(),
            heard: Mutex::default(),
        }
    }

    pub(super) fn confirmed(&self) -> u64 {
        self.confirmed_count.load(Ordering::Relaxed)
    }

    pub(super) async fn next_confirm(&self) {
        // A confirm may come between the look and the wait; then the next one wakes us.
        let _ = tokio::time::timeout(PAUSE, self.progress.notified()).await;
    }

    fn message(&self, n: u64) -> Outgoing {
        let (kind, subject, data) = match self.says {
            Says::Notices => {
                let id = format!("f-{n}");
                let data = under(&id, caf(&format!("{}/{id}", self.agency), "t1"));
                ("caf.started", Some("local:c1"), data)
            }
            Says::Lookups => {
                let by = json!({"identifiers": [{"kind": "nhs-number", "value": "9990000018"}]});
                let data = json!({"purpose": "assess-need", "practitioner": {"id": "hv1"}, "by": by});
                ("index.looked-up", None, data)
            }
        };
        Outgoing::new(self.agency.as_str(), TypeName::parse(kind).expect("a type"), subject, data)
    }

    /// Sends new messages until told; what is unconfirmed then is still brought to its confirm.
    pub(super) async fn send_until_told(self: std::sync::Arc<Self>) {
        let mut waiting: Vec<Outgoing> = Vec::new();
        let mut count = 0;
        let mut client = None;
        loop {
            let stopping = self.told_to_stop.load(Ordering::Relaxed);
            while !stopping && waiting.len() < IN_FLIGHT {
                count += 1;
                waiting.push(self.message(count));
            }
            if waiting.is_empty() {
                return;
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
                Ok(on_its_way) => pending.push((message.id().to_owned(), on_its_way)),
                Err(_) => break,
            }
        }
        for (id, on_its_way) in pending {
            if on_its_way.confirmed().await.is_ok() {
                waiting.retain(|message| message.id() != id);
                self.confirmed_ids.lock().expect("no panic under the lock").push(id);
                self.confirmed_count.fetch_add(1, Ordering::Relaxed);
                self.progress.notify_waiters();
            }
        }
    }

    /// Listens on both queues until told.
    pub(super) async fn listen_until_told(self: std::sync::Arc<Self>) {
        while !self.told_to_end.load(Ordering::Relaxed) {
            if let Ok(client) = AgencyClient::connect(&self.exchange, self.agency.as_str()).await {
                let _ = self.listen(&client).await;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn listen(&self, client: &AgencyClient) -> caf::Result<()> {
        let mut reader = match self.says {
            Says::Notices => client.inbox().await?,
            Says::Lookups => client.answers().await?,
        };
        while !self.told_to_end.load(Ordering::Relaxed) {
            let Some(received) = reader.next(PAUSE).await? else { continue };
            let body = received.json();
            let of = body["data"]["of"].as_str().or(body["data"]["query"].as_str()).unwrap_or_default().to_owned();
            let own = body["id"].as_str().unwrap_or_default().to_owned();
            self.heard.lock().expect("no panic under the lock").entry(of).or_default().insert(own, body.clone());
            received.ack().await?;
            self.progress.notify_waiters();
        }
        Ok(())
    }

    fn unanswered(&self) -> usize {
        let heard = self.heard.lock().expect("no panic under the lock");
        let confirmed = self.confirmed_ids.lock().expect("no panic under the lock");
        confirmed.iter().filter(|id| !heard.contains_key(*id)).count()
    }

    /// Stops sending, waits until everything confirmed was answered, stops listening.
    pub(super) async fn finish(&self) {
        self.told_to_stop.store(true, Ordering::Relaxed);
        let until = tokio::time::Instant::now() + PATIENCE;
        while self.unanswered() > 0 && tokio::time::Instant::now() < until {
            self.next_confirm().await;
        }
        self.told_to_end.store(true, Ordering::Relaxed);
    }
}
