//! The stories: what agencies and operators see, over real servers.

#![expect(clippy::expect_used, reason = "a story that cannot go on fails there and then")]

mod access_notices;
mod advice;
mod asking;
mod at_once;
mod caf_life;
mod caf_marks;
mod cases;
mod catalogue;
mod clients;
mod command_line;
mod compose;
mod conforming;
mod connections;
mod corrections;
mod database_role;
mod dependencies;
mod duplicates;
mod enrolment;
mod envelope_checks;
mod fail_closed;
mod false_brokers;
mod faults;
mod for_others;
mod guidance;
mod held;
mod importing;
mod lifting;
mod linking;
mod malformed;
mod marks;
mod notice_and_lookup;
mod operating;
mod order;
mod order_of_caf;
mod order_of_histories;
mod outbox;
mod permissions;
mod personal_data;
mod places;
mod reminders;
mod revoking;
mod running;
mod tracing;
mod worklist;
