//! An agency's system: it sends messages and listens to its two queues.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use caf::client::{AgencyClient, Outgoing, Reader, TypeName};
use caf::exchange_file::ExchangeFile;
use lapin::BasicProperties;
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use schemas::AgencyId;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::heard::{Heard, PATIENCE};

/// A connected agency.
#[derive(Debug)]
pub struct Actor {
    pub id: AgencyId,
    pub client: AgencyClient,
    pub heard: Arc<Heard>,
    listeners: Vec<JoinHandle<()>>,
    stop: watch::Sender<bool>,
    facts: Mutex<HashMap<String, u32>>,
}

impl Actor {
    /// Connects and listens.
    ///
    /// # Errors
    /// When the broker does not let it in.
    pub async fn connect(exchange: &ExchangeFile, id: &AgencyId) -> caf::Result<Self> {
        let client = AgencyClient::connect(exchange, id.as_str()).await?;
        let heard = Arc::new(Heard::default());
        let (stop, stopped) = watch::channel(false);
        let listeners = [client.inbox().await?, client.answers().await?]
            .map(|reader| tokio::spawn(listen(reader, Arc::clone(&heard), stopped.clone())))
            .into();
        Ok(Self { id: id.clone(), client, heard, listeners, stop, facts: Mutex::default() })
    }

    /// Stops listening, so that its queues fill.
    ///
    /// # Panics
    /// When a listener did.
    pub async fn stop_listening(&mut self) {
        self.stop.send_replace(true);
        for listener in self.listeners.drain(..) {
            listener.await.expect("a listener ends well");
        }
    }

    /// A reference of a new fact in this agency's system.
    ///
    /// # Panics
    /// Never: the lock is held by nothing that panics.
    #[must_use]
    pub fn new_ref(&self, of: &str) -> String {
        let mut facts = self.facts.lock().expect("no panic under the lock");
        let count = facts.entry(of.to_owned()).or_default();
        *count += 1;
        format!("{of}-{count}")
    }

    /// A message that is not sent yet.
    ///
    /// # Panics
    /// When `kind` is no type's name.
    #[must_use]
    pub fn message(&self, kind: &str, subject: Option<&str>, data: Value) -> Outgoing {
        Outgoing::new(self.id.as_str(), TypeName::parse(kind).expect("a type"), subject, data)
    }

    /// Sends a message and waits for the answer to it.
    ///
    /// # Panics
    /// When the broker does not take it or no answer comes.
    pub async fn send(&self, message: &Outgoing) -> Value {
        let before = self.heard.count_to(message.id());
        self.client.publish(message).await.expect("the broker takes it");
        self.heard.nth_answer(message.id(), before).await
    }

    /// Says something and waits for the receipt.
    pub async fn says(&self, kind: &str, subject: Option<&str>, data: Value) -> Value {
        self.send(&self.message(kind, subject, data)).await
    }

    /// Sends all without waiting in between, then waits for the answers to them.
    ///
    /// # Panics
    /// When the broker does not take one or no answer comes.
    pub async fn send_at_once(&self, messages: &[Outgoing]) -> Vec<Value> {
        let mut pending = Vec::with_capacity(messages.len());
        for message in messages {
            pending.push(self.client.start(message).await.expect("a channel"));
        }
        for pending in pending {
            pending.confirmed().await.expect("the broker takes it");
        }
        let mut answers = Vec::with_capacity(messages.len());
        for message in messages {
            answers.push(self.heard.nth_answer(message.id(), 0).await);
        }
        answers
    }

    /// Sends any bytes under any key and properties; the answer names the AMQP `message_id`.
    ///
    /// # Panics
    /// When the broker does not take it or no answer comes.
    pub async fn sends_raw(&self, key: &str, properties: BasicProperties, body: &[u8], of: &str) -> Value {
        let before = self.heard.count_to(of);
        let pending = self.client.start_as(key, properties, body).await.expect("a channel");
        pending.confirmed().await.expect("the broker takes it");
        self.heard.nth_answer(of, before).await
    }

    /// How many messages wait in a queue.
    pub async fn counts(&self, queue: &str) -> u32 {
        counts(&self.client, queue).await
    }

    /// Waits for a further answer to a message that was answered `count` times before.
    pub async fn hears_again(&self, id: &str, count: usize) -> Value {
        self.heard.nth_answer(id, count).await
    }

    /// Waits for the first message of a type that nobody asked for.
    pub async fn is_told(&self, short_name: &str) -> Value {
        self.heard.nth_of_type(short_name, 0).await
    }

    /// Says that a CAF is intended; the advice.
    ///
    /// # Panics
    /// When no receipt and advice come.
    pub async fn intends(&self, subject: Option<&str>, data: Value) -> Value {
        let message = self.message("caf.intended", subject, data);
        self.send(&message).await;
        self.hears_again(message.id(), 1).await;
        let both = self.heard.answers_to(message.id());
        both.into_iter()
            .find(|json| json["type"] == "uk.caf.caf.advised.v1")
            .expect("advice beside the receipt")
    }

    /// Asks the index; the answer, or the receipt if the query was rejected.
    pub async fn looks_up(&self, practitioner: &str, by: Value) -> Value {
        let data =
            json!({"purpose": "find-lead-or-key-worker", "practitioner": {"id": practitioner}, "by": by});
        self.says("index.looked-up", None, data).await
    }

    /// Asks the index for a child by a reference of its own.
    pub async fn looks_up_own(&self, practitioner: &str, subject: &str) -> Value {
        let data = json!({"purpose": "find-lead-or-key-worker", "practitioner": {"id": practitioner}});
        self.says("index.looked-up", Some(subject), data).await
    }
}

impl Drop for Actor {
    fn drop(&mut self) {
        for listener in &self.listeners {
            listener.abort();
        }
    }
}

/// How many messages wait in a queue: anybody who knows its name may ask the broker.
pub(crate) async fn counts(client: &AgencyClient, queue: &str) -> u32 {
    let channel = client.connection().create_channel().await.expect("a channel");
    // Passive: declares nothing, only looks.
    let look = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    let seen = channel.queue_declare(queue.into(), look, FieldTable::default()).await.expect("the queue");
    channel.close(200, "seen".into()).await.expect("the channel was open");
    seen.message_count()
}

/// Takes everything from a queue and remembers it.
async fn listen(mut reader: Reader, heard: Arc<Heard>, mut stop: watch::Receiver<bool>) {
    loop {
        let next = tokio::select! {
            next = reader.next(PATIENCE) => next,
            _ = stop.changed() => {
                // The broker must know too, or it goes on sending here.
                let _ = reader.close().await;
                return;
            }
        };
        let received = match next {
            Ok(Some(received)) => received,
            Ok(None) => continue,
            // The connection ended.
            Err(_) => return,
        };
        let wire = String::from_utf8_lossy(received.bytes()).into_owned();
        // Taken first: who sees an answer may count on its being gone from the queue.
        if received.ack().await.is_err() {
            return;
        }
        heard.take_in(received.json().clone(), wire);
    }
}
