//! What each message does: one file a message type, the two lanes that they run in, the timers, and what other services say of
//! their state.

mod caf_checked;
mod caf_closed;
mod caf_completed;
mod caf_intended;
mod caf_refused;
mod caf_reopened;
mod caf_started;
mod caf_step;
mod caf_transferred;
mod caf_withdrawn;
mod child_corrected;
mod child_recorded;
mod events;
#[cfg(test)]
mod histories;
mod index_looked_up;
mod involvement_ended;
mod involvement_recorded;
mod practitioner_ended;
mod practitioner_recorded;
mod queries;
mod restriction_lifted;
mod restriction_set;
mod statements;
mod timers;

pub use events::Events;
pub use queries::{Key as QueryKey, Queries};
pub use statements::{Key as StatementKey, Statements};
pub use timers::Timers;
