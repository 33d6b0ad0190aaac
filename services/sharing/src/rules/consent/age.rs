//! How old a child is at least, and at most, as far as the birth date is known.

use schemas::{Birth, DobPrecision};
use time::{Date, Month};

/// Where nothing is known, any age: what a child needs to be old enough for is then not shown, and what
/// ends with an age has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ages {
    birth: Option<Birth>,
}

/// From this age on a child is presumed able to decide (D-C3).
pub(super) const ABLE: u8 = 16;
/// From this age on generally able.
pub(super) const GENERALLY_ABLE: u8 = 12;
/// From this age on no parent decides (law).
pub(super) const ADULT: u8 = 18;

impl Ages {
    #[must_use]
    pub const fn of(birth: Option<Birth>) -> Self {
        Self { birth }
    }

    fn is_expected(self) -> bool {
        self.birth.is_some_and(|birth| birth.precision() == DobPrecision::Expected)
    }

    /// Whether the child was not born then.
    pub(super) fn is_unborn(self, on: Date) -> bool {
        self.is_expected() || self.birth.is_some_and(|birth| on < birth.date().first_day())
    }

    /// Whether the child surely has had that birthday.
    pub(super) fn is_surely(self, age: u8, on: Date) -> bool {
        !self.is_expected() && self.birth.is_some_and(|birth| birthday(birth.date().last_day(), age) <= on)
    }

    /// Whether the child may have had it.
    pub(super) fn may_be(self, age: u8, on: Date) -> bool {
        !self.is_expected() && self.birth.is_none_or(|birth| birthday(birth.date().first_day(), age) <= on)
    }

    /// The first day that it may be.
    pub(super) fn birthday(self, age: u8) -> Option<Date> {
        let birth = self.birth.filter(|birth| birth.precision() != DobPrecision::Expected)?;
        Some(birthday(birth.date().first_day(), age))
    }
}

/// Who was born on 29 February comes of age on 1 March.
fn birthday(born: Date, age: u8) -> Date {
    let year = born.year() + i32::from(age);
    born.replace_year(year).or_else(|_| Date::from_calendar_date(year, Month::March, 1)).unwrap_or(Date::MAX)
}
