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

impl Token {
    /// Writes a keyed hash.
    #[must_use]
    pub fn of(hash: &[u8; 32]) -> Self {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut written = String::with_capacity(44);
        for three in hash.chunks(3) {
            let byte = |place: usize| u32::from(three.get(place).copied().unwrap_or_default());
            let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
            // Of two bytes three places; 32 bytes are ten threes and two.
            for place in 0..=three.len() {
                let index = (bits >> (18 - 6 * place)) & 63;
                written.push(char::from(ALPHABET[index as usize]));
            }
        }
        written.push('=');
        Self(written)
    }
}
