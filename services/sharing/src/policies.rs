//! The policies in force, and what is wrong with their folder if something is: it is read again now and then, so that a
//! change of it takes effect while the service runs. A folder with a fault keeps the last good set.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deciding::{Current, LoadError, Reloaded, Rules};

const EVERY: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub struct Policies {
    current: Arc<Current>,
    fault: Mutex<Option<LoadError>>,
}

impl Policies {
    #[must_use]
    pub const fn new(current: Arc<Current>) -> Self {
        Self { current, fault: Mutex::new(None) }
    }

    /// Those in force.
    #[must_use]
    pub fn rules(&self) -> Arc<Rules> {
        self.current.rules()
    }

    /// Why the folder, as it was last read, is not what is in force.
    #[must_use]
    pub fn fault(&self) -> Option<LoadError> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the folder again. A fault is logged when it is met, not each time: it quotes policies alone.
    ///
    /// # Errors
    /// When the folder has a fault.
    pub fn read_again(&self) -> Result<Reloaded, LoadError> {
        let read = tokio::task::block_in_place(|| self.current.reload());
        let mut known = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        match &read {
            Ok(Reloaded::Changed) => {
                tracing::info!(rules.hash = self.current.rules().hash(), "other policies are in force");
            }
            Ok(Reloaded::Unchanged) => {}
            Err(fault) if known.as_ref() == Some(fault) => {}
            Err(fault) => tracing::error!(rules.fault = %fault, "the policies stay as they were"),
        }
        *known = read.as_ref().err().cloned();
        read
    }

    /// Reads it again for as long as the service runs.
    pub async fn watch(self: Arc<Self>) {
        loop {
            tokio::time::sleep(EVERY).await;
            // What it says is logged and kept.
            let _ = self.read_again();
        }
    }
}
