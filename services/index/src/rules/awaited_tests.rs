#![expect(clippy::unwrap_used, reason = "a test may stop")]

use time::macros::date;

use super::super::due::tests::{areas, at, told};
use super::super::invented::{NOW, agency, record};
use super::*;

#[test]
fn an_expected_date_that_passed_is_asked_of_who_recorded_the_child() {
    let unborn = || record(1, "school").in_state(ChildState::Unborn).born("2026-11-20");
    let asked = |records: Vec<Record>| {
        let (id, borough) = (records[0].id, AuthorityId::parse("borough").unwrap());
        of_unborn(&World::new(records), id, &borough, &areas(), NOW)
    };
    let twice = [at(date!(2026 - 11 - 23), "school owner"), at(date!(2026 - 12 - 07), "school second-owner")];
    let task = at(date!(2026 - 12 - 07), "expected-date-passed");
    let due = asked(vec![unborn()]);
    assert_eq!(told(&due, ReminderKind::ExpectedDatePassed), [&twice[..], &[task]].concat());
    let hidden = asked(vec![unborn().restricted()]);
    assert_eq!(told(&hidden, ReminderKind::ExpectedDatePassed), twice);
    for state in [ChildState::Living, ChildState::PregnancyEnded, ChildState::Died] {
        assert_eq!(asked(vec![unborn().in_state(state)]), []);
    }
}

// D-I4, D-I6
#[test]
fn of_an_intention_that_lapsed_the_caf_team_asks_where_nobody_helps_and_it_may_know() {
    let lapsed = |records: Vec<Record>, sensitivity| {
        let standing = Standing {
            agency: agency("school"),
            local_ref: LocalRef::parse("n-1").unwrap(),
            record: records.first().map(|record| record.id),
            authority: AuthorityId::parse("borough").unwrap(),
            lapses_on: date!(2026 - 11 - 20),
            sensitivity,
            met: Vec::new(),
        };
        let due = of_intention(&World::new(records), &standing, &areas(), NOW);
        told(&due, ReminderKind::IntentionLapses)
    };
    let known = || record(1, "school").with_nhs(1);
    let told = at(date!(2026 - 11 - 23), "school owner");
    let asked = at(date!(2026 - 12 - 07), "intention-lapsed");
    assert_eq!(lapsed(vec![known()], Sensitivity::Ordinary), [told.clone(), asked]);
    for (records, sensitivity) in [
        (vec![known(), record(2, "visitors").with_nhs(1).with_caf_by("v1")], Sensitivity::Ordinary),
        (vec![known().restricted()], Sensitivity::Ordinary),
        (vec![known()], Sensitivity::Sensitive),
        (vec![], Sensitivity::Ordinary),
    ] {
        assert_eq!(lapsed(records, sensitivity), std::slice::from_ref(&told));
    }
}

// Nobody is reminded of a child who died, whoever said so.
#[test]
fn an_intention_of_a_child_who_was_described_ends_with_the_death_of_whom_it_fits() {
    let lapsed = |fits: Record| {
        let standing = Standing {
            agency: agency("school"),
            local_ref: LocalRef::parse("n-1").unwrap(),
            record: None,
            authority: AuthorityId::parse("borough").unwrap(),
            lapses_on: date!(2026 - 11 - 20),
            sensitivity: Sensitivity::Ordinary,
            met: vec![fits.id],
        };
        let due = of_intention(&World::new(vec![fits]), &standing, &areas(), NOW);
        told(&due, ReminderKind::IntentionLapses)
    };
    let (owner, asked) =
        (at(date!(2026 - 11 - 23), "school owner"), at(date!(2026 - 12 - 07), "intention-lapsed"));
    assert_eq!(lapsed(record(2, "surgery")), std::slice::from_ref(&owner));
    assert_eq!(lapsed(record(2, "school")), [owner, asked], "it has a record of its own by now");
    assert_eq!(lapsed(record(2, "surgery").in_state(ChildState::Died)), []);
}
