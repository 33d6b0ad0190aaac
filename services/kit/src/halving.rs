//! A batch that the database refuses because of its data is halved down to the guilty message, which
//! alone is set aside; while the database is away the batch waits with its deliveries held.

use std::future::Future;
use std::ops::Range;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;

use crate::batch::{GaveUp, Item, Origin, Patience, Process, Treat};
use crate::context::Context;
use crate::database::Failure;
use crate::outbox::Bundle;

/// How often a batch that met another transaction runs again before it is halved.
const AGAIN: u32 = 8;
/// A transaction whose statements all keep to their time-outs ends well before.
const TRANSACTION: Duration = Duration::from_mins(2);
/// Before a batch that met another transaction runs again; grows with each time.
const CONFLICT_PAUSE: Duration = Duration::from_millis(2);
/// Between two looks whether the database is back.
const DATABASE_PAUSE: Duration = Duration::from_millis(250);

/// One transaction over a part of a batch.
pub(crate) trait Transact: Send + Sync {
    fn context(&self) -> &Context;

    /// Gives what is to be published once it is committed.
    fn transact(
        &self,
        items: &[Item],
        treat: Treat,
    ) -> impl Future<Output = Result<Option<Bundle>, sqlx::Error>> + Send;
}

impl<T: Transact> Process for T {
    fn process<'a>(
        &'a self,
        items: &'a [Item],
        treat: Treat,
        patience: &'a dyn Patience,
    ) -> BoxFuture<'a, Result<Vec<Bundle>, GaveUp>> {
        Box::pin(halve(self, items, treat, patience))
    }
}

/// Takes what comes of a batch into the database, whole or in parts.
async fn halve<T: Transact>(
    engine: &T,
    items: &[Item],
    treat: Treat,
    patience: &dyn Patience,
) -> Result<Vec<Bundle>, GaveUp> {
    let mut bundles = Vec::new();
    let mut again = 0;
    // The part to do next is the last one.
    let mut parts = vec![(0..items.len(), treat)];
    while let Some((part, treat)) = parts.pop() {
        // Part by part, a slow database could hold a batch for very long.
        if patience.in_vain() {
            return Err(GaveUp);
        }
        let started = Instant::now();
        match transact_in_time(engine, &items[part.clone()], treat).await {
            Ok(bundle) => {
                bundles.extend(bundle);
                again = 0;
                engine.context().database_answers(true);
                let seconds = started.elapsed().as_secs_f64();
                engine.context().metrics.transaction_seconds.observe(seconds);
            }
            Err(error) => match Failure::of(&error) {
                Failure::Again if again < AGAIN => {
                    again += 1;
                    tokio::time::sleep(CONFLICT_PAUSE * again).await;
                    parts.push((part, treat));
                }
                Failure::Down => {
                    wait_for_database(engine.context(), &error, patience).await?;
                    parts.push((part, treat));
                }
                // Putting one message off or aside writes nothing of its own: if that fails too,
                // the broker keeps the batch.
                _ if matches!(treat, Treat::SetAside(_) | Treat::PutOff) => return Err(GaveUp),
                failure => parts.extend(narrow(engine.context(), items, part, treat, failure)),
            },
        }
    }
    Ok(bundles)
}

/// What to try instead of a part that failed: its halves, last first, or the one message
/// put off or set aside. What the server gave up on took long, so that is tried message by message
/// at once.
fn narrow(
    context: &Context,
    items: &[Item],
    part: Range<usize>,
    treat: Treat,
    failure: Failure,
) -> Vec<(Range<usize>, Treat)> {
    if part.len() > 1 && failure == Failure::Transient {
        return part.rev().map(|one| (one..one + 1, treat)).collect();
    }
    if part.len() > 1 {
        let middle = part.start + part.len() / 2;
        return vec![(middle..part.end, treat), (part.start..middle, treat)];
    }
    let attempts = match items[part.start].origin {
        Origin::Broker => 0,
        Origin::Retry(attempts) => attempts,
        // A person is waiting for the outcome: no further retries behind their back.
        Origin::SetAside(_) => i16::MAX,
    };
    let transient = match failure {
        // Also what met other transactions again and again: the message is not to blame.
        Failure::Transient | Failure::Again => true,
        Failure::Data | Failure::Down => false,
    };
    let treat = if transient && attempts < context.config.limits.retry_attempts {
        Treat::PutOff
    } else if transient {
        Treat::SetAside("retries-exhausted")
    } else {
        Treat::SetAside("data-error")
    };
    vec![(part, treat)]
}

/// Holds the batch: nothing is consumed, acknowledged or sent back meanwhile.
async fn wait_for_database(
    context: &Context,
    error: &sqlx::Error,
    patience: &dyn Patience,
) -> Result<(), GaveUp> {
    context.database_answers(false);
    tracing::warn!(db.error = %crate::database::describe(error), "the database is away; waiting");
    tokio::time::sleep(DATABASE_PAUSE).await;
    if patience.worth_waiting() { Ok(()) } else { Err(GaveUp) }
}

/// A database that is gone without a word counts as away, too.
async fn transact_in_time<T: Transact>(
    engine: &T,
    items: &[Item],
    treat: Treat,
) -> Result<Option<Bundle>, sqlx::Error> {
    let transaction = tokio::time::timeout(TRANSACTION, engine.transact(items, treat));
    transaction.await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}
