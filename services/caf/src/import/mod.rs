//! `caf import`: what an agency's system holds already, from a file into messages like all others.
//!
//! [`columns`] says which columns a file may have and where each goes in a message; [`sheet`] reads the
//! file; [`draft`] makes a row's messages and says what is wrong with them; [`journal`] remembers what
//! came of each row, so that a second run sends the rest; [`flow`] sends with a bounded number in flight
//! and reads the receipts; [`rejects`] writes the rows that were not taken, with the reasons.

pub mod columns;
pub mod draft;
pub mod flow;
pub mod ids;
pub mod journal;
pub mod kind;
pub mod outcome;
pub mod rejects;
pub mod sheet;

pub use draft::Author;
pub use kind::Kind;
pub use outcome::{Answer, Outcome, Problem, Tally};

#[cfg(test)]
mod tests;
