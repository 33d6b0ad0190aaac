//! State between the services: what one keeps and others must know, whole and with a version. Whoever
//! listens keeps the highest version of each entity, so neither order nor repetition matters (G7).

mod agency_changed;
mod caf_changed;
mod child_changed;
mod consent_changed;
mod involvement_changed;
mod practitioner_changed;
mod state_event;
mod token;
mod version;

pub use agency_changed::{AgencyChanged, AgencyNow, AuthorityNow};
pub use caf_changed::{CafChanged, CafNow};
pub use child_changed::{ChildChanged, ChildNow, ChildTokens};
pub use consent_changed::{ConsentChanged, ConsentNow, ShowSensitive};
pub use involvement_changed::{InvolvementChanged, InvolvementNow};
pub use practitioner_changed::{CheckNow, PractitionerChanged, PractitionerNow};
pub use state_event::StateEvent;
pub use token::Token;
pub use version::StateVersion;

/// So many states stand in one message at most.
pub const MOST_STATES: usize = 200;
