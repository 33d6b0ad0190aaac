//! Which records of agencies are the same child, and which of them are hidden from whom
//! (docs/decisions/0001-linking-when-reading.md).
//!
//! Every service that answers about a child works it out by these functions, each from the records as it
//! knows them, so that what one of them hides no other one shows (D-I6).

mod groups;
mod hiding;
#[cfg(test)]
mod invented;
mod record;
mod sets;

pub use groups::{Groups, group_of, groups, possible_groups};
pub use hiding::{Hidden, caf_sensitivity, hidden_from};
pub use record::{Hideable, Linked};
pub use sets::Sets;
