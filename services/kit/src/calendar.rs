//! On which days people work in an authority's area. Days are data: the authority's entry on the
//! register holds its bank holidays.

use std::collections::BTreeSet;

use time::{Date, Month, OffsetDateTime, Time, Weekday};

/// When on a day people are told: before they begin, in winter as in summer time.
const MORNING: Time = time::macros::time!(06:00);

/// An authority's working days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    bank_holidays: BTreeSet<Date>,
}

impl Calendar {
    #[must_use]
    pub fn with_bank_holidays(days: impl IntoIterator<Item = Date>) -> Self {
        Self { bank_holidays: days.into_iter().collect() }
    }

    fn is_working(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.bank_holidays.contains(&day)
    }

    /// That day if people work then, else the next on which they do: a period that ends on a day
    /// without work ends on the next with.
    #[must_use]
    pub fn on_or_after(&self, day: Date) -> Date {
        days_from(day, Date::next_day).find(|day| self.is_working(*day)).unwrap_or(day)
    }

    /// So many working days before a day.
    #[must_use]
    pub fn before(&self, day: Date, working_days: usize) -> Date {
        let earlier = days_from(day, Date::previous_day).skip(1);
        earlier.filter(|day| self.is_working(*day)).nth(working_days.saturating_sub(1)).unwrap_or(day)
    }

    /// So many working days after a day.
    #[must_use]
    pub fn after(&self, day: Date, working_days: usize) -> Date {
        let later = days_from(day, Date::next_day).skip(1);
        later.filter(|day| self.is_working(*day)).nth(working_days.saturating_sub(1)).unwrap_or(day)
    }
}

/// A day and those beyond it, as far as there are any: two years hold a working day, whatever an
/// operator entered.
fn days_from(day: Date, beyond: fn(Date) -> Option<Date>) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(day), move |day| beyond(*day)).take(732)
}

/// When on a day people are told.
#[must_use]
pub const fn morning(day: Date) -> OffsetDateTime {
    day.with_time(MORNING).assume_utc()
}

/// The same day of a later month, or its last.
#[must_use]
pub fn months_after(day: Date, months: u8) -> Date {
    let month = i32::from(u8::from(day.month())) - 1 + i32::from(months);
    let year = day.year() + month / 12;
    let month = (0..month % 12).fold(Month::January, |month, _| month.next());
    Date::from_calendar_date(year, month, day.day().min(month.length(year))).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn christmas() -> Calendar {
        Calendar::with_bank_holidays([date!(2026 - 12 - 25), date!(2026 - 12 - 28)])
    }

    #[test]
    fn a_period_that_ends_when_nobody_works_ends_when_somebody_does() {
        let friday = date!(2026 - 12 - 18);
        assert_eq!(christmas().on_or_after(friday), friday);
        assert_eq!(christmas().on_or_after(date!(2026 - 12 - 19)), date!(2026 - 12 - 21), "a Saturday");
        assert_eq!(christmas().on_or_after(date!(2026 - 12 - 25)), date!(2026 - 12 - 29), "Christmas");
    }

    #[test]
    fn working_days_are_counted_over_weekends_and_bank_holidays() {
        assert_eq!(christmas().after(date!(2026 - 12 - 24), 1), date!(2026 - 12 - 29));
        assert_eq!(christmas().before(date!(2026 - 12 - 29), 2), date!(2026 - 12 - 23));
        assert_eq!(Calendar::default().after(date!(2026 - 12 - 24), 1), date!(2026 - 12 - 25));
    }

    #[test]
    fn a_calendar_without_any_working_day_ends_the_search() {
        let day = date!(2026 - 12 - 25);
        let never = Calendar::with_bank_holidays(days_from(day, Date::next_day));
        assert_eq!(never.on_or_after(day), day);
    }
}
