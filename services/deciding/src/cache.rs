//! Decisions made lately, by their facts.
//!
//! Policies tell agencies and parts apart only where they name one; all others are alike to them. Facts that differ in
//! nothing but such an agency or part have one key, so that the parts of one request mostly cost one evaluation.
//! The key, not the facts, is what is evaluated: with the cache or without, the answer is the same.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use schemas::{AgencyId, FormPart, YesNo};

use crate::Facts;
use crate::cedar::{names_agency, names_part};

/// The facts with what was worked out from them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) facts: Facts,
    pub(crate) necessary: YesNo,
}

/// Stands for all agencies, and for all parts, that no policy names.
#[derive(Debug)]
pub(crate) struct Alike {
    named: BTreeSet<String>,
    agency: Option<AgencyId>,
    part: Option<FormPart>,
}

impl Alike {
    pub(crate) fn new(named: BTreeSet<String>) -> Self {
        let agency = AgencyId::parse("another-agency").ok();
        let agency = agency.filter(|agency| !names_agency(&named, agency.as_str()));
        let part = FormPart::ALL.iter().copied().find(|part| !names_part(&named, part.as_str()));
        Self { named, agency, part }
    }

    pub(crate) fn key(&self, facts: &Facts, necessary: YesNo) -> Key {
        let mut facts = facts.clone();
        if let Some(agency) = &self.agency
            && !names_agency(&self.named, facts.recipient.as_str())
        {
            facts.recipient = agency.clone();
        }
        if let Some(part) = self.part
            && !names_part(&self.named, facts.part.as_str())
        {
            facts.part = part;
        }
        Key { facts, necessary }
    }
}

/// What was made lately, by what it was made of; so many at most.
#[derive(Debug)]
pub(crate) struct Cache<K, V> {
    most: usize,
    made: Mutex<HashMap<K, V>>,
}

impl<K: Hash + Eq, V: Clone> Cache<K, V> {
    /// A full one is emptied, which costs little.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, made: Mutex::default() }
    }

    pub(crate) fn get_or(&self, key: K, work_out: impl FnOnce(&K) -> V) -> V {
        // A poisoned lock still guards whole entries: each is inserted at once.
        if let Some(made) = self.made.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return made.clone();
        }
        let made = work_out(&key);
        let mut held = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= self.most {
            held.clear();
        }
        held.insert(key, made.clone());
        made
    }
}
