//! Consent: who said what to whom about sharing, and what of it holds at a moment (D-C1 to D-C8).
//!
//! Everything is a function of the *set* of statements, so that any order in which they came ends alike
//! (G7), and what held at any past moment, as it was then or as it was known then, can be asked again.
//!
//! What one person said is folded for that person alone (`held`); whose word counts for the child at that
//! age is weighed after it (`coverage`). Neither knows how to cover more than what somebody named.

mod age;
mod coverage;
mod due;
mod held;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod invented;
mod received;
mod recording;
mod scope;
mod shown;
#[cfg(test)]
mod shown_tests;
mod state;
mod statement;
mod taken_away;
mod validity;
mod widening;

pub use age::Ages;
pub use coverage::{Coverage, Replacement};
pub use due::{Due, Matter, Timer, due};
pub use received::Tokens;
pub use scope::{About, Agencies, Included, Parts, Question, Recipient, Scope, act_for};
pub use shown::Shown;
pub(crate) use state::Confirmed;
pub use state::{InForce, State, Then};
pub use statement::{
    AdultKey, Decided, Ends, Evidence, Given, Liaison, PersonKey, PersonToken, Statement, StatementVersion,
};
pub use taken_away::{Delivery, SaidWhen, TakenAway, lapsed, taken_away};
pub use validity::{Flaw, is_reviewed_too_late};
