//! Bindings of queues to exchanges.

use serde_json::json;

use super::Management;
use crate::Result;

impl Management {
    /// Binds a queue to an exchange by a routing key; a binding that is there stays one.
    ///
    /// # Errors
    /// When the broker does not answer or refuses.
    pub async fn bind(&self, exchange: &str, queue: &str, key: &str) -> Result<()> {
        let parts = ["bindings", self.vhost(), "e", exchange, "q", queue];
        self.post(&parts, &json!({"routing_key": key, "arguments": {}})).await
    }
}
