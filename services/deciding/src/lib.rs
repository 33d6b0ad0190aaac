//! Decides by policies that people can read: facts go in, an outcome with its reasons comes out.
//!
//! * [`Facts`]: what is known of one part for one recipient, all in closed lists.
//! * [`Rules`]: the policies of one folder, checked as a whole before any of them decides; [`Rules::decide`].
//! * [`Current`]: the rules in force, which a bad folder never replaces.
//!
//! Who writes policies reads `docs/deciding.md`. Nothing here knows a clock, a database or a message.

mod cache;
mod cases;
mod cedar;
mod current;
mod decision;
mod facts;
mod fault;
mod folder;
mod necessity;
mod policies;
mod rules;
mod slices;

pub use current::{Current, Reloaded};
pub use decision::{BESIDE, Decision, NOTHING_PERMITS, Outcome};
pub use facts::*;
pub use fault::{Fault, LoadError};
pub use policies::{Effect, PolicyId, PolicyText};
pub use rules::Rules;
