//! Which records are the same child: worked out when they are read
//! (docs/decisions/0001-linking-when-reading.md).
//!
//! Two records are one child when NHS number and birth date are equal; or when names, birth date
//! and postcode are, no number differs, and there is exactly one candidate. Everything here is a
//! function of the *set* of records, so the order in which they came cannot matter (G7).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schemas::{AgencyId, ChildRef};

use crate::{Linked, Sets};

/// Indices into the records given, each group and the groups ordered by record id.
pub type Groups = Vec<Vec<usize>>;

/// What two records may share without having a number in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Tie<'a, K> {
    Key(&'a K),
    /// A record, and those that know the child from a lookup as this record.
    Record(ChildRef),
}

/// The groups of records that are one child.
#[must_use]
pub fn groups<R: Linked>(records: &[&R]) -> Groups {
    let held = Held::by(records);
    let mut sets = Sets::new(records.len());
    for members in held.numbers.values() {
        sets.join_all(members);
    }
    for candidates in held.without_number(records) {
        if let Some(numbers) = held.one_child(records, &candidates) {
            sets.join_all(&held.with(&candidates, &numbers));
            continue;
        }
        for candidate in candidates {
            let alone = [candidate];
            let numbers = held.one_child(records, &alone).unwrap_or_default();
            sets.join_all(&held.with(&alone, &numbers));
        }
    }
    // An alias without facts of its own is the record that it stands for.
    for (index, record) in records.iter().enumerate() {
        if !record.has_facts()
            && let Some(target) = record.alias_of().and_then(|target| held.places.get(&target))
        {
            sets.join(index, *target);
        }
    }
    groups_of(sets, records)
}

/// The records among these that are one child with that one; none where it is not among them.
#[must_use]
pub fn group_of<'w, R: Linked>(records: &[&'w R], id: ChildRef) -> Vec<&'w R> {
    let of = groups(records).into_iter().find(|group| group.iter().any(|index| records[*index].id() == id));
    of.into_iter().flatten().map(|index| records[index]).collect()
}

/// Groups by every link that is possible, also where [`groups`] would not dare one: if any set of
/// these records were taken away, no link among the rest would cross these groups. A restriction
/// spreads within them, so that it fails closed (D-I6).
#[must_use]
pub fn possible_groups<R: Linked>(records: &[&R]) -> Groups {
    let held = Held::by(records);
    let mut sets = Sets::new(records.len());
    for members in held.numbers.values() {
        sets.join_all(members);
    }
    for holders in held.ties.values() {
        // Records that all have numbers are never linked by anything else.
        if !holders.without_number.is_empty() {
            sets.join_all(&[holders.without_number.as_slice(), &holders.with_number].concat());
        }
    }
    for (index, record) in records.iter().enumerate() {
        if let Some(target) = record.alias_of().and_then(|target| held.places.get(&target)) {
            sets.join(index, *target);
        }
    }
    groups_of(sets, records)
}

/// Who holds what.
struct Held<'a, R: Linked + 'a> {
    numbers: BTreeMap<R::Number<'a>, Vec<usize>>,
    ties: BTreeMap<Tie<'a, R::Key>, Holders>,
    places: HashMap<ChildRef, usize>,
}

#[derive(Default)]
struct Holders {
    with_number: Vec<usize>,
    without_number: Vec<usize>,
}

impl<'a, R: Linked + 'a> Held<'a, R> {
    fn by(records: &[&'a R]) -> Self {
        let places = records.iter().enumerate().map(|(i, record)| (record.id(), i)).collect();
        let mut held = Self { numbers: BTreeMap::new(), ties: BTreeMap::new(), places };
        for (index, record) in records.iter().enumerate() {
            let number = record.number();
            if let Some(number) = number {
                held.numbers.entry(number).or_default().push(index);
            }
            for tie in held.ties_of(record) {
                let holders = held.ties.entry(tie).or_default();
                match number {
                    Some(_) => holders.with_number.push(index),
                    None => holders.without_number.push(index),
                }
            }
        }
        held
    }

    fn ties_of(&self, record: &'a R) -> impl Iterator<Item = Tie<'a, R::Key>> + use<'a, R> {
        let own = record.has_facts().then(|| record.id());
        // A number of its own says more than the lookup from which the alias came.
        let target = record.alias_of().filter(|_| own.is_some() && record.number().is_none());
        let target = target.filter(|target| self.places.contains_key(target));
        record.keys().map(Tie::Key).chain(own.into_iter().chain(target).map(Tie::Record))
    }

    /// Records with facts but without a number, grouped by what they share.
    fn without_number(&self, records: &[&R]) -> Groups {
        let mut sets = Sets::new(records.len());
        for holders in self.ties.values() {
            sets.join_all(&holders.without_number);
        }
        let mut groups = groups_of(sets, records);
        groups.retain(|group| {
            let first = records[group[0]];
            first.has_facts() && first.number().is_none()
        });
        groups
    }

    /// Whether these records without a number can be one child, and then the one number that
    /// their child has, if any. None where there is more than one candidate: one agency tells
    /// two of them apart, two numbers are in reach, or another number differs.
    fn one_child(&self, records: &[&'a R], these: &[usize]) -> Option<BTreeSet<R::Number<'a>>> {
        let agencies: BTreeSet<&AgencyId> = these.iter().map(|i| records[*i].agency()).collect();
        let numbers: BTreeSet<R::Number<'a>> = these
            .iter()
            .flat_map(|i| self.ties_of(records[*i]))
            .filter_map(|tie| self.ties.get(&tie))
            .flat_map(|holders| &holders.with_number)
            .filter_map(|i| records[*i].number())
            .collect();
        let of_number: Vec<usize> =
            numbers.iter().flat_map(|number| self.numbers[number].iter().copied()).collect();
        let one = agencies.len() == these.len()
            && numbers.len() <= 1
            && agree(&upns(records, these), &upns(records, &of_number))
            && agree(&ulns(records, these), &ulns(records, &of_number));
        one.then_some(numbers)
    }

    /// These and the records that have one of the numbers.
    fn with(&self, these: &[usize], numbers: &BTreeSet<R::Number<'a>>) -> Vec<usize> {
        let of_numbers = numbers.iter().flat_map(|number| &self.numbers[number]);
        these.iter().chain(of_numbers).copied().collect()
    }
}

/// A differing number never links.
fn agree<T: Ord>(these: &BTreeSet<T>, others: &BTreeSet<T>) -> bool {
    these.len() <= 1 && (others.is_empty() || these.is_subset(others))
}

fn upns<'a, R: Linked>(records: &[&'a R], of: &[usize]) -> BTreeSet<&'a R::Upn> {
    of.iter().filter_map(|i| records[*i].upn()).collect()
}

fn ulns<'a, R: Linked>(records: &[&'a R], of: &[usize]) -> BTreeSet<&'a R::Uln> {
    of.iter().filter_map(|i| records[*i].uln()).collect()
}

fn groups_of<R: Linked>(mut sets: Sets, records: &[&R]) -> Groups {
    let mut by_root: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in 0..records.len() {
        by_root.entry(sets.root(index)).or_default().push(index);
    }
    let mut groups: Groups = by_root.into_values().collect();
    for group in &mut groups {
        group.sort_by_key(|index| records[*index].id());
    }
    groups.sort_by_key(|group| records[group[0]].id());
    groups
}

#[cfg(test)]
#[path = "groups_tests.rs"]
mod tests;
