//! The rules in force while a service runs. A folder with a fault never replaces them.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use crate::folder::Folder;
use crate::{LoadError, Rules};

/// Holds the last good rules of one folder.
#[derive(Debug)]
pub struct Current {
    dir: PathBuf,
    loaded: RwLock<Loaded>,
}

#[derive(Debug)]
struct Loaded {
    /// As it was read.
    folder: Folder,
    rules: Arc<Rules>,
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
        let folder = Folder::read(&dir)?;
        let rules = Arc::new(Rules::of(&folder)?);
        Ok(Self { dir, loaded: RwLock::new(Loaded { folder, rules }) })
    }

    /// Whoever decides a request takes them once and decides all of it by them.
    #[must_use]
    pub fn rules(&self) -> Arc<Rules> {
        // A poisoned lock still holds whole rules: they are replaced at once.
        Arc::clone(&self.loaded.read().unwrap_or_else(PoisonError::into_inner).rules)
    }

    /// Reads the folder again. One that is as it was costs no more than that: to check it as a whole takes a processor
    /// a while, which those who wait for decisions would notice.
    ///
    /// # Errors
    /// When it has a fault: the rules that were in force stay in force, and the error says what to mend.
    pub fn reload(&self) -> Result<Reloaded, LoadError> {
        let folder = Folder::read(&self.dir)?;
        if self.loaded.read().unwrap_or_else(PoisonError::into_inner).folder == folder {
            return Ok(Reloaded::Unchanged);
        }
        let rules = Rules::of(&folder)?;
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        loaded.folder = folder;
        if loaded.rules.hash() == rules.hash() {
            return Ok(Reloaded::Unchanged);
        }
        loaded.rules = Arc::new(rules);
        Ok(Reloaded::Changed)
    }
}
