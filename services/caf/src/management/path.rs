//! Paths with names that hold spaces, slashes and arrows.

use std::fmt::Write as _;

/// A path below `/api` whose parts are percent-encoded.
pub(super) fn path(parts: &[&str]) -> String {
    parts.iter().fold(String::from("/api"), |mut path, part| {
        path.push('/');
        for byte in part.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                path.push(char::from(byte));
            } else {
                // writing to a String cannot fail
                let _ = write!(path, "%{byte:02X}");
            }
        }
        path
    })
}

#[test]
fn names_with_any_character_stay_one_part() {
    assert_eq!(
        path(&["connections", "127.0.0.1:1 -> [::1]:2", "a/b"]),
        "/api/connections/127.0.0.1%3A1%20-%3E%20%5B%3A%3A1%5D%3A2/a%2Fb"
    );
}
