//! Policies: settings of queues that stand beside their arguments and can be changed.

use serde_json::{Value, json};

use super::Management;
use crate::Result;

impl Management {
    /// Sets `definition` for every queue whose name matches `pattern`, before any other policy: a queue
    /// has one only.
    ///
    /// # Errors
    /// When the broker does not answer or refuses.
    pub async fn put_policy(&self, name: &str, pattern: &str, definition: &Value) -> Result<()> {
        let policy =
            json!({"pattern": pattern, "apply-to": "queues", "priority": 100, "definition": definition});
        self.put(&["policies", self.vhost(), name], &policy).await
    }

    /// Takes a policy away.
    ///
    /// # Errors
    /// When the broker does not answer or refuses.
    pub async fn delete_policy(&self, name: &str) -> Result<()> {
        self.delete(&["policies", self.vhost(), name]).await
    }
}
