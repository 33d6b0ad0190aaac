//! Postcodes and telephone numbers.

use crate::Malformed;

parsed_string!(
    /// A UK postcode, in any case, with one space or none before its last three places.
    Postcode,
    |written| {
        let malformed = Malformed::Form("a UK postcode");
        let (outward, inward) = split(written).ok_or(malformed)?;
        if is_outward(outward) && is_inward(inward) { Ok(()) } else { Err(malformed) }
    }
);
personal!(Postcode);

/// A postcode in the form in which two are compared: capitals, no space.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PostcodeKey(String);
personal!(PostcodeKey);

impl PostcodeKey {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Postcode {
    /// The form for comparison.
    #[must_use]
    pub fn normal(&self) -> PostcodeKey {
        let places = self.0.chars().filter(|place| *place != ' ');
        PostcodeKey(places.map(|place| place.to_ascii_uppercase()).collect())
    }
}

fn split(written: &str) -> Option<(&[u8], &[u8])> {
    let bytes = written.as_bytes();
    let (outward, inward) = bytes.split_at_checked(bytes.len().checked_sub(3)?)?;
    Some((outward.strip_suffix(b" ").unwrap_or(outward), inward))
}

/// `[A-Z]{1,2}[0-9][A-Z0-9]?`
fn is_outward(outward: &[u8]) -> bool {
    let letters = outward.iter().take_while(|place| place.is_ascii_alphabetic()).count();
    match outward.get(letters..) {
        Some([digit]) => (1..=2).contains(&letters) && digit.is_ascii_digit(),
        Some([digit, last]) => {
            (1..=2).contains(&letters) && digit.is_ascii_digit() && last.is_ascii_alphanumeric()
        }
        _ => false,
    }
}

/// `[0-9][A-Z]{2}`: any letters, since the health service's ZZ99 postcodes use those that streets do not.
fn is_inward(inward: &[u8]) -> bool {
    matches!(inward, [digit, rest @ ..] if digit.is_ascii_digit() && rest.iter().all(u8::is_ascii_alphabetic))
}

parsed_string!(
    /// A telephone number as a person dials it: digits, spaces, brackets, hyphens, `+`, an extension with `x`.
    Phone,
    |written| {
        let digits = written.bytes().filter(u8::is_ascii_digit).count();
        let fits = |byte: u8| byte.is_ascii_digit() || b" ()+-x".contains(&byte);
        let starts = written.strip_prefix(['+', '(']).unwrap_or(written).starts_with(|first: char| first.is_ascii_digit());
        if starts && digits >= 3 && written.len() <= 32 && written.bytes().all(fits) {
            Ok(())
        } else {
            Err(Malformed::Form("a telephone number"))
        }
    }
);
personal!(Phone);
