//! Invented children: new ones at each run, so that no run meets another's.

use crate::{Result, random};

const GIVEN: [&str; 8] = ["Ada", "Bilal", "Carys", "Dylan", "Esme", "Femi", "Gwen", "Hari"];
const FAMILY: [&str; 8] = ["Marlowe", "Okonjo", "Pendry", "Quayle", "Rosen", "Sandhu", "Tamsin", "Underhill"];

/// A child whom nobody knows.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) given: &'static str,
    pub(super) family: &'static str,
    pub(super) birth: String,
    pub(super) nhs_number: String,
    /// The agency's own id.
    pub(super) local_id: String,
}

impl Child {
    /// Invents one.
    pub(super) fn invent() -> Result<Self> {
        let [given, family, year, month, day] = random::bytes::<5>()?;
        Ok(Self {
            given: GIVEN[usize::from(given) % GIVEN.len()],
            family: FAMILY[usize::from(family) % FAMILY.len()],
            birth: format!("{}-{:02}-{:02}", 2014 + u32::from(year % 8), 1 + month % 12, 1 + day % 28),
            nhs_number: nhs_number()?,
            local_id: format!("demo-{}", &random::secret()?[..12]),
        })
    }

    pub(super) fn name(&self) -> String {
        format!("{} {}", self.given, self.family)
    }

    /// As its agency names it in a message.
    pub(super) fn subject(&self) -> String {
        format!("local:{}", self.local_id)
    }
}

/// A number of the range 999, which the NHS keeps for tests, with its check
/// digit (modulus 11; where that would be 10 the number is not used).
fn nhs_number() -> Result<String> {
    loop {
        let drawn = u32::from_be_bytes(random::bytes()?) % 1_000_000;
        let digits = format!("999{drawn:06}");
        let sum: u32 =
            digits.bytes().zip((2..=10).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        match (11 - sum % 11) % 11 {
            10 => (),
            check => return Ok(format!("{digits}{check}")),
        }
    }
}

#[test]
fn invented_numbers_pass_the_check_of_the_contract() {
    for _ in 0..200 {
        let number = nhs_number().unwrap_or_default();
        assert!(schemas::NhsNumber::parse(&number).is_ok(), "{number}");
    }
}
