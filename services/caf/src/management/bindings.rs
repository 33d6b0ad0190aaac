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

    /// Takes a binding away; one that is not there counts as taken away.
    ///
    /// # Errors
    /// When the broker does not answer or refuses.
    pub async fn unbind(&self, exchange: &str, queue: &str, key: &str) -> Result<()> {
        // a binding without arguments is called by its key
        self.delete(&["bindings", self.vhost(), "e", exchange, "q", queue, key]).await
    }
}
