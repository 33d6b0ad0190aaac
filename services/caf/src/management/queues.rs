//! Queues and how full they are.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Management;
use crate::Result;

/// A queue as the management API shows it (counts are up to 5 s old).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct QueueState {
    pub name: String,
    #[serde(default)]
    pub messages: u64,
    #[serde(default)]
    pub message_bytes: u64,
    #[serde(default)]
    pub consumers: u64,
    #[serde(default)]
    pub arguments: Map<String, Value>,
}

impl QueueState {
    /// Whether the queue holds more than half of what it may.
    #[must_use]
    pub fn is_over_half_full(&self) -> bool {
        let over = |held: u64, limit: &str| {
            let limit = self.arguments.get(limit).and_then(Value::as_u64);
            limit.is_some_and(|limit| held > limit / 2)
        };
        over(self.messages, "x-max-length") || over(self.message_bytes, "x-max-length-bytes")
    }
}

impl Management {
    /// Every queue of the virtual host.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn queues(&self) -> Result<Vec<QueueState>> {
        let columns = [("columns", "name,messages,message_bytes,consumers,arguments")];
        let parts = ["queues", self.vhost()];
        Ok(self.get(&parts, &columns).await?.unwrap_or_default())
    }

    /// One queue, if it is there.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn queue(&self, name: &str) -> Result<Option<QueueState>> {
        self.get(&["queues", self.vhost(), name], &[]).await
    }

    /// Declares a durable queue; one with the same arguments is left as it is.
    ///
    /// # Errors
    /// When the broker does not answer, or the queue is there with other arguments.
    pub async fn declare_queue(&self, name: &str, arguments: &Value) -> Result<()> {
        let body = json!({"durable": true, "auto_delete": false, "arguments": arguments});
        self.put(&["queues", self.vhost(), name], &body).await
    }

    /// Takes messages from a queue for good, oldest first: their bodies.
    ///
    /// # Errors
    /// When the broker does not answer or refuses.
    pub async fn take(&self, name: &str, at_most: u32) -> Result<Vec<String>> {
        #[derive(Deserialize)]
        struct Taken {
            payload: String,
        }

        let wanted = json!({"count": at_most, "ackmode": "ack_requeue_false", "encoding": "auto"});
        let taken: Vec<Taken> = self.ask(&["queues", self.vhost(), name, "get"], &wanted).await?;
        Ok(taken.into_iter().map(|one| one.payload).collect())
    }

    /// Deletes a queue with what is in it.
    ///
    /// # Errors
    /// When the broker does not answer or refuses.
    pub async fn delete_queue(&self, name: &str) -> Result<()> {
        self.delete(&["queues", self.vhost(), name]).await
    }
}
