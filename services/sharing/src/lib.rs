//! Consent, the one door, and a recorded decision for every share and every refusal.

pub mod admin;
pub mod config;
mod error;
pub mod handlers;
pub mod keys;
pub mod policies;
pub mod rules;
pub mod store;
