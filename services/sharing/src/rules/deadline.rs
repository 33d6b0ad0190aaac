//! By when a request is answered and a delivery acknowledged (codes §9).

use kit::calendar::Calendar;
use schemas::{AuthorityNow, Day, Happened, Urgency};
use time::{Duration, OffsetDateTime, Time};

/// When a working day ends, in winter as in summer time.
const EVENING: Time = time::macros::time!(17:00);

/// Working days until a delivery has to be acknowledged.
const TO_ACKNOWLEDGE: usize = 2;

/// On which days people work in an area; every weekday where it is not known.
#[must_use]
pub fn calendar(area: Option<&AuthorityNow>) -> Calendar {
    let days = area.into_iter().flat_map(|area| &area.bank_holidays).map(|day| day.date());
    Calendar::with_bank_holidays(days)
}

/// When a working day ends.
#[must_use]
pub const fn end_of(day: Day) -> OffsetDateTime {
    day.date().with_time(EVENING).assume_utc()
}

/// When the answer is due: sooner than the urgency says where the asker needs it sooner, never later.
#[must_use]
pub fn answer_due(
    urgency: Urgency,
    needed_by: Option<Happened>,
    calendar: &Calendar,
    now: OffsetDateTime,
) -> OffsetDateTime {
    let working = |days| calendar.after(now.date(), days).with_time(EVENING).assume_utc();
    let by_urgency = match urgency {
        Urgency::Routine => working(10),
        Urgency::Soon => working(2),
        Urgency::Today => now + Duration::hours(4),
        Urgency::Now => now + Duration::hours(1),
    };
    let needed = needed_by.map(|needed| match needed {
        Happened::Day(day) => end_of(day),
        Happened::At(at) => at,
    });
    // What was needed already is due within the hour: the holder must be able to answer at all.
    needed.map_or(by_urgency, |needed| by_urgency.min(needed.max(now + Duration::hours(1))))
}

/// When a reminder goes out: half way.
#[must_use]
pub fn half_way(from: OffsetDateTime, due: OffsetDateTime) -> OffsetDateTime {
    from + (due - from) / 2
}

/// When a delivery has to be acknowledged: at once where it was urgent.
#[must_use]
pub fn acknowledge_by(urgency: Urgency, calendar: &Calendar, now: OffsetDateTime) -> OffsetDateTime {
    match urgency {
        Urgency::Routine | Urgency::Soon => {
            calendar.after(now.date(), TO_ACKNOWLEDGE).with_time(EVENING).assume_utc()
        }
        Urgency::Today => now + Duration::hours(4),
        Urgency::Now => now + Duration::hours(1),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    /// A Monday.
    const NOW: OffsetDateTime = datetime!(2026-11-23 10:00 UTC);

    #[test]
    fn an_answer_is_due_by_its_urgency() {
        let due = |urgency| answer_due(urgency, None, &Calendar::default(), NOW);
        assert_eq!(due(Urgency::Routine), datetime!(2026-12-07 17:00 UTC));
        assert_eq!(due(Urgency::Soon), datetime!(2026-11-25 17:00 UTC));
        assert_eq!(due(Urgency::Today), datetime!(2026-11-23 14:00 UTC));
        assert_eq!(due(Urgency::Now), datetime!(2026-11-23 11:00 UTC));
        assert_eq!(half_way(NOW, due(Urgency::Today)), datetime!(2026-11-23 12:00 UTC));
    }

    #[test]
    fn it_is_due_sooner_where_it_is_needed_sooner_and_never_later() {
        let needed = |day| answer_due(Urgency::Soon, Happened::parse(day).ok(), &Calendar::default(), NOW);
        assert_eq!(needed("2026-11-24"), datetime!(2026-11-24 17:00 UTC));
        assert_eq!(needed("2026-12-24"), datetime!(2026-11-25 17:00 UTC));
        assert_eq!(needed("2026-11-20"), datetime!(2026-11-23 11:00 UTC));
    }
}
