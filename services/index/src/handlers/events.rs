//! What other services say of their state.

use kit::StateHandler;
use schemas::{ConsentNow, StateEvent};
use sqlx::PgConnection;

use crate::store::sensitive_shown;

/// The keeper of others' state.
#[derive(Debug)]
pub struct Events;

impl StateHandler for Events {
    async fn keep(&self, tx: &mut PgConnection, events: &[&StateEvent]) -> Result<(), sqlx::Error> {
        sensitive_shown::keep(tx, events.iter().flat_map(|event| consents(event))).await
    }
}

fn consents(event: &StateEvent) -> &[ConsentNow] {
    match event {
        StateEvent::ConsentChanged(event) => &event.states,
        // The index's own, to which it does not listen.
        StateEvent::AgencyChanged(_)
        | StateEvent::PractitionerChanged(_)
        | StateEvent::ChildChanged(_)
        | StateEvent::InvolvementChanged(_)
        | StateEvent::CafChanged(_) => &[],
    }
}
