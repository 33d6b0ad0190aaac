//! Parse once, at the edge: the macros that give a newtype its one constructor.
//!
//! A value that was parsed is well formed from then on. A `personal!` value does not print; a
//! `printable!` one (an id, a code) does.

/// Why a text could not be parsed. Never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The shape is wrong.
    #[error("not {0}")]
    Form(&'static str),
    /// The shape is right, the check digit or check letter is not.
    #[error("the check digit or letter of {0} is wrong")]
    CheckDigit(&'static str),
    /// The shape is right, but the calendar has no such day or time.
    #[error("no such day or time: {0}")]
    DateImpossible(&'static str),
}

/// A newtype around a text: `parse` is the only constructor, serde goes through it.
macro_rules! parsed_string {
    ($(#[$meta:meta])* $name:ident, $check:expr) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// # Errors
            /// When the text is not of this form; the error does not quote it.
            pub fn parse(written: &str) -> Result<Self, $crate::Malformed> {
                let check: fn(&str) -> Result<(), $crate::Malformed> = $check;
                check(written).map(|()| Self(written.to_owned()))
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        through_parse!($name);

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

/// `FromStr` and `Deserialize` through `parse`.
macro_rules! through_parse {
    ($name:ident) => {
        impl std::str::FromStr for $name {
            type Err = $crate::Malformed;

            fn from_str(written: &str) -> Result<Self, Self::Err> {
                Self::parse(written)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::parsed::Parsing(Self::parse))
            }
        }
    };
}

/// An id or the like: `Debug` and `Display` show it.
macro_rules! printable {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// Personal data or free text: `Debug` says only that there is a value, and there is no `Display`.
macro_rules! personal {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

/// A serde visitor that parses the text where it stands, without copying it first.
pub(crate) struct Parsing<T>(pub(crate) fn(&str) -> Result<T, Malformed>);

impl<T> serde::de::Visitor<'_> for Parsing<T> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, written: &str) -> Result<T, E> {
        (self.0)(written).map_err(E::custom)
    }
}

/// `Serialize` through `Display`.
macro_rules! displayed {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}
