//! `caf demo`: the main job, played with invented children.
//!
//! Every child is marked synthetic, so that none ever meets a real one; each
//! run invents new ones, so that it can be run again and again.

mod cast;
mod command;
mod invented;
mod messages;
mod shared_messages;
mod sharing;
mod story;
mod teller;

pub(super) use command::{DemoArgs, run};
