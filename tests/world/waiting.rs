//! Waiting for a condition, with a deadline: the one place of the stories that pauses.

use std::time::Duration;

use tokio::time::{Instant, sleep};

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
