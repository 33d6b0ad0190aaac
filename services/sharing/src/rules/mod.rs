//! The rules of sharing: pure functions of what is known and of the time.

pub mod consent;
