//! What the index says, as it comes.

use kit::events::StateHandler;
use schemas::StateEvent;
use sqlx::PgConnection;

use crate::store::states;

/// The handler of the lane of events.
#[derive(Debug)]
pub struct States;

impl StateHandler for States {
    async fn keep(&self, tx: &mut PgConnection, events: &[&StateEvent]) -> Result<(), sqlx::Error> {
        states::keep(tx, events).await
    }
}
