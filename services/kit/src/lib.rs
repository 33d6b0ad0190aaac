//! The plumbing that every service of the exchange shares: take messages, check
//! them, run the service's rules in one transaction, record and reply.
//!
//! A service supplies a [`Handler`] for each lane, [`timers::Timers`] where it has due work, and calls
//! [`service::Service::run`].

pub mod admin;
pub mod amqp;
mod batch;
pub mod body;
pub mod calendar;
mod certificate;
pub mod clock;
pub mod column;
pub mod config;
mod consume;
mod context;
pub mod database;
mod desk;
mod event_check;
pub mod events;
mod halving;
pub mod handler;
mod http;
mod inbox;
mod intake;
mod json;
mod lane;
pub mod message;
mod metrics;
pub mod moment;
mod no_handler;
mod outbox;
mod outgoing;
mod parked;
pub mod program;
pub mod publication;
mod publisher;
mod put_off;
mod receipt;
mod relay;
mod retry;
pub mod seal;
pub mod service;
mod set_aside;
mod start_error;
mod telemetry;
pub mod timers;
mod waiting;
mod which;

pub use clock::Clock;
pub use events::StateHandler;
pub use handler::{Handler, Outcome, lock_number};
pub use message::Message;
pub use publication::StateSource;
