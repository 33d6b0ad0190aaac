//! Who sees which record (D-I6): fail closed. What is hidden is taken away before anything is
//! linked, counted or shown, so that the rest is as if it had never been (G5).

use schemas::{AgencyId, AgencyKind, ChildState, PractitionerId, Restriction, Sensitivity};

use crate::{Hideable, possible_groups};

/// Why a record is kept from an asker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hidden {
    /// All that its agency says of the child is of a sensitive service.
    Sensitive,
    /// The pregnancy ended: only the agency that recorded it and the CAF team see it.
    PregnancyEnded,
    /// Restricted for safety, or possibly the same child as one who is.
    Restricted,
}

/// For each record, why the asker may not see it. An agency always sees what it supplied itself.
#[must_use]
pub fn hidden_from<R: Hideable>(agency: &AgencyId, kind: AgencyKind, records: &[&R]) -> Vec<Option<Hidden>> {
    let mut hidden: Vec<Option<Hidden>> =
        records.iter().map(|record| is_sensitive(*record).then_some(Hidden::Sensitive)).collect();
    for group in possible_groups(records) {
        let whole = group.iter().filter_map(|i| hides_group(kind, records[*i])).max();
        if whole.is_some() {
            for index in group {
                hidden[index] = whole;
            }
        }
    }
    let own = |record: &&R| record.agency() == agency;
    for (hidden, _) in hidden.iter_mut().zip(records).filter(|(_, r)| own(r) && !is_bare(**r)) {
        *hidden = None;
    }
    for (index, record) in records.iter().enumerate().filter(|(_, r)| own(r) && is_bare(**r)) {
        hidden[index] = target_of(*record, records).and_then(|target| hidden[target]);
    }
    hidden
}

/// Whether it is a mere reference from a lookup: its agency supplied nothing, so it is as hidden as
/// what it is of.
fn is_bare(record: &impl Hideable) -> bool {
    record.alias_of().is_some() && !record.has_facts() && !record.has_statements()
}

fn target_of<R: Hideable>(alias: &R, records: &[&R]) -> Option<usize> {
    let target = alias.alias_of()?;
    records.iter().position(|record| record.id() == target)
}

/// Whether a record keeps every record that may be of the same child from others.
fn hides_group(kind: AgencyKind, record: &impl Hideable) -> Option<Hidden> {
    match record.restriction() {
        Restriction::Address | Restriction::WholeRecord => return Some(Hidden::Restricted),
        Restriction::None => {}
    }
    match record.child_state()? {
        ChildState::PregnancyEnded if kind != AgencyKind::CafTeam => Some(Hidden::PregnancyEnded),
        ChildState::PregnancyEnded | ChildState::Unborn | ChildState::Living | ChildState::Died => None,
    }
}

/// Whether nothing would be left of the record once its sensitive parts are taken away. A record
/// without any statement beside it is an ordinary one.
fn is_sensitive(record: &impl Hideable) -> bool {
    let sensitive_part = record.work().any(|(_, of)| of == Sensitivity::Sensitive);
    let ordinary_part = record.work().any(|(_, of)| of == Sensitivity::Ordinary)
        || record.starters_shown().any(|starter| caf_sensitivity(record, starter) == Sensitivity::Ordinary);
    record.agency_sensitivity() == Sensitivity::Sensitive || (sensitive_part && !ordinary_part)
}

/// A CAF is a sensitive service's where whoever started it works with the child in such a service
/// alone.
#[must_use]
pub fn caf_sensitivity(record: &impl Hideable, starter: &PractitionerId) -> Sensitivity {
    let mut of_starter = record.work().filter(|(who, _)| *who == starter).peekable();
    let known = of_starter.peek().is_some();
    if known && of_starter.all(|(_, of)| of == Sensitivity::Sensitive) {
        Sensitivity::Sensitive
    } else {
        record.agency_sensitivity()
    }
}

#[cfg(test)]
#[path = "hiding_tests.rs"]
mod tests;
