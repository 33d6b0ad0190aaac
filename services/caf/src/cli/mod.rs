//! The command line: one file a command, listed in `args`.

mod agency;
mod args;
mod asyncapi;
mod authority;
mod ca;
mod conform;
mod consent;
mod decide;
mod decisions;
mod definitions;
mod demo;
mod dry_run;
mod ending;
mod import;
mod inbox;
mod keeper;
mod lookup;
mod message;
mod output;
mod parked;
mod places;
mod progress;
mod republish;
mod rules;
mod run;
mod send;
mod services;
mod set_aside;
mod status;
mod worklist;

pub use run::run;
