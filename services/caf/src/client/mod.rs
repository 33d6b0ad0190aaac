//! An agency's client: mutual TLS, login by certificate, one connection.
//!
//! Nothing reconnects by itself (the library's own recovery hangs now and
//! then): who holds a client whose connection broke makes a new one.

mod agency;
mod connection;
mod outgoing;
mod publish;
mod read;
mod refusal;

pub use agency::AgencyClient;
pub use connection::{open, open_with};
pub use outgoing::{Outgoing, TypeName};
pub use publish::Pending;
pub use read::{Peek, Reader, Received};
