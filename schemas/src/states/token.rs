//! What two records of one child have in common, without saying what it is.

use crate::Malformed;

parsed_string!(
    /// A keyed hash, base64: equal for equal numbers or demographics of two records. Only the index has the
    /// key, so a number cannot be found by trying all.
    Token,
    |written| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
        let body = written.strip_suffix('=').unwrap_or_default();
        if body.len() == 43 && body.bytes().all(fits) { Ok(()) } else { Err(Malformed::Form("a keyed hash")) }
    }
);
personal!(Token);
