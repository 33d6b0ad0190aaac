//! What an actor heard so far on both of its queues.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Notify;

/// How long an answer may take on a busy machine before the story fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Every message of both queues, found by the id that it answers.
#[derive(Debug, Default)]
pub struct Heard {
    kept: Mutex<Kept>,
    came: Notify,
}

#[derive(Debug, Default)]
struct Kept {
    messages: Vec<(Value, String)>,
    answers: HashMap<String, Vec<usize>>,
}

impl Heard {
    /// All messages, in the order in which they came.
    #[must_use]
    pub fn all(&self) -> Vec<Value> {
        self.look(|kept| kept.messages.iter().map(|(json, _)| json.clone()).collect())
    }

    /// How many messages came.
    #[must_use]
    pub fn count(&self) -> usize {
        self.look(|kept| kept.messages.len())
    }

    /// All messages that answer `id`.
    #[must_use]
    pub fn answers_to(&self, id: &str) -> Vec<Value> {
        self.look(|kept| kept.of(id).iter().map(|at| kept.messages[*at].0.clone()).collect())
    }

    /// How many messages answer `id`.
    #[must_use]
    pub fn count_to(&self, id: &str) -> usize {
        self.look(|kept| kept.of(id).len())
    }

    /// The first answer to `id` as it stood on the wire.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn wire_answer_to(&self, id: &str) -> String {
        self.look(|kept| {
            let at = kept.of(id).first().expect("an answer was heard");
            kept.messages[*at].1.clone()
        })
    }

    pub(crate) fn take_in(&self, json: Value, wire: String) {
        let named = ["of", "query", "intention", "request"].map(|name| json["data"][name].as_str());
        let of = named.into_iter().flatten().next().unwrap_or_default().to_owned();
        self.look(|kept| {
            kept.answers.entry(of).or_default().push(kept.messages.len());
            kept.messages.push((json, wire));
        });
        self.came.notify_waiters();
    }

    /// Waits for the `count`th message that answers `id`.
    pub(crate) async fn nth_answer(&self, id: &str, count: usize) -> Value {
        let waiting = async {
            loop {
                let came = self.came.notified();
                if let Some(answer) = self.answers_to(id).into_iter().nth(count) {
                    return answer;
                }
                came.await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("an answer comes")
    }

    /// Waits for the `count`th message of a type, `caf.returned`.
    pub(crate) async fn nth_of_type(&self, short_name: &str, count: usize) -> Value {
        let name = format!("uk.caf.{short_name}.v1");
        let waiting = async {
            loop {
                let came = self.came.notified();
                let heard = self.all();
                if let Some(message) =
                    heard.into_iter().filter(|json| json["type"] == name.as_str()).nth(count)
                {
                    return message;
                }
                came.await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("such a message comes")
    }

    fn look<T>(&self, at: impl FnOnce(&mut Kept) -> T) -> T {
        at(&mut self.kept.lock().expect("no panic under the lock"))
    }
}

impl Kept {
    fn of(&self, id: &str) -> &[usize] {
        self.answers.get(id).map_or(&[], Vec::as_slice)
    }
}
