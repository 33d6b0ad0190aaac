//! The exchange's certificate authority.
//!
//! One self-signed authority, no intermediates (the broker accepts depth 1).
//! It sets every name itself, whatever a request says. Each certificate carries
//! a number (`k7`) as `serialNumber` in its subject, so that the broker's
//! connections tell which certificate opened them; the revocation list works by
//! the certificate's own serial. Directory (0700):
//!
//! - `ca.pem`, `ca.key` (0600), `ca.json` (settings), `issued.json` (ledger)
//! - the revocation list stands where the broker can read it, as
//!   `<issuer hash>.r0` (0644), replaced by rename
//!
//! Every change is made under the lock `ca.lock`.

mod authority;
mod issue;
mod ledger;
mod names;
mod request;
mod revocation;
#[cfg(test)]
mod tests;

pub use authority::Ca;
pub use issue::{Issued, Validity};
pub use ledger::{CertificateRecord, Standing, Usage};
pub use request::is_for_key_of;
pub use revocation::CrlState;
