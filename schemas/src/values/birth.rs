//! A birth date with its precision, an unborn child's expected date included.

use serde::{Deserialize, Serialize};
use time::{Date, Month};

use super::dates::{Day, is_near_year, is_shape};
use crate::{DobPrecision, Malformed};

/// A year, a month or a day, as much as is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartialDate {
    Year(u16),
    Month(u16, Month),
    Day(Day),
}
personal!(PartialDate);

impl PartialDate {
    /// # Errors
    /// When the text is not `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, or the calendar has no such month or day.
    pub fn parse(written: &str) -> Result<Self, Malformed> {
        let malformed = Malformed::Form("a date YYYY-MM-DD, YYYY-MM or YYYY");
        if !is_near_year(written) {
            return Err(malformed);
        }
        if is_shape(written, b"####") {
            return written.parse().map(Self::Year).map_err(|_| malformed);
        }
        if !is_shape(written, b"####-##") {
            return Day::parse(written).map(Self::Day);
        }
        let year = written[..4].parse().map_err(|_| malformed)?;
        let month: u8 = written[5..].parse().map_err(|_| malformed)?;
        let month = Month::try_from(month).map_err(|_| Malformed::DateImpossible("a month YYYY-MM"))?;
        Ok(Self::Month(year, month))
    }

    /// The first day that it may be.
    #[must_use]
    pub fn first_day(self) -> Date {
        let (year, month) = match self {
            Self::Day(day) => return day.date(),
            Self::Month(year, month) => (year, month),
            Self::Year(year) => (year, Month::January),
        };
        Date::from_calendar_date(i32::from(year), month, 1).unwrap_or(Date::MIN)
    }

    /// The last day that it may be.
    #[must_use]
    pub fn last_day(self) -> Date {
        let (year, month) = match self {
            Self::Day(day) => return day.date(),
            Self::Month(year, month) => (year, month),
            Self::Year(year) => (year, Month::December),
        };
        let year = i32::from(year);
        Date::from_calendar_date(year, month, month.length(year)).unwrap_or(Date::MAX)
    }

    /// As written on the wire.
    #[must_use]
    pub fn to_text(self) -> String {
        match self {
            Self::Year(year) => format!("{year:04}"),
            Self::Month(year, month) => format!("{year:04}-{:02}", u8::from(month)),
            Self::Day(day) => day.to_text(),
        }
    }
}

through_parse!(PartialDate);

impl Serialize for PartialDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

/// When a child was born or is expected. Date and precision agree: `exact` and `expected` have a day,
/// `month` a month, `year` a year; `estimated` any of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Birth {
    date: PartialDate,
    precision: DobPrecision,
}
personal!(Birth);

#[derive(Serialize, Deserialize)]
struct Written {
    date: PartialDate,
    precision: DobPrecision,
}

impl Birth {
    /// # Errors
    /// When date and precision do not agree.
    pub const fn new(date: PartialDate, precision: DobPrecision) -> Result<Self, Malformed> {
        match (precision, date) {
            (DobPrecision::Exact | DobPrecision::Expected, PartialDate::Day(_))
            | (DobPrecision::Month, PartialDate::Month(..))
            | (DobPrecision::Year, PartialDate::Year(_))
            | (DobPrecision::Estimated, _) => Ok(Self { date, precision }),
            (DobPrecision::Exact | DobPrecision::Expected | DobPrecision::Month | DobPrecision::Year, _) => {
                Err(Malformed::Form("a birth date of the precision stated"))
            }
        }
    }

    #[must_use]
    pub const fn date(&self) -> PartialDate {
        self.date
    }

    #[must_use]
    pub const fn precision(&self) -> DobPrecision {
        self.precision
    }

    /// The day, where it is known to the day: the only precision that links by name.
    #[must_use]
    pub const fn exact_day(&self) -> Option<Date> {
        match (self.precision, self.date) {
            (DobPrecision::Exact, PartialDate::Day(day)) => Some(day.date()),
            _ => None,
        }
    }
}

impl TryFrom<Written> for Birth {
    type Error = Malformed;

    fn try_from(written: Written) -> Result<Self, Malformed> {
        Self::new(written.date, written.precision)
    }
}

impl From<Birth> for Written {
    fn from(birth: Birth) -> Self {
        Self { date: birth.date, precision: birth.precision }
    }
}
