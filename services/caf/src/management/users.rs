//! Users of the broker and what they may do.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Management;
use crate::Result;

/// What a user may do in a virtual host, as regular expressions.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Permissions {
    pub configure: String,
    pub write: String,
    pub read: String,
}

/// Which routing keys a user may publish to a topic exchange. A user with write
/// on the exchange and *without* such an entry may publish every key.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct TopicPermissions {
    pub exchange: String,
    pub write: String,
    pub read: String,
}

impl Management {
    /// Whether a user is there.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn has_user(&self, user: &str) -> Result<bool> {
        let found: Option<Value> = self.get(&["users", user], &[]).await?;
        Ok(found.is_some())
    }

    /// Makes a user that can log in by certificate only: an empty hash is no password.
    ///
    /// # Errors
    /// When the broker does not answer or refuses.
    pub async fn put_user(&self, user: &str) -> Result<()> {
        self.put(&["users", user], &json!({"password_hash": "", "tags": ""})).await
    }

    /// Sets how many connections, and channels in all, a user may have open; one more is refused.
    ///
    /// # Errors
    /// When the broker does not answer or refuses.
    pub async fn limit_user(&self, user: &str, connections: u32, channels: u32) -> Result<()> {
        for (limit, value) in [("max-connections", connections), ("max-channels", channels)] {
            self.put(&["user-limits", user, limit], &json!({"value": value})).await?;
        }
        Ok(())
    }

    /// Deletes a user, which closes its connections at once.
    ///
    /// # Errors
    /// When the broker does not answer or refuses.
    pub async fn delete_user(&self, user: &str) -> Result<()> {
        self.delete(&["users", user]).await
    }

    /// What a user may do here; none if nothing.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn permissions(&self, user: &str) -> Result<Option<Permissions>> {
        self.get(&["permissions", self.vhost(), user], &[]).await
    }

    /// Sets what a user may do here.
    ///
    /// # Errors
    /// When the broker does not answer or refuses.
    pub async fn put_permissions(&self, user: &str, permissions: &Permissions) -> Result<()> {
        self.put(&["permissions", self.vhost(), user], permissions).await
    }

    /// The routing keys a user may publish, by exchange.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn topic_permissions(&self, user: &str) -> Result<Vec<TopicPermissions>> {
        let parts = ["topic-permissions", self.vhost(), user];
        Ok(self.get(&parts, &[]).await?.unwrap_or_default())
    }

    /// Sets the routing keys a user may publish to one exchange.
    ///
    /// # Errors
    /// When the broker does not answer or refuses.
    pub async fn put_topic_permissions(&self, user: &str, topic: &TopicPermissions) -> Result<()> {
        self.put(&["topic-permissions", self.vhost(), user], topic).await
    }
}
