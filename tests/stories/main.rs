//! The stories: what agencies and operators see, over real servers.

mod asking;
mod connections;
mod dependencies;
mod fail_closed;
mod linking;
mod notice_and_lookup;
mod order;
