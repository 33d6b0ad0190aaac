//! The rules in force while a service runs. A folder with a fault never replaces them.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use crate::{LoadError, Rules};

/// Holds the last good rules of one folder.
#[derive(Debug)]
pub struct Current {
    dir: PathBuf,
    rules: RwLock<Arc<Rules>>,
}

/// What came of reading the folder again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reloaded {
    Unchanged,
    Changed,
}

impl Current {
    /// # Errors
    /// When the folder has a fault: without rules nothing may start.
    pub fn load(dir: PathBuf) -> Result<Self, LoadError> {
        let rules = Rules::load(&dir)?;
        Ok(Self { dir, rules: RwLock::new(Arc::new(rules)) })
    }

    /// Whoever decides a request takes them once and decides all of it by them.
    #[must_use]
    pub fn rules(&self) -> Arc<Rules> {
        // A poisoned lock still holds whole rules: they are replaced at once.
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the folder again.
    ///
    /// # Errors
    /// When it has a fault: the rules that were in force stay in force, and the error says what to mend.
    pub fn reload(&self) -> Result<Reloaded, LoadError> {
        let read = Rules::load(&self.dir)?;
        let mut rules = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        if rules.hash() == read.hash() {
            return Ok(Reloaded::Unchanged);
        }
        *rules = Arc::new(read);
        Ok(Reloaded::Changed)
    }
}
