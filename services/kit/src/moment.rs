//! When a statement holds, and which of two is the later one (G7).
//!
//! Every fact folds by the greatest [`Moment`]; folding is commutative, associative and idempotent,
//! so any order of any statements, repeated ones too, ends in one state. The store's upserts keep
//! the same order, so that two batches need not wait for one another.

use schemas::{Happened, MessageId};
use time::{Duration, OffsetDateTime};

/// The place of a statement among others about the same thing: when it holds from, then its id
/// (all are of one agency).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    pub effective_at: OffsetDateTime,
    pub message_id: MessageId,
}

impl Moment {
    /// PostgreSQL keeps microseconds: compared alike before and after it was stored.
    #[must_use]
    pub fn new(effective_at: OffsetDateTime, message_id: MessageId) -> Self {
        let beyond = effective_at.nanosecond() % 1_000;
        Self { effective_at: effective_at - Duration::nanoseconds(i64::from(beyond)), message_id }
    }
}

/// A fact as of the latest statement about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latest<T> {
    pub moment: Moment,
    pub fact: T,
}

/// Clocks of two systems may differ by this.
const CLOCKS_DIFFER: Duration = Duration::minutes(5);
/// A day counts from 00:00 UTC, which in British summer time is 01:00: said in its first hour, it
/// lies ahead.
const SUMMER_TIME: Duration = Duration::hours(1);

/// It holds from a moment to come; where the message says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("lies in the future")]
pub struct InFuture(pub &'static str);

/// G7: a statement may not hold from a moment to come.
///
/// # Errors
/// When it does.
pub fn not_in_future(happened: Happened, now: OffsetDateTime, at: &'static str) -> Result<(), InFuture> {
    let ahead = match happened {
        Happened::Day(_) => SUMMER_TIME,
        Happened::At(_) => CLOCKS_DIFFER,
    };
    if happened.effective_at() <= now + ahead { Ok(()) } else { Err(InFuture(at)) }
}

/// Whether something that was recorded has ended: the later statement holds, and of two of the same
/// moment the ending (G7).
#[must_use]
pub fn has_ended(recorded: OffsetDateTime, ended: Option<OffsetDateTime>) -> bool {
    ended.is_some_and(|ended| ended >= recorded)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    fn happened(written: &str) -> Happened {
        Happened::parse(written).unwrap()
    }

    #[test]
    fn an_instant_may_lie_five_minutes_ahead_and_a_day_one_hour() {
        let now = datetime!(2026-06-30 23:10 UTC);
        let at = "/data/happenedOn";
        assert_eq!(not_in_future(happened("2026-07-01"), now, at), Ok(()));
        assert_eq!(not_in_future(happened("2026-06-30T23:15:00Z"), now, at), Ok(()));
        assert_eq!(not_in_future(happened("2026-06-30T23:15:01Z"), now, at), Err(InFuture(at)));
        assert_eq!(not_in_future(happened("2026-07-02"), now, at), Err(InFuture(at)));
        let earlier = datetime!(2026-06-30 22:59 UTC);
        assert!(not_in_future(happened("2026-07-01"), earlier, at).is_err());
    }

    #[test]
    fn of_two_statements_of_one_moment_the_ending_holds() {
        let day = datetime!(2026-03-02 00:00 UTC);
        assert!(has_ended(day, Some(day)));
        assert!(!has_ended(day, Some(day - Duration::DAY)));
        assert!(!has_ended(day, None));
    }

    #[test]
    fn a_moment_is_as_fine_as_the_database_keeps_it() {
        let id = MessageId::from_uuid(Uuid::nil());
        let moment = Moment::new(datetime!(2026-03-02 10:00:00.123456789 UTC), id);
        assert_eq!(moment.effective_at, datetime!(2026-03-02 10:00:00.123456 UTC));
    }
}
