//! Which CAFs a batch of statements may have changed what is due of.

use std::collections::{BTreeMap, BTreeSet};

use schemas::{CafRef, ChildRef};

/// A CAF in reach of a record that something was said of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    pub record: ChildRef,
    pub caf: CafRef,
    /// Whether anything is known of it after its start.
    pub went_on: bool,
}

/// All CAFs in reach, as far as it was gone through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    pub near: Vec<Near>,
    /// Whether there may be others.
    pub is_cut_short: bool,
}

/// The CAFs to be looked at. Of one that has just been `started`, and is the only one of the child, nothing
/// is due until more is said: most are of that kind, and a look costs as much as the notice.
#[must_use]
pub fn to_look_at(reach: &Reach, started: &BTreeSet<CafRef>) -> BTreeSet<CafRef> {
    let mut by_record: BTreeMap<ChildRef, BTreeSet<&CafRef>> = BTreeMap::new();
    for near in &reach.near {
        by_record.entry(near.record).or_default().insert(&near.caf);
    }
    let has_another = |near: &Near| by_record.get(&near.record).is_none_or(|cafs| cafs.len() > 1);
    let looked_at = |near: &&Near| {
        reach.is_cut_short || near.went_on || has_another(near) || !started.contains(&near.caf)
    };
    let found: BTreeSet<&CafRef> = reach.near.iter().map(|near| &near.caf).collect();
    let unseen = started.iter().filter(|caf| !found.contains(caf)).cloned();
    reach.near.iter().filter(looked_at).map(|near| near.caf.clone()).chain(unseen).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use uuid::Uuid;

    use super::*;

    fn caf(written: &str) -> CafRef {
        CafRef::parse(written).unwrap()
    }

    fn near(record: u128, written: &str, went_on: bool) -> Near {
        Near { record: ChildRef::from_uuid(Uuid::from_u128(record)), caf: caf(written), went_on }
    }

    fn looked_at(near: &[Near], is_cut_short: bool, started: &[&str]) -> Vec<String> {
        let reach = Reach { near: near.to_vec(), is_cut_short };
        let looked_at = to_look_at(&reach, &started.iter().map(|written| caf(written)).collect());
        looked_at.iter().map(CafRef::to_string).collect()
    }

    #[test]
    fn a_caf_that_was_just_started_alone_is_not_looked_at() {
        let alone = [near(1, "school/1", false), near(2, "school/2", false)];
        assert_eq!(looked_at(&alone, false, &["school/1", "school/2"]), [""; 0]);
    }

    #[test]
    fn it_is_where_there_is_another_or_more_is_known_or_may_be() {
        let two = [near(1, "school/1", false), near(1, "surgery/7", false)];
        assert_eq!(looked_at(&two, false, &["school/1"]), ["school/1", "surgery/7"]);
        assert_eq!(looked_at(&[near(1, "school/1", true)], false, &["school/1"]), ["school/1"]);
        assert_eq!(looked_at(&[near(1, "school/1", false)], true, &["school/1"]), ["school/1"]);
        // Of a record with many CAFs only some are found.
        assert_eq!(looked_at(&[], false, &["school/1"]), ["school/1"]);
    }

    #[test]
    fn one_that_was_known_before_is_looked_at_whatever_was_said() {
        assert_eq!(looked_at(&[near(1, "school/1", false)], false, &[]), ["school/1"]);
    }
}
