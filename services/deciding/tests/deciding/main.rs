//! The policies that are delivered, and what holds for any.
#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it says")]

mod examples;
mod facts;
mod faults;
mod folder;
mod properties;
