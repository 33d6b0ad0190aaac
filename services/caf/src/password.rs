//! A password as the broker keeps it: base64 of a salt of four bytes and the
//! SHA-256 of salt and password.

use aws_lc_rs::digest;

use crate::{Result, random};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The hash of a password under a fresh salt.
///
/// # Errors
/// When the machine has no random numbers to give.
pub fn hash(password: &str) -> Result<String> {
    Ok(salted(random::bytes()?, password))
}

fn salted(salt: [u8; 4], password: &str) -> String {
    let salted = [&salt[..], password.as_bytes()].concat();
    let hash = digest::digest(&digest::SHA256, &salted);
    base64(&[&salt[..], hash.as_ref()].concat())
}

/// Base64 of 36 bytes, which need no padding.
fn base64(bytes: &[u8]) -> String {
    let (threes, _none_left) = bytes.as_chunks::<3>();
    threes
        .iter()
        .flat_map(|[a, b, c]| {
            let bits = u32::from_be_bytes([0, *a, *b, *c]);
            [18, 12, 6, 0].map(|shift| char::from(ALPHABET[((bits >> shift) & 63) as usize]))
        })
        .collect()
}

#[test]
fn the_hash_is_what_the_broker_computes() {
    // the example of the broker's own documentation
    assert_eq!(
        salted([0x90, 0x8d, 0xc6, 0x0a], "test12"),
        "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR"
    );
}
