//! The background round over messages that wait in their inbox row to be tried again.

use std::sync::Arc;

use sqlx::PgPool;

use crate::batch::{Item, Origin, Patience, Treat};
use crate::context::{Context, Stop};
use crate::intake::{self, Parcel};
use crate::lane::Lane;
use crate::retry;

/// How long another replica leaves a message alone that this one took up.
const LEASE: time::Duration = time::Duration::minutes(2);

struct UntilStopped(Stop);

impl Patience for UntilStopped {
    fn worth_waiting(&self) -> bool {
        !self.0.is_requested()
    }
}

/// Runs until asked to stop.
pub(crate) async fn run(context: Arc<Context>, db: PgPool, lanes: Arc<Vec<Lane>>, mut stop: Stop) {
    let patience = UntilStopped(stop.clone());
    while !stop.sleep(context.config.limits.tick()).await {
        let due = match retry::claim(&db, context.clock.now(), LEASE).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(db.error = %crate::database::describe(&error), "cannot look for retries now");
                continue;
            }
        };
        for due in due {
            let Some(parcel) = context.open(retry::CONTEXT, &due.sealed) else {
                continue;
            };
            let Some((lane, item)) = find_lane(&context, &lanes, parcel, Origin::Retry(due.attempts)) else {
                tracing::error!("a message to be tried again belongs to no lane of this service");
                continue;
            };
            if let Ok(bundles) = lane.process.process(&[item], Treat::Normally, &patience).await {
                lane.relay.send(bundles).await;
            }
        }
    }
}

/// The lane whose types include this message's, and the message checked for it.
pub(crate) fn find_lane<'a>(
    context: &Context,
    lanes: &'a [Lane],
    parcel: Parcel,
    origin: Origin,
) -> Option<(&'a Lane, Item)> {
    let lane = lanes.iter().find(|lane| lane.expects.includes(&parcel)).or_else(|| lanes.last())?;
    let checked = intake::check(&parcel, lane.expects, &context.sealer);
    let item = Item { parcel, checked, origin };
    Some((lane, item))
}
