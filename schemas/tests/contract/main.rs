//! Schemas, Rust types, examples, catalogue and document say the same.
#![expect(clippy::expect_used, reason = "a test stops where something is not as it says")]

mod catalogue;
mod code_lists;
mod document;
mod examples;
mod files;
mod hostile;
mod properties;
mod readers;
mod references;
mod sharing_values;
mod states;
mod values;
