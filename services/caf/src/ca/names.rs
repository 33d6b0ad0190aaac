//! The authority's name, and its hash under which the broker looks for the
//! revocation list.

use aws_lc_rs::digest;

/// Common name of the authority.
pub(super) const AUTHORITY: &str = "CAF exchange CA";

/// What `openssl x509 -issuer_hash` prints for a name that holds only a common
/// name: the first four bytes, little-endian, of SHA-1 over the name in its
/// canonical form (lower case, UTF-8, without the outer sequence's header).
/// SHA-1 only names a file here.
pub(super) fn issuer_hash(common_name: &str) -> String {
    let text = common_name.trim().to_ascii_lowercase();
    let value = tagged(0x0c, text.as_bytes());
    let common_name_oid = [0x06, 0x03, 0x55, 0x04, 0x03];
    let attribute = tagged(0x30, &[&common_name_oid[..], &value].concat());
    let canonical = tagged(0x31, &attribute);
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &canonical);
    let mut first: [u8; 4] = [0; 4];
    first.copy_from_slice(&hash.as_ref()[..4]);
    format!("{:08x}", u32::from_le_bytes(first))
}

/// DER of a short value (all lengths here are below 128).
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
    [&[tag, length], content].concat()
}
