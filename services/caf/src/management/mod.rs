//! The broker's management API, over TLS that trusts the exchange's authority
//! alone, as the one management user `operator`.

mod bindings;
mod client;
mod connections;
mod definitions;
mod path;
mod policies;
mod queues;
mod users;

pub use client::{Credentials, Management};
pub use connections::BrokerConnection;
pub use queues::QueueState;
pub use users::{Permissions, TopicPermissions};
