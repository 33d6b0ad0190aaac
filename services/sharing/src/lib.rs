//! Consent, the one door, and a recorded decision for every share and every refusal.

pub mod config;
pub mod keys;
pub mod rules;
