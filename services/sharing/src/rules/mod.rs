//! The rules of sharing: pure functions of what is known and of the time.

pub mod advice;
pub mod awaited;
pub mod beside;
pub mod changes;
pub mod consent;
pub mod consent_due;
pub mod deadline;
pub mod decision;
pub mod declined;
pub mod delivery;
pub mod earlier;
pub mod entitled;
pub mod family_copy;
pub mod judge;
pub mod lead;
pub mod person;
pub mod seen;
pub mod share;
pub mod told;
pub mod watch;
pub mod widened;
pub mod world;
