#![expect(clippy::unwrap_used, reason = "a test may stop")]

use proptest::prelude::*;
use schemas::ChildRef;

use super::*;
use crate::invented::{Record, child, record, worlds};

/// The groups as sets of record ids.
fn linked(records: &[Record], by: fn(&[&Record]) -> Groups) -> BTreeSet<BTreeSet<ChildRef>> {
    let records: Vec<&Record> = records.iter().collect();
    let ids = |group: Vec<usize>| group.into_iter().map(|i| records[i].id()).collect();
    by(&records).into_iter().map(ids).collect()
}

fn children(records: &[Record]) -> Vec<Vec<u128>> {
    let id = |id: ChildRef| id.as_uuid().as_u128();
    linked(records, groups).into_iter().map(|group| group.into_iter().map(id).collect()).collect()
}

#[test]
fn an_equal_number_links() {
    let school = record(1, "school").with_number(0);
    assert_eq!(children(&[school.clone(), record(2, "surgery").with_number(0)]), [vec![1, 2]]);
    assert_eq!(children(&[school, record(2, "surgery").with_number(1)]), [vec![1], vec![2]]);
}

#[test]
fn names_birth_and_postcode_link_where_no_number_differs() {
    let (school, surgery) = (record(1, "school").with_key(0), record(2, "surgery").with_key(0));
    assert_eq!(children(&[school.clone(), surgery.clone()]), [vec![1, 2]]);
    let one_number = [school.clone().with_number(0), surgery.clone()];
    assert_eq!(children(&one_number), [vec![1, 2]]);
    let differing = [school.clone().with_number(0), surgery.clone().with_number(1)];
    assert_eq!(children(&differing), [vec![1], vec![2]]);
    let pupils = [school.clone().with_upn(0), surgery.clone().with_upn(1)];
    assert_eq!(children(&pupils), [vec![1], vec![2]]);
    let learners = [school.with_uln(0), surgery.with_uln(1)];
    assert_eq!(children(&learners), [vec![1], vec![2]]);
}

#[test]
fn a_record_with_two_candidates_stays_alone() {
    let numbered = |id, of, which| record(id, of).with_key(0).with_number(which);
    let records = [numbered(1, "school", 0), numbered(2, "surgery", 1), record(3, "visitors").with_key(0)];
    assert_eq!(children(&records), [vec![1], vec![2], vec![3]]);
}

#[test]
fn two_records_that_one_agency_tells_apart_link_nobody() {
    let records =
        [record(1, "school").with_key(0), record(2, "school").with_key(0), record(3, "surgery").with_key(0)];
    assert_eq!(children(&records), [vec![1], vec![2], vec![3]]);
}

#[test]
fn two_homes_link_through_a_record_that_has_both() {
    let records = [
        record(1, "school").with_key(0).with_key(1),
        record(2, "surgery").with_key(0).with_number(0),
        record(3, "visitors").with_key(1),
    ];
    assert_eq!(children(&records), [vec![1, 2, 3]]);
}

#[test]
fn an_alias_is_the_record_that_it_stands_for_until_its_agency_says_more() {
    let school = record(1, "school").with_number(0);
    assert_eq!(children(&[school.clone(), record(2, "surgery").standing_for(1)]), [vec![1, 2]]);
    let said = |more: Record| Record { target: Some(1), ..more };
    let agrees = said(record(2, "surgery").with_key(7));
    assert_eq!(children(&[school.clone(), agrees]), [vec![1, 2]]);
    let differs = said(record(2, "surgery").with_number(1));
    assert_eq!(children(&[school, differs]), [vec![1], vec![2]]);
}

#[test]
fn a_link_that_is_only_possible_counts_for_restrictions() {
    let numbered = |id, of, which| record(id, of).with_key(0).with_number(which);
    let records = [numbered(1, "school", 0), numbered(2, "surgery", 1), record(3, "visitors").with_key(0)];
    assert_eq!(linked(&records, possible_groups).len(), 1);
    assert_eq!(linked(&records[..2], possible_groups).len(), 2, "a differing number never links");
}

fn crosses(groups: &BTreeSet<BTreeSet<ChildRef>>, bounds: &BTreeSet<BTreeSet<ChildRef>>) -> bool {
    !groups.iter().all(|group| bounds.iter().any(|bound| group.is_subset(bound)))
}

proptest! {
    #[test]
    fn the_order_of_the_records_does_not_matter(
        (records, shuffled) in worlds().prop_flat_map(|w| (Just(w.clone()), Just(w).prop_shuffle()))
    ) {
        prop_assert_eq!(linked(&records, groups), linked(&shuffled, groups));
        prop_assert_eq!(linked(&records, possible_groups), linked(&shuffled, possible_groups));
    }

    #[test]
    fn no_child_has_two_numbers(records in worlds()) {
        let by_id: BTreeMap<ChildRef, &Record> = records.iter().map(|r| (r.id(), r)).collect();
        for group in linked(&records, groups) {
            let numbers: BTreeSet<_> = group.iter().filter_map(|id| by_id[id].number()).collect();
            prop_assert!(numbers.len() <= 1);
        }
    }

    #[test]
    fn whatever_is_taken_away_no_link_crosses_the_possible_ones(
        records in worlds(),
        kept in proptest::collection::vec(any::<bool>(), 9),
    ) {
        let bounds = linked(&records, possible_groups);
        prop_assert!(!crosses(&linked(&records, groups), &bounds));
        let mut kept = kept.into_iter();
        let rest: Vec<Record> = records.into_iter().filter(|_| kept.next().unwrap()).collect();
        prop_assert!(!crosses(&linked(&rest, groups), &bounds));
        prop_assert!(!crosses(&linked(&rest, possible_groups), &bounds));
    }

    #[test]
    fn a_record_that_nothing_ties_changes_no_group(records in worlds()) {
        let mut more = records.clone();
        more.push(record(99, "school").with_key(99));
        let mut expected = linked(&records, groups);
        expected.insert([child(99)].into());
        prop_assert_eq!(linked(&more, groups), expected);
    }
}
