//! The policies that are delivered, and what holds for any.

mod examples;
mod facts;
mod faults;
mod folder;
mod properties;
