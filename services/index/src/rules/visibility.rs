//! Who sees which record (D-I6): fail closed. What is hidden is taken away before anything is
//! linked, counted or shown, so that the rest is as if it had never been (G5).

use schemas::{AgencyId, AgencyKind, ChildState, Restriction, Sensitivity};

use super::linking::possible_groups;
use super::world::{Caf, KnownAs, Notice, Record};

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
pub fn hidden_from(agency: &AgencyId, kind: AgencyKind, records: &[&Record]) -> Vec<Option<Hidden>> {
    let mut hidden: Vec<Option<Hidden>> =
        records.iter().map(|record| is_sensitive(record).then_some(Hidden::Sensitive)).collect();
    for group in possible_groups(records) {
        let whole = group.iter().filter_map(|i| hides_group(kind, records[*i])).max();
        if whole.is_some() {
            for index in group {
                hidden[index] = whole;
            }
        }
    }
    let own = |record: &&Record| record.supplier.agency == *agency;
    for (hidden, _) in hidden.iter_mut().zip(records).filter(|(_, r)| own(r) && !is_bare(r)) {
        *hidden = None;
    }
    for (index, record) in records.iter().enumerate().filter(|(_, r)| own(r) && is_bare(r)) {
        hidden[index] = target_of(record, records).and_then(|target| hidden[target]);
    }
    hidden
}

/// Whether it is a mere reference from a lookup: its agency supplied nothing, so it is as hidden as
/// what it is of.
fn is_bare(record: &Record) -> bool {
    let is_alias = matches!(record.known_as, KnownAs::AliasOf(_));
    is_alias && record.facts.is_none() && record.involvements.is_empty() && record.cafs.is_empty()
}

fn target_of(alias: &Record, records: &[&Record]) -> Option<usize> {
    match alias.known_as {
        KnownAs::AliasOf(target) => records.iter().position(|record| record.id == target),
        KnownAs::Local(_) => None,
    }
}

/// Whether a record keeps every record that may be of the same child from others.
fn hides_group(kind: AgencyKind, record: &Record) -> Option<Hidden> {
    match record.restriction {
        Restriction::Address | Restriction::WholeRecord => return Some(Hidden::Restricted),
        Restriction::None => {}
    }
    match record.facts.as_ref()?.child_state {
        ChildState::PregnancyEnded if kind != AgencyKind::CafTeam => Some(Hidden::PregnancyEnded),
        ChildState::PregnancyEnded | ChildState::Unborn | ChildState::Living | ChildState::Died => None,
    }
}

/// Whether nothing would be left of the record once its sensitive parts are taken away. A record
/// without any statement beside it is an ordinary one.
fn is_sensitive(record: &Record) -> bool {
    let sensitive_part = record.involvements.iter().any(|i| i.sensitivity == Sensitivity::Sensitive);
    let ordinary_part = record.involvements.iter().any(|i| i.sensitivity == Sensitivity::Ordinary)
        || record
            .cafs
            .iter()
            .any(|caf| caf.notice == Notice::Shows && caf_sensitivity(record, caf) == Sensitivity::Ordinary);
    record.supplier.sensitivity == Sensitivity::Sensitive || (sensitive_part && !ordinary_part)
}

/// A CAF is a sensitive service's where whoever started it works with the child in such a service
/// alone.
#[must_use]
pub fn caf_sensitivity(record: &Record, caf: &Caf) -> Sensitivity {
    let mut of_starter =
        record.involvements.iter().filter(|i| i.practitioner_id == caf.practitioner_id).peekable();
    let known = of_starter.peek().is_some();
    if known && of_starter.all(|i| i.sensitivity == Sensitivity::Sensitive) {
        Sensitivity::Sensitive
    } else {
        record.supplier.sensitivity
    }
}
