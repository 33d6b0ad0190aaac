//! The one place where this program reads the wall clock.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

/// The present instant, in UTC and without fractions of a second.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one home of the wall clock in this program")]
pub fn now() -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    now.replace_nanosecond(0).unwrap_or(now)
}

/// An id for a new message, in order of time.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one home of the wall clock in this program")]
pub fn message_id() -> String {
    Uuid::now_v7().to_string()
}

/// An instant as messages write it.
#[must_use]
pub fn rfc3339(instant: OffsetDateTime) -> String {
    // formatting an instant of this era in UTC cannot fail; an empty string
    // would be refused by every reader
    instant.format(&Rfc3339).unwrap_or_default()
}

/// An instant as a person reads it in a table, to the minute.
#[must_use]
pub fn short(instant: OffsetDateTime) -> String {
    let text = rfc3339(instant);
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(minute)) => format!("{day} {minute}"),
        (_, _) => text,
    }
}

/// The day of an instant.
#[must_use]
pub fn day(instant: OffsetDateTime) -> String {
    rfc3339(instant).chars().take(10).collect()
}
