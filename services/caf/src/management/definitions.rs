//! Virtual hosts and what is in them, for tests that each have their own.

use serde_json::{Value, json};

use super::Management;
use crate::{Error, Result};

impl Management {
    /// Makes this client's virtual host.
    ///
    /// # Errors
    /// When the broker does not answer or refuses.
    pub async fn create_vhost(&self) -> Result<()> {
        self.put(&["vhosts", self.vhost()], &json!({})).await
    }

    /// Deletes this client's virtual host with everything in it.
    ///
    /// # Errors
    /// When the broker does not answer or refuses.
    pub async fn delete_vhost(&self) -> Result<()> {
        self.delete(&["vhosts", self.vhost()]).await
    }

    /// Reads anything of the API, such as `["bindings", "caf"]`.
    ///
    /// # Errors
    /// When the broker does not answer, or there is no such thing.
    pub async fn read(&self, parts: &[&str]) -> Result<Value> {
        let found: Option<Value> = self.get(parts, &[]).await?;
        found.ok_or_else(|| Error::refused(format!("the broker has no {}", parts.join("/"))))
    }

    /// Imports a definitions document, which names its virtual host itself.
    ///
    /// # Errors
    /// When the broker does not answer or refuses.
    pub async fn import_definitions(&self, document: &Value) -> Result<()> {
        self.post(&["definitions"], document).await
    }
}
