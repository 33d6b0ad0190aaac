//! The numbers that name a child, with their check digits. All optional; none is ever the only key.

use serde::{Deserialize, Serialize};

use crate::{IdentifierKind, Malformed};

parsed_string!(
    /// Ten digits, the last a check digit modulo 11.
    NhsNumber,
    |written| {
        let what = "an NHS number: ten digits, no spaces";
        let digits = ten_digits(written).ok_or(Malformed::Form(what))?;
        let check = match 11 - weighted_by_place(digits) % 11 {
            11 => 0,
            // No NHS number is issued where the sum would need the digit 10.
            10 => return Err(Malformed::CheckDigit("the NHS number")),
            digit => digit,
        };
        if check == u32::from(digits[9]) { Ok(()) } else { Err(Malformed::CheckDigit("the NHS number")) }
    }
);
personal!(NhsNumber);

parsed_string!(
    /// A pupil's number: a check letter, eleven digits, and a digit or (temporary numbers) a letter.
    Upn,
    |written| {
        let malformed = Malformed::Form("a UPN: a letter, eleven digits, a digit or letter, in capitals");
        let places: &[u8; 13] = written.as_bytes().try_into().map_err(|_| malformed)?;
        let mut sum = 0;
        for (index, place) in places.iter().enumerate().skip(1) {
            let value = match place {
                b'0'..=b'9' => usize::from(place - b'0'),
                _ if index == 12 => upn_letter(*place).ok_or(malformed)?,
                _ => return Err(malformed),
            };
            sum += value * (index + 1);
        }
        let check = upn_letter(places[0]).ok_or(malformed)?;
        if check == sum % 23 { Ok(()) } else { Err(Malformed::CheckDigit("the UPN")) }
    }
);
personal!(Upn);

/// The check letters of a UPN: the alphabet without I, O and S, which look like digits.
fn upn_letter(letter: u8) -> Option<usize> {
    b"ABCDEFGHJKLMNPQRTUVWXYZ".iter().position(|known| *known == letter)
}

parsed_string!(
    /// A learner's number: ten digits, the last a check digit modulo 11.
    Uln,
    |written| {
        let malformed = Malformed::Form("a ULN: ten digits, the first not 0");
        let digits = ten_digits(written).filter(|digits| digits[0] != 0).ok_or(malformed)?;
        match weighted_by_place(digits) % 11 {
            // No ULN is issued where the remainder is 0.
            0 => Err(Malformed::CheckDigit("the ULN")),
            remainder if 10 - remainder == u32::from(digits[9]) => Ok(()),
            _ => Err(Malformed::CheckDigit("the ULN")),
        }
    }
);
personal!(Uln);

fn ten_digits(written: &str) -> Option<[u8; 10]> {
    let written: [u8; 10] = written.as_bytes().try_into().ok()?;
    written.iter().all(u8::is_ascii_digit).then(|| written.map(|digit| digit - b'0'))
}

/// The first nine digits, weighted 10 down to 2: the sum that NHS number and ULN share.
fn weighted_by_place(digits: [u8; 10]) -> u32 {
    digits.into_iter().zip((2..=10).rev()).map(|(digit, weight)| u32::from(digit) * weight).sum()
}

/// One number or id of a child, with its kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "kebab-case")]
pub enum Identifier {
    NhsNumber(NhsNumber),
    Upn(Upn),
    Uln(Uln),
    /// The agency's own id of the child.
    Local(crate::LocalChildId),
}

impl Identifier {
    #[must_use]
    pub const fn kind(&self) -> IdentifierKind {
        match self {
            Self::NhsNumber(_) => IdentifierKind::NhsNumber,
            Self::Upn(_) => IdentifierKind::Upn,
            Self::Uln(_) => IdentifierKind::Uln,
            Self::Local(_) => IdentifierKind::Local,
        }
    }

    /// The number itself: personal data.
    #[must_use]
    pub fn value(&self) -> &str {
        match self {
            Self::NhsNumber(number) => number.as_str(),
            Self::Upn(number) => number.as_str(),
            Self::Uln(number) => number.as_str(),
            Self::Local(id) => id.as_str(),
        }
    }
}
