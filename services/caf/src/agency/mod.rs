//! Agencies: what an operator does with them.
//!
//! The operator is the only writer of agencies on the broker. Every step of
//! adding, renewing and revoking can be done again: a run that was cut short is
//! completed by running it once more.

mod add;
mod certificates;
mod expiry;
mod queues;
mod registration;
mod renew;
mod revoke;
mod show;
mod user;

pub use add::{Added, LookedAt, add};
pub use expiry::tell_register;
pub use queues::{KEPT, Queues};
pub use registration::{Contact, Contacts, Registration};
pub use renew::{Renewal, Renewed, renew};
pub use revoke::{Revoked, revoke};
pub use show::{Overview, show};
pub use user::{let_in, permissions, topic_permissions};
