//! The one home of the wall clock and of random ids.
//!
//! Rules never ask for the time: they are given `now`, read once a batch. The
//! clock is moved only under `[test]` configuration.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use time::{Duration, OffsetDateTime};
use uuid::{NoContext, Timestamp, Uuid};

/// Tells the time; clones share one offset.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that reads `now` at this moment and runs on from there.
    #[must_use]
    pub fn starting_at(now: OffsetDateTime) -> Self {
        let clock = Self::default();
        clock.move_to(now);
        clock
    }

    /// The present instant, in UTC.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        wall_clock() + Duration::milliseconds(self.offset_ms.load(Ordering::Relaxed))
    }

    /// Sets the clock to read `now` at this moment (`[test]` only).
    fn move_to(&self, now: OffsetDateTime) {
        let offset = (now - wall_clock()).whole_milliseconds();
        self.offset_ms.store(i64::try_from(offset).unwrap_or_default(), Ordering::Relaxed);
    }

    /// A fresh `UUIDv7`, ordered by this clock.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        let now = self.now();
        let seconds = u64::try_from(now.unix_timestamp()).unwrap_or_default();
        Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.nanosecond()))
    }
}

#[expect(clippy::disallowed_methods, reason = "the one home of the wall clock")]
fn wall_clock() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
