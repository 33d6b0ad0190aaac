//! The one place where this program draws random bytes.

use crate::{Error, Result};

/// Random bytes from the operating system.
///
/// # Errors
/// When the operating system has none to give.
#[expect(clippy::disallowed_methods, reason = "the one home of randomness in this program")]
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|cause| Error::failed("this machine gives no random numbers", cause))?;
    Ok(bytes)
}

/// A secret of 32 hexadecimal digits, as stands in the names of queues.
///
/// # Errors
/// When the operating system has no random numbers to give.
pub fn secret() -> Result<String> {
    Ok(hex(&bytes::<16>()?))
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // writing to a String cannot fail
        let _ = write!(text, "{byte:02x}");
        text
    })
}
