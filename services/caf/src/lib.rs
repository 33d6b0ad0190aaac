//! The operator's side of the exchange, and an agency's client of it.
//!
//! The program `caf` is a thin shell around this library, so that tests act
//! through the same functions as an operator or an agency does.

pub mod admin;
pub mod agency;
pub mod asyncapi;
pub mod atomic_file;
pub mod ca;
pub mod cli;
pub mod client;
pub mod clock;
pub mod conform;
pub mod definitions;
pub mod error;
pub mod exchange_file;
pub mod import;
pub mod keeper;
pub mod management;
pub mod operator;
pub mod operator_file;
pub mod password;
pub mod random;
pub mod tls;

pub use error::{Error, Result};
