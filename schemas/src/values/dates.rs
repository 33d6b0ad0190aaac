//! Days and instants. Three dates, never one: when it happened, when it was sent, when we received it.

use std::fmt;

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, Time, UtcOffset};

use crate::Malformed;

/// A day, `YYYY-MM-DD`. May be a birth date, so it does not print.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);
personal!(Day);

impl Day {
    /// # Errors
    /// When the text is not `YYYY-MM-DD` of 1900 to 2199, or the calendar has no such day.
    pub fn parse(written: &str) -> Result<Self, Malformed> {
        if !is_shape(written, b"####-##-##") || !is_near_year(written) {
            return Err(Malformed::Form("a date YYYY-MM-DD"));
        }
        let format = format_description!("[year]-[month]-[day]");
        Date::parse(written, format).map(Self).map_err(|_| Malformed::DateImpossible("a date YYYY-MM-DD"))
    }

    #[must_use]
    pub const fn from_date(date: Date) -> Self {
        Self(date)
    }

    #[must_use]
    pub const fn date(self) -> Date {
        self.0
    }

    /// As written on the wire.
    #[must_use]
    pub fn to_text(self) -> String {
        format!("{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

through_parse!(Day);

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

const LAST_MOMENT: Time = time::macros::time!(23:59:59.999999);

/// When something happened: a day, or an instant.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Happened {
    Day(Day),
    At(OffsetDateTime),
}

impl Happened {
    /// # Errors
    /// When the text is neither a date nor an RFC 3339 instant, or the calendar has no such day or time.
    pub fn parse(written: &str) -> Result<Self, Malformed> {
        match written.len() {
            10 => Day::parse(written).map(Self::Day),
            _ => instant::parse(written).map(Self::At),
        }
    }

    /// G7: a day counts from its first moment, 00:00 UTC.
    #[must_use]
    pub const fn effective_at(self) -> OffsetDateTime {
        match self {
            Self::Day(day) => day.date().with_time(Time::MIDNIGHT).assume_offset(UtcOffset::UTC),
            Self::At(instant) => instant,
        }
    }

    /// G7: of two statements about one day the ending holds, whatever hour the other one says: an ending
    /// of a day counts from its last moment (to the microsecond, as databases keep it).
    #[must_use]
    pub const fn ends_at(self) -> OffsetDateTime {
        match self {
            Self::Day(day) => day.date().with_time(LAST_MOMENT).assume_offset(UtcOffset::UTC),
            Self::At(instant) => instant,
        }
    }
}

impl fmt::Debug for Happened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Happened(…)")
    }
}

through_parse!(Happened);

impl serde::Serialize for Happened {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Day(day) => day.serialize(serializer),
            Self::At(at) => instant::serialize(at, serializer),
        }
    }
}

/// Instants on the wire: RFC 3339 with seconds and an offset, of the years 1900 to 2199 (so that no
/// conversion to UTC can leave the range of the calendar).
pub(crate) mod instant {
    use super::{Malformed, OffsetDateTime, Rfc3339, UtcOffset, is_near_year, is_shape};

    pub(crate) fn parse(written: &str) -> Result<OffsetDateTime, Malformed> {
        let malformed = Malformed::Form("an instant YYYY-MM-DDThh:mm:ssZ");
        if !is_instant_shape(written) || !is_near_year(written) {
            return Err(malformed);
        }
        let parsed = OffsetDateTime::parse(written, &Rfc3339);
        let parsed = parsed.map_err(|_| Malformed::DateImpossible("an instant YYYY-MM-DDThh:mm:ssZ"))?;
        Ok(parsed.to_offset(UtcOffset::UTC))
    }

    /// `####-##-##T##:##:##`, 1 to 9 decimals or none, `Z` or `+##:##` or `-##:##`.
    fn is_instant_shape(written: &str) -> bool {
        let Some((to_second, rest)) = written.split_at_checked(19) else {
            return false;
        };
        let zone = rest.strip_prefix('.').map_or(rest, |decimals| {
            let digits = decimals.bytes().take_while(u8::is_ascii_digit).count();
            if (1..=9).contains(&digits) { &decimals[digits..] } else { "" }
        });
        let offset = is_shape(zone, b"+##:##") || is_shape(zone, b"-##:##");
        is_shape(to_second, b"####-##-##T##:##:##") && (zone == "Z" || offset)
    }

    pub(crate) fn serialize<S: serde::Serializer>(
        at: &OffsetDateTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = at.to_offset(UtcOffset::UTC).format(&Rfc3339);
        serializer.serialize_str(&text.map_err(serde::ser::Error::custom)?)
    }

    pub(crate) fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<OffsetDateTime, D::Error> {
        deserializer.deserialize_str(crate::parsed::Parsing(parse))
    }

    /// One that may be missing.
    pub(crate) mod if_any {
        use super::OffsetDateTime;

        #[derive(serde::Serialize, serde::Deserialize)]
        struct There(#[serde(with = "super")] OffsetDateTime);

        #[expect(clippy::ref_option, reason = "serde hands the field over like this")]
        pub(crate) fn serialize<S: serde::Serializer>(
            at: &Option<OffsetDateTime>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            serde::Serialize::serialize(&at.map(There), serializer)
        }

        pub(crate) fn deserialize<'de, D: serde::Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<OffsetDateTime>, D::Error> {
            let there: Option<There> = serde::Deserialize::deserialize(deserializer)?;
            Ok(there.map(|There(at)| at))
        }
    }
}

/// Whether the text has a digit wherever the shape has `#`, and else the same places.
pub(super) fn is_shape(written: &str, shape: &[u8]) -> bool {
    let fits = |(place, wanted): (u8, &u8)| match wanted {
        b'#' => place.is_ascii_digit(),
        fixed => place == *fixed,
    };
    written.len() == shape.len() && written.bytes().zip(shape).all(fits)
}

/// 1900 to 2199.
pub(super) fn is_near_year(written: &str) -> bool {
    ["19", "20", "21"].iter().any(|century| written.starts_with(century))
}
