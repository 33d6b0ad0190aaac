//! The key by which records without a common number are compared: names, birth date, postcode.

use std::collections::BTreeSet;

use schemas::{Address, Birth, Names, Postcode, ShowTo};

/// Folded names, exact birth date and postcode; equal for two records of what may be one child.
/// Training children have keys of their own, so that they never meet real ones. Personal data.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DemographicsKey(String);

impl std::fmt::Debug for DemographicsKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DemographicsKey(…)")
    }
}

impl DemographicsKey {
    /// None where the names or the birth date are not exact enough to tell a child by.
    #[must_use]
    pub fn of(names: &Names, birth: &Birth, postcode: &Postcode, synthetic: bool) -> Option<Self> {
        let names = names.folded()?;
        birth.exact_day()?;
        Some(Self(format!(
            "{}|{}|{}|{}{}",
            names.family(),
            names.given(),
            birth.date().to_text(),
            postcode.normal().as_str(),
            if synthetic { "|synthetic" } else { "" }
        )))
    }

    /// As it was stored.
    #[must_use]
    pub const fn from_stored(stored: String) -> Self {
        Self(stored)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The keys of a child: one for each address that may be shown. An address kept from view is not
/// compared either, or a guess at it could be tested (G5).
#[must_use]
pub fn keys_at(
    names: &Names,
    birth: &Birth,
    addresses: &[Address],
    synthetic: bool,
) -> BTreeSet<DemographicsKey> {
    addresses
        .iter()
        .filter(|address| is_compared(address))
        .filter_map(|address| address.postcode.as_ref())
        .filter_map(|postcode| DemographicsKey::of(names, birth, postcode, synthetic))
        .collect()
}

const fn is_compared(address: &Address) -> bool {
    match address.show_to {
        ShowTo::Ordinary => true,
        ShowTo::CafTeamOnly | ShowTo::Nobody => false,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use serde_json::json;

    use super::*;

    fn key(
        given: &[&str],
        family: &str,
        date: &str,
        precision: &str,
        postcode: &str,
    ) -> Option<DemographicsKey> {
        let names = serde_json::from_value(json!({"given": given, "family": family})).unwrap();
        let birth = serde_json::from_value(json!({"date": date, "precision": precision})).unwrap();
        DemographicsKey::of(&names, &birth, &Postcode::parse(postcode).unwrap(), false)
    }

    #[test]
    fn case_accents_spaces_and_hyphens_do_not_count() {
        let written = key(&["Zoë", "Anne-Marie"], "O'Brien Smith", "2015-03-12", "exact", "LE1 1AA");
        let plain = key(&["zoe anne marie"], "OBRIEN-SMITH", "2015-03-12", "exact", "le11aa");
        assert!(written.is_some());
        assert_eq!(written, plain);
    }

    #[test]
    fn only_an_exact_birth_date_makes_a_key() {
        assert_eq!(key(&["Zoe"], "Smith", "2015-03", "month", "LE1 1AA"), None);
        assert_eq!(key(&["Zoe"], "Smith", "2015-03-12", "estimated", "LE1 1AA"), None);
        assert_eq!(key(&["Zoe"], "Smith", "2015-03-12", "expected", "LE1 1AA"), None);
    }

    #[test]
    fn a_key_does_not_print() {
        let key = key(&["Zoe"], "Smith", "2015-03-12", "exact", "LE1 1AA");
        assert!(!format!("{key:?}").contains("smith"));
    }
}
