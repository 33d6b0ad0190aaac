//! The contract of the exchange: what every message looks like, who may publish it and who answers it.
//!
//! * [`catalogue`]: the table of contents, one entry a message type.
//! * [`ids`], [`values`], [`codes`]: what the fields hold, parsed once at the edge.
//! * [`messages`]: one file a message type.
//! * [`states`]: what services tell one another, one file a type.
//! * [`envelope`], [`mod@check`]: the message as it stands on the wire, and whether it is well formed.
//!
//! Personal data never stands in a `Debug` or `Display` text of this crate, nor in a [`Problem`].

#[macro_use]
mod parsed;
#[macro_use]
pub mod codes;
pub mod catalogue;
pub mod check;
pub mod envelope;
pub mod ids;
pub mod messages;
mod problems;
pub mod published;
pub mod states;
mod validator;
pub mod values;

pub use catalogue::MessageType;
pub use check::{Accepted, check, check_published};
pub use codes::*;
pub use envelope::Envelope;
pub use ids::*;
pub use messages::*;
pub use parsed::Malformed;
pub use problems::{MOST_PROBLEMS, Pointer, Problem, code_of};
pub use states::*;
pub use values::*;
