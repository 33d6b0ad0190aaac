//! What the fields hold: numbers, names, dates, places. Parsed once; personal values do not print.

mod birth;
mod dates;
mod names;
mod numbers;
mod place;
mod texts;

pub use birth::{Birth, PartialDate};
pub use dates::{Day, Happened};
pub use names::{FoldedName, Names};
pub use numbers::{Identifier, NhsNumber, Uln, Upn};
pub use place::{Phone, Postcode, PostcodeKey};
pub use texts::{Line, PersonName, SafetyNote, Text, TraceParent};

pub(crate) use dates::instant;
