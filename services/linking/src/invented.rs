//! Invented records for the tests.
#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use schemas::{AgencyId, ChildRef, ChildState, PractitionerId, Restriction, Sensitivity};
use uuid::Uuid;

use crate::{Hideable, Linked};

/// Tokens are small numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    pub(crate) id: u128,
    pub(crate) of: Option<AgencyId>,
    pub(crate) target: Option<u128>,
    pub(crate) facts: Option<Facts>,
    pub(crate) is_restricted: bool,
    pub(crate) work: Vec<(PractitionerId, Sensitivity)>,
    pub(crate) starters: Vec<PractitionerId>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    number: Option<u32>,
    upn: Option<u32>,
    uln: Option<u32>,
    keys: Vec<u32>,
    state: Option<ChildState>,
}

impl Linked for Record {
    type Number<'a> = u32;
    type Upn = u32;
    type Uln = u32;
    type Key = u32;

    fn id(&self) -> ChildRef {
        child(self.id)
    }

    fn agency(&self) -> &AgencyId {
        self.of.as_ref().unwrap()
    }

    fn alias_of(&self) -> Option<ChildRef> {
        self.target.map(child)
    }

    fn has_facts(&self) -> bool {
        self.facts.is_some()
    }

    fn number(&self) -> Option<u32> {
        self.facts.as_ref()?.number
    }

    fn upn(&self) -> Option<&u32> {
        self.facts.as_ref()?.upn.as_ref()
    }

    fn uln(&self) -> Option<&u32> {
        self.facts.as_ref()?.uln.as_ref()
    }

    fn keys(&self) -> impl Iterator<Item = &u32> {
        self.facts.iter().flat_map(|facts| &facts.keys)
    }
}

impl Hideable for Record {
    fn restriction(&self) -> Restriction {
        if self.is_restricted { Restriction::Address } else { Restriction::None }
    }

    fn child_state(&self) -> Option<ChildState> {
        self.facts.as_ref().map(|facts| facts.state.unwrap_or(ChildState::Living))
    }

    fn agency_sensitivity(&self) -> Sensitivity {
        if self.agency().as_str() == "clinic" { Sensitivity::Sensitive } else { Sensitivity::Ordinary }
    }

    fn work(&self) -> impl Iterator<Item = (&PractitionerId, Sensitivity)> {
        self.work.iter().map(|(who, of)| (who, *of))
    }

    fn starters_shown(&self) -> impl Iterator<Item = &PractitionerId> {
        self.starters.iter()
    }

    fn has_statements(&self) -> bool {
        !self.work.is_empty() || !self.starters.is_empty()
    }
}

pub(crate) fn child(number: u128) -> ChildRef {
    ChildRef::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn agency(name: &str) -> AgencyId {
    AgencyId::parse(name).unwrap()
}

/// A record with facts, without any number or key.
pub(crate) fn record(id: u128, of: &str) -> Record {
    Record { id, of: Some(agency(of)), facts: Some(Facts::default()), ..Record::default() }
}

impl Record {
    fn with_facts(mut self, change: impl FnOnce(&mut Facts)) -> Self {
        change(self.facts.as_mut().unwrap());
        self
    }

    pub(crate) fn with_number(self, which: u32) -> Self {
        self.with_facts(|facts| facts.number = Some(which))
    }

    pub(crate) fn with_upn(self, which: u32) -> Self {
        self.with_facts(|facts| facts.upn = Some(which))
    }

    pub(crate) fn with_uln(self, which: u32) -> Self {
        self.with_facts(|facts| facts.uln = Some(which))
    }

    pub(crate) fn with_key(self, which: u32) -> Self {
        self.with_facts(|facts| facts.keys.push(which))
    }

    pub(crate) fn in_state(self, state: ChildState) -> Self {
        self.with_facts(|facts| facts.state = Some(state))
    }

    pub(crate) fn restricted(self) -> Self {
        Self { is_restricted: true, ..self }
    }

    /// Known from a lookup only.
    pub(crate) fn standing_for(self, target: u128) -> Self {
        Self { target: Some(target), facts: None, ..self }
    }

    pub(crate) fn with_work(mut self, who: &str, of: Sensitivity) -> Self {
        self.work.push((PractitionerId::parse(who).unwrap(), of));
        self
    }

    pub(crate) fn with_caf_by(mut self, who: &str) -> Self {
        self.starters.push(PractitionerId::parse(who).unwrap());
        self
    }
}

/// Up to eight records of four agencies (one sensitive), that share numbers and keys in every way.
pub(crate) fn worlds() -> impl Strategy<Value = Vec<Record>> {
    let number = || select(vec![None, None, Some(0), Some(1)]);
    let identity = (number(), number(), number(), subsequence(vec![0, 1, 2], 0..3));
    let stands = (any::<Index>(), 0..8_u8, 0..10_u8);
    let drawn = (select(vec!["school", "surgery", "visitors", "clinic"]), identity, stands);
    proptest::collection::vec(drawn, 0..9).prop_map(|all| {
        let count = all.len();
        let mut records = Vec::new();
        for (id, (of, (number, upn, uln, keys), (target, known, state))) in (0..).zip(all) {
            let mut drawn = Record {
                facts: Some(Facts { number, upn, uln, keys, state: None }),
                is_restricted: state == 0,
                ..record(id, of)
            };
            if state == 1 {
                drawn = drawn.in_state(ChildState::PregnancyEnded);
            }
            let target = target.index(count) as u128;
            records.push(match known {
                0 => Record { facts: None, ..drawn },
                1 => drawn.standing_for(target),
                // An alias of which its agency then said more.
                2 => Record { target: Some(target), ..drawn },
                _ => drawn,
            });
        }
        as_the_tables_allow(&mut records);
        records
    })
}

/// An agency has one alias of a record at most, and that of another agency's record with facts.
fn as_the_tables_allow(records: &mut Vec<Record>) {
    let named: BTreeMap<ChildRef, AgencyId> = records
        .iter()
        .filter(|record| record.has_facts() && record.target.is_none())
        .map(|record| (record.id(), record.agency().clone()))
        .collect();
    let mut seen = BTreeSet::new();
    records.retain(|record| {
        let of = record.agency();
        record.alias_of().is_none_or(|target| {
            named.get(&target).is_some_and(|named| named != of) && seen.insert((of.clone(), target))
        })
    });
}
