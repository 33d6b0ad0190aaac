//! Waiting for a condition, with a deadline: the one place of the stories that pauses.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::world::World;

/// How long anything may take on a busy machine before the story fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// Looks until there is something to see.
///
/// # Panics
/// When there is nothing in time; `what` says what was waited for.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

impl World {
    /// Waits until all that a service has to tell is with the broker.
    ///
    /// # Panics
    /// When it is not in time.
    pub async fn outbox_is_empty(&self, service: &str) {
        let mut database = self.database_of(service).await;
        until("the outbox is empty", async || {
            let waiting = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM outbox");
            (waiting.fetch_one(&mut database).await.expect("a count") == 0).then_some(())
        })
        .await;
    }
}
