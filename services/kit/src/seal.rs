//! Bodies and free text are sealed before they rest in PostgreSQL (G6):
//! AES-256-GCM under the master key, and keyed hashes where two bodies are compared
//! (a plain hash of a birth date or a number could be guessed).
//!
//! A sealed value is `key id (1 byte) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`; the
//! context (which table and purpose) is authenticated with it, so that a sealed
//! value cannot be moved to another place.

use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::hmac;

use crate::config::{ConfigError, read_file};

const KEY_ID: u8 = 1;
/// Bytes of a key.
pub const KEY: usize = 32;
const NONCE: usize = 12;

/// Why a key cannot be read or a value not opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The master key's file cannot be read.
    #[error(transparent)]
    File(#[from] ConfigError),
    /// It is not 64 hexadecimal digits.
    #[error("the master key file must hold 64 hexadecimal digits")]
    NotAKey,
    /// The value was sealed under another key, for another place, or was altered.
    #[error("a sealed value does not open with this master key")]
    DoesNotOpen,
    #[error("the machine has no random numbers to give")]
    NoRandomNumbers,
}

/// Holds the keys that are derived from the master key.
pub struct Sealer {
    aead: RandomizedNonceKey,
    hash: hmac::Key,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

/// A keyed hash, equal for equal input.
pub type KeyedHash = [u8; 32];

struct Length32;

impl KeyType for Length32 {
    fn len(&self) -> usize {
        32
    }
}

impl Sealer {
    /// Reads the master key from a file.
    ///
    /// # Errors
    /// When the file cannot be read or holds no key.
    pub fn from_file(path: &Path) -> Result<Self, SealError> {
        Self::from_hex(&read_file(path)?)
    }

    pub(crate) fn from_hex(text: &str) -> Result<Self, SealError> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(SealError::NotAKey);
        }
        let mut master = [0_u8; KEY];
        for (byte, pair) in master.iter_mut().zip(digits.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| SealError::NotAKey)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| SealError::NotAKey)?;
        }
        Self::from_key(&master)
    }

    /// From 32 bytes: a key that was itself kept sealed.
    ///
    /// # Errors
    /// Never with 32 bytes.
    pub fn from_key(key: &[u8; KEY]) -> Result<Self, SealError> {
        let aead =
            RandomizedNonceKey::new(&AES_256_GCM, &derive(key, b"seal")).map_err(|_| SealError::NotAKey)?;
        let hash = hmac::Key::new(hmac::HMAC_SHA256, &derive(key, b"hash"));
        Ok(Self { aead, hash })
    }

    /// 32 bytes for a new key.
    ///
    /// # Errors
    /// When the machine has no random numbers to give.
    #[expect(clippy::disallowed_methods, reason = "the one home of keys that are drawn")]
    pub fn new_key() -> Result<[u8; KEY], SealError> {
        let mut key = [0; KEY];
        aws_lc_rs::rand::fill(&mut key).map_err(|_| SealError::NoRandomNumbers)?;
        Ok(key)
    }

    /// Seals `plain` for the place that `context` names.
    ///
    /// # Panics
    /// Never: see the line above the call.
    #[must_use]
    #[expect(clippy::expect_used, reason = "see the line above the call")]
    pub fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        let mut body = plain.to_vec();
        // AES-GCM fails only beyond 64 GiB; a message has at most 1 MiB.
        let nonce = self
            .aead
            .seal_in_place_append_tag(Aad::from(context.as_bytes()), &mut body)
            .expect("a body under 64 GiB");
        let mut sealed = Vec::with_capacity(1 + NONCE + body.len());
        sealed.push(KEY_ID);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.extend_from_slice(&body);
        sealed
    }

    /// Opens what [`Sealer::seal`] made for the same `context`.
    ///
    /// # Errors
    /// When it was made with another key or for another place, or was altered.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (key_id, rest) = sealed.split_first().ok_or(SealError::DoesNotOpen)?;
        let (nonce, body) = rest.split_at_checked(NONCE).ok_or(SealError::DoesNotOpen)?;
        if *key_id != KEY_ID {
            return Err(SealError::DoesNotOpen);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::DoesNotOpen)?;
        let mut body = body.to_vec();
        let plain = self
            .aead
            .open_in_place(nonce, Aad::from(context.as_bytes()), &mut body)
            .map_err(|_| SealError::DoesNotOpen)?
            .len();
        body.truncate(plain);
        Ok(body)
    }

    /// A keyed hash over `parts`, each with its length, so that parts cannot run together.
    ///
    /// # Panics
    /// Never: see the line above the call.
    #[must_use]
    #[expect(clippy::expect_used, reason = "see the line above the call")]
    pub fn hash(&self, parts: &[&[u8]]) -> KeyedHash {
        let mut context = hmac::Context::with_key(&self.hash);
        for part in parts {
            context.update(&(part.len() as u64).to_le_bytes());
            context.update(part);
        }
        // HMAC-SHA256 gives 32 bytes.
        context.sign().as_ref().try_into().expect("32 bytes")
    }
}

#[expect(clippy::expect_used, reason = "see the line above the calls")]
fn derive(master: &[u8; 32], purpose: &[u8]) -> [u8; 32] {
    let mut key = [0_u8; 32];
    // HKDF-SHA256 fails only for outputs over 8,160 bytes.
    Salt::new(HKDF_SHA256, b"caf-exchange")
        .extract(master)
        .expand(&[purpose], Length32)
        .expect("32 bytes are within HKDF's limit")
        .fill(&mut key)
        .expect("the lengths agree");
    key
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on fails there and then")]
mod tests {
    use super::*;

    fn sealer(digit: &str) -> Sealer {
        Sealer::from_hex(&digit.repeat(64)).unwrap()
    }

    #[test]
    fn a_sealed_text_opens_only_with_its_key_and_in_its_place() {
        let sealed = sealer("a").seal("reason", b"a text");
        assert!(!sealed.windows(6).any(|part| part == b"a text"));
        assert_eq!(sealer("a").open("reason", &sealed).unwrap(), b"a text");
        assert!(sealer("a").open("body", &sealed).is_err());
        assert!(sealer("b").open("reason", &sealed).is_err());
    }

    #[test]
    fn a_truncated_or_altered_value_does_not_open() {
        let sealed = sealer("a").seal("reason", b"a text");
        for length in 0..sealed.len() {
            assert!(sealer("a").open("reason", &sealed[..length]).is_err());
        }
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(sealer("a").open("reason", &altered).is_err());
        }
    }

    #[test]
    fn hashed_parts_do_not_run_together() {
        let sealer = sealer("a");
        assert_ne!(sealer.hash(&[b"ab", b"c"]), sealer.hash(&[b"a", b"bc"]));
    }
}
