//! How many messages wait, and where: for `caf status` and for the metrics.

use serde::Serialize;
use sqlx::PgPool;

use crate::context::Context;
use crate::{inbox, outbox, parked, set_aside};

/// Messages at each place where they wait.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Waiting {
    #[serde(rename = "outboxWaiting")]
    outbox: i64,
    retrying: i64,
    set_aside: i64,
    parked: i64,
}

/// Counts them.
pub(crate) async fn count(db: &PgPool) -> Result<Waiting, sqlx::Error> {
    Ok(Waiting {
        outbox: outbox::waiting(db).await?,
        retrying: inbox::retrying(db).await?,
        set_aside: set_aside::waiting(db).await?,
        parked: parked::waiting(db).await?,
    })
}

/// Brings the gauges up to date; they stay as they are while the database is away.
pub(crate) async fn gauge(context: &Context) {
    if let Ok(waiting) = count(&context.db).await {
        context.metrics.wait_at("outbox", waiting.outbox);
        context.metrics.wait_at("retrying", waiting.retrying);
        context.metrics.wait_at("set-aside", waiting.set_aside);
        context.metrics.wait_at("parked", waiting.parked);
    }
}
