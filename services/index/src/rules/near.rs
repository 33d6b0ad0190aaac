//! Which CAFs a batch of statements may have changed what is due of.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use linking::Sets;
use schemas::{CafRef, ChildRef};

/// A record in reach of one that something was said of, with one of its CAFs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    pub record: ChildRef,
    pub alias_of: Option<ChildRef>,
    /// The numbers and keys by which it may be one child with others.
    pub tied_by: Vec<String>,
    pub caf: Option<NearCaf>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearCaf {
    pub caf: CafRef,
    /// Whether its start names the day of a review, or more was said of it since.
    pub may_be_due: bool,
}

/// All records in reach, as far as it was gone through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    pub near: Vec<Near>,
    /// Whether there may be others.
    pub is_cut_short: bool,
}

/// The CAFs to be looked at. Of one that has just been `started`, and is the only one in its reach, nothing
/// is due until more is said, unless its start names a day: most are of that kind, and a look costs as much
/// as the notice.
#[must_use]
pub fn to_look_at(reach: &Reach, started: &BTreeSet<CafRef>) -> BTreeSet<CafRef> {
    let mut sets = tied(&reach.near);
    let mut together: BTreeMap<usize, BTreeMap<&CafRef, bool>> = BTreeMap::new();
    for (place, near) in reach.near.iter().enumerate() {
        if let Some(NearCaf { caf, may_be_due }) = &near.caf {
            together.entry(sets.root(place)).or_default().insert(caf, *may_be_due);
        }
    }
    let is_alone = |cafs: &BTreeMap<&CafRef, bool>| {
        !reach.is_cut_short && cafs.len() == 1 && cafs.iter().all(|(caf, due)| !due && started.contains(*caf))
    };
    let found: BTreeSet<&CafRef> = together.values().flat_map(BTreeMap::keys).copied().collect();
    let unseen = started.iter().filter(|caf| !found.contains(caf));
    let looked_at = together.values().filter(|cafs| !is_alone(cafs)).flat_map(BTreeMap::keys).copied();
    looked_at.chain(unseen).cloned().collect()
}

fn tied(near: &[Near]) -> Sets {
    let mut sets = Sets::new(near.len());
    let (mut records, mut ties) = (HashMap::new(), HashMap::new());
    for (place, one) in near.iter().enumerate() {
        for record in one.alias_of.iter().chain([&one.record]) {
            sets.join(place, *records.entry(*record).or_insert(place));
        }
        for tie in &one.tied_by {
            sets.join(place, *ties.entry(tie.as_str()).or_insert(place));
        }
    }
    sets
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use uuid::Uuid;

    use super::*;

    fn child(record: u128) -> ChildRef {
        ChildRef::from_uuid(Uuid::from_u128(record))
    }

    fn near(record: u128, tied_by: &[&str], caf: &str) -> Near {
        let caf = CafRef::parse(caf).ok().map(|caf| NearCaf { caf, may_be_due: false });
        let tied_by = tied_by.iter().map(|tie| (*tie).to_owned()).collect();
        Near { record: child(record), alias_of: None, tied_by, caf }
    }

    fn looked_at(near: &[Near], started: &[&str]) -> Vec<String> {
        let started = started.iter().map(|caf| CafRef::parse(caf).unwrap()).collect();
        let reach = |is_cut_short| Reach { near: near.to_vec(), is_cut_short };
        let all = to_look_at(&reach(true), &started);
        let looked_at = to_look_at(&reach(false), &started);
        assert!(started.is_subset(&all) && looked_at.is_subset(&all), "cut short, all are looked at");
        looked_at.iter().map(CafRef::to_string).collect()
    }

    #[test]
    fn a_caf_that_was_just_started_alone_is_not_looked_at() {
        let alone = [near(1, &["a"], "school/1"), near(2, &["b"], "school/2"), near(3, &["b"], "")];
        assert_eq!(looked_at(&alone, &["school/1", "school/2"]), [""; 0]);
    }

    #[test]
    fn it_is_where_there_is_another_over_however_many_records() {
        let two = [near(1, &["a"], "school/1"), near(2, &["a", "b"], ""), near(3, &["b"], "surgery/7")];
        assert_eq!(looked_at(&two, &["school/1"]), ["school/1", "surgery/7"]);
        assert_eq!(looked_at(&[two[0].clone(), two[2].clone()], &["school/1"]), ["surgery/7"]);
        let of_one_record = [near(1, &[], "school/1"), near(1, &[], "school/2")];
        assert_eq!(looked_at(&of_one_record, &["school/2"]), ["school/1", "school/2"]);
        let alias = Near { alias_of: Some(child(1)), ..near(4, &[], "visitors/1") };
        assert_eq!(
            looked_at(&[near(1, &["a"], "school/1"), alias], &["visitors/1"]),
            ["school/1", "visitors/1"]
        );
    }

    #[test]
    fn it_is_where_something_may_be_due_of_it_or_it_was_not_found() {
        let mut one = near(1, &["a"], "school/1");
        one.caf.as_mut().unwrap().may_be_due = true;
        assert_eq!(looked_at(&[one], &["school/1"]), ["school/1"]);
        // Of a record with many CAFs only some are found.
        assert_eq!(looked_at(&[], &["school/1"]), ["school/1"]);
    }

    #[test]
    fn one_that_was_known_before_is_looked_at_whatever_was_said() {
        assert_eq!(looked_at(&[near(1, &["a"], "school/1")], &[]), ["school/1"]);
    }
}
