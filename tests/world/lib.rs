//! The world of the stories: real servers, real certificates, the real programs; and actors who do
//! what agencies, operators and machines do.
//!
//! Every world has its own virtual host, database, service processes and agencies, so that stories
//! run side by side.

#![expect(clippy::expect_used, reason = "a story that cannot go on fails there and then")]

mod actor;
mod backup;
mod collector;
mod command;
mod deeds;
mod door;
mod environment;
pub mod facts;
#[path = "../faults/mod.rs"]
pub mod faults;
mod ground;
mod heard;
mod listener;
mod service;
pub mod shared;
mod shared_deeds;
pub mod shared_scene;
mod sharing;
pub mod trouble;
mod waiting;
mod world;

pub use actor::Actor;
pub use backup::Backup;
pub use collector::Collector;
pub use command::Ran;
pub use door::Pair;
pub use environment::Environment;
pub use heard::Heard;
pub use listener::{Known, Listener, consent_message};
pub use service::ServiceProcess;
pub use waiting::until;
pub use world::{Kind, NOW, World};
