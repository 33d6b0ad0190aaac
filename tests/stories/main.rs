//! The stories: what agencies and operators see, over real servers.

mod asking;
mod catalogue;
mod command_line;
mod connections;
mod database_role;
mod dependencies;
mod duplicates;
mod envelope_checks;
mod fail_closed;
mod false_brokers;
mod faults;
mod held;
mod linking;
mod malformed;
mod notice_and_lookup;
mod operating;
mod order;
mod outbox;
mod permissions;
mod running;
