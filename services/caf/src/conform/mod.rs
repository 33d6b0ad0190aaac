//! Whether an agency's own system keeps to the contract, told point by point from what the exchange answered
//! it while it went through a short script.

mod listening;
mod script;

pub use listening::Listening;
pub use script::{Heard, Point, SCRIPT};
