use proptest::prelude::*;

use super::*;
use crate::Linked;
use crate::invented::{Record, agency, record, worlds};

use Hidden::{PregnancyEnded, Restricted};
use Sensitivity::{Ordinary, Sensitive};

fn hidden(records: &[Record], from: &str, kind: AgencyKind) -> Vec<Option<Hidden>> {
    hidden_from(&agency(from), kind, &records.iter().collect::<Vec<_>>())
}

fn from_police(records: &[Record]) -> Vec<Option<Hidden>> {
    hidden(records, "police", AgencyKind::Police)
}

// D-I6
#[test]
fn a_restriction_hides_every_record_that_may_be_of_the_same_child() {
    let numbered = |id, of, which| record(id, of).with_key(0).with_number(which);
    let records = [
        numbered(1, "school", 0).restricted(),
        numbered(2, "surgery", 1),
        record(3, "visitors").with_key(0),
        record(4, "visitors").with_key(1),
    ];
    assert_eq!(from_police(&records), [Some(Restricted), Some(Restricted), Some(Restricted), None]);
    let surgery = hidden(&records, "surgery", AgencyKind::Gp);
    assert_eq!(surgery, [Some(Restricted), None, Some(Restricted), None], "its own it sees");
}

// D-I6
#[test]
fn a_sensitive_service_hides_what_is_left_of_a_record_without_it() {
    let sensitive = |id| record(id, "school").with_work("p1", Sensitive);
    assert_eq!(from_police(&[record(1, "clinic")]), [Some(Hidden::Sensitive)]);
    assert_eq!(from_police(&[sensitive(1)]), [Some(Hidden::Sensitive)]);
    assert_eq!(from_police(&[sensitive(1).with_work("p2", Ordinary)]), [None]);
    assert_eq!(from_police(&[sensitive(1).with_caf_by("p2")]), [None]);
    let its_own_caf = sensitive(1).with_caf_by("p1");
    assert_eq!(from_police(&[its_own_caf]), [Some(Hidden::Sensitive)]);
    assert_eq!(hidden(&[sensitive(1)], "school", AgencyKind::School), [None]);
}

#[test]
fn a_pregnancy_that_ended_shows_to_its_agency_and_the_caf_team_alone() {
    let ended = [record(1, "midwives").in_state(ChildState::PregnancyEnded)];
    assert_eq!(from_police(&ended), [Some(PregnancyEnded)]);
    assert_eq!(hidden(&ended, "midwives", AgencyKind::Midwifery), [None]);
    assert_eq!(hidden(&ended, "team", AgencyKind::CafTeam), [None]);
}

#[test]
fn a_mere_reference_is_as_hidden_from_its_agency_as_what_it_is_of() {
    let police = |records: &mut Vec<Record>| records.push(record(2, "police").standing_for(1));
    let mut shown = vec![record(1, "school")];
    police(&mut shown);
    assert_eq!(from_police(&shown), [None, None]);
    let mut kept = vec![record(1, "school").restricted()];
    police(&mut kept);
    assert_eq!(from_police(&kept), [Some(Restricted), Some(Restricted)]);
    kept[1] = kept[1].clone().with_work("p9", Ordinary);
    assert_eq!(from_police(&kept), [Some(Restricted), None], "it supplied something itself");
}

proptest! {
    // D-I6
    #[test]
    fn a_restriction_more_never_shows_more(records in worlds(), which in any::<proptest::sample::Index>()) {
        let before = from_police(&records);
        let mut restricted = records.clone();
        if !restricted.is_empty() {
            let which = which.index(restricted.len());
            restricted[which] = restricted[which].clone().restricted();
            prop_assert!(restricted[which].agency() == &agency("police") || from_police(&restricted)[which] == Some(Restricted));
        }
        for (before, after) in before.iter().zip(from_police(&restricted)) {
            prop_assert!(before.is_none() || after.is_some());
        }
    }
}
