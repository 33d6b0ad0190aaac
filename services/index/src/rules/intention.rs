//! That somebody intends a CAF: shown to others who intend one, and in no lookup (D-I4).

use std::collections::BTreeSet;

use schemas::{
    AuthorityId, CafAskedBy, CafIntended, ChildRef, Identifier, LocalRef, PractitionerId, Sensitivity,
};
use time::{Date, OffsetDateTime};

use super::demographics::DemographicsKey;
use super::standing::Entry;
use super::teller::Teller;
use super::world::{Record, Selector, Supplier, Training};

/// What is kept of `caf.intended`. Not whether there is a concern of harm (D-S1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intended {
    /// The agency's own record or reference; none where the child was described.
    pub record: Option<ChildRef>,
    /// By what a child who was described can be met.
    pub keys: BTreeSet<Key>,
    pub practitioner: PractitionerId,
    pub authority: AuthorityId,
    pub asked_by: CafAskedBy,
    pub training: Training,
    pub told_by: Option<Teller>,
    pub lapses_on: Date,
}

/// Another agency's intention, with whom to ring about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intention {
    pub local_ref: LocalRef,
    pub record: Option<ChildRef>,
    pub keys: BTreeSet<Key>,
    pub training: Training,
    pub supplier: Supplier,
    pub practitioner: Entry,
    /// Of the agency, or of what the practitioner does in it.
    pub sensitivity: Sensitivity,
}

/// Equal for two descriptions of what may be one child. Personal data.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(String);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    #[must_use]
    pub const fn from_stored(stored: String) -> Self {
        Self(stored)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn demographics(key: &DemographicsKey) -> Self {
        Self(key.as_str().to_owned())
    }
}

/// Of the child as the question describes it.
#[must_use]
pub fn keys_of_question(selector: &Selector, data: &CafIntended) -> BTreeSet<Key> {
    let (Selector::Described { identifiers, keys }, Some(child)) = (selector, &data.child) else {
        return BTreeSet::new();
    };
    let number = identifiers.iter().filter_map(|identifier| match identifier {
        Identifier::NhsNumber(number) => Some(Key(numbered(
            number.as_str(),
            &child.birth.date().to_text(),
            Training::marked(child.synthetic),
        ))),
        Identifier::Upn(_) | Identifier::Uln(_) | Identifier::Local(_) => None,
    });
    keys.iter().map(Key::demographics).chain(number).collect()
}

/// Of a record, so that a description meets it.
#[must_use]
pub fn keys_of_record(record: &Record) -> BTreeSet<Key> {
    let number = record
        .number()
        .map(|(number, birth, training)| Key(numbered(number.as_str(), &birth.to_text(), training)));
    let keys = record.facts.iter().flat_map(|facts| &facts.keys).map(Key::demographics);
    keys.chain(number).collect()
}

fn numbered(number: &str, birth: &str, training: Training) -> String {
    let mark = match training {
        Training::Real => "",
        Training::Synthetic => "|synthetic",
    };
    format!("{number}|{birth}{mark}")
}

/// Whether it is about the child whom the question is about, as far as the asker may see.
#[must_use]
pub fn concerns(intention: &Intention, group: &[&Record], keys: &BTreeSet<Key>) -> bool {
    let by_record = intention.record.is_some_and(|id| group.iter().any(|record| record.id == id));
    by_record || intention.keys.intersection(keys).next().is_some()
}

/// From when on it no longer stands.
#[must_use]
pub fn lapses_on(now: OffsetDateTime, days: i32) -> Date {
    (now + time::Duration::days(days.into())).date()
}
