//! Pure functions: no SQL, no clock, no chance. Each cites the rule that it carries out.

pub mod advice;
pub mod answer;
pub mod awaited;
pub mod changes;
pub mod contacts;
mod covered;
pub mod decision;
pub mod demographics;
pub mod due;
mod found;
pub mod intention;
#[cfg(test)]
mod invented;
pub mod kept;
pub mod known;
pub mod left_behind;
pub mod life;
mod linked;
pub mod near;
pub mod permission;
pub mod register;
pub mod restriction;
pub mod standing;
pub mod task;
pub mod teller;
pub mod watch;
pub mod world;
