#![expect(clippy::unwrap_used, reason = "a test may stop")]

use proptest::prelude::*;
use schemas::{AuthorityId, CheckResult, ClosureCode, RoleInCase, TransferState, WithdrawalReason};
use time::Duration;

use super::super::invented::{NOW, involvement, record, sayer};
use super::super::world::Record;
use super::*;

const SCHOOL: &str = "school";

fn school() -> Sayer {
    sayer(SCHOOL, &[])
}

fn team() -> Sayer {
    sayer("borough-caf-team", &["borough"])
}

fn county() -> AuthorityId {
    AuthorityId::parse("county").unwrap()
}

fn started() -> Record {
    record(1, SCHOOL).with_caf_by("t1")
}

fn life_in(group: &[&Record]) -> Life {
    lives(group).next().unwrap().1
}

fn life_of(record: &Record) -> Life {
    life_in(&[record])
}

#[test]
fn from_start_to_a_reopened_caf() {
    let caf = started();
    assert_eq!(life_of(&caf).stage, Stage::Started);
    let caf = caf.with_step(school(), 8, What::Completed(Copy::Awaited));
    assert!(matches!(life_of(&caf).stage, Stage::Completed { .. }));
    let caf = caf.with_step(team(), 7, What::Checked(CheckResult::Returned, None));
    assert!(matches!(life_of(&caf).stage, Stage::Returned { .. }));
    let caf = caf.with_step(school(), 6, What::Completed(Copy::Awaited));
    let caf = caf.with_step(team(), 5, What::Checked(CheckResult::Checked, None));
    assert_eq!(life_of(&caf).stage, Stage::Checked);
    let caf = caf.with_step(school(), 4, What::Closed(ClosureCode::NeedsMet));
    assert!(life_of(&caf).may_reopen(NOW, Duration::days(183)));
    let caf = caf.with_step(team(), 3, What::Reopened);
    assert_eq!(life_of(&caf).stage, Stage::Reopened);
    assert!(life_of(&caf).is_open());
    let caf = caf.with_step(school(), 2, What::Withdrawn(WithdrawalReason::WrongChild));
    assert_eq!(life_of(&caf).stage, Stage::Withdrawn);
}

#[test]
fn who_may_not_say_it_changes_nothing() {
    let stranger = || sayer("surgery", &[]);
    let other_team = || sayer("county-caf-team", &["county"]);
    let completed = started().with_step(school(), 8, What::Completed(Copy::Awaited));
    let before = life_of(&completed);
    for (by, what) in [
        (stranger(), What::Completed(Copy::Awaited)),
        (stranger(), What::Closed(ClosureCode::NeedsMet)),
        (stranger(), What::Withdrawn(WithdrawalReason::WrongChild)),
        (other_team(), What::Checked(CheckResult::Checked, None)),
        (other_team(), What::Closed(ClosureCode::NeedsMet)),
        (school(), What::Checked(CheckResult::Checked, None)),
        (school(), What::Transferred(TransferState::Proposed, county())),
        (other_team(), What::Transferred(TransferState::TakenOn, county())),
    ] {
        let said = completed.clone().with_step(by, 5, what.clone());
        assert_eq!(life_of(&said), before, "{what:?}");
    }
    let closed = completed.with_step(school(), 4, What::Closed(ClosureCode::NeedsMet));
    let reopened = closed.clone().with_step(school(), 3, What::Reopened);
    assert_eq!(life_of(&reopened), life_of(&closed));
}

#[test]
fn where_there_is_a_lead_its_agency_closes_and_the_assessors_does_not() {
    let lead = record(2, "surgery").with_involvement(involvement("g1", RoleInCase::LeadProfessional));
    let by_assessor = started().with_step(school(), 2, What::Closed(ClosureCode::NeedsMet));
    assert!(life_in(&[&by_assessor, &lead]).is_open());
    assert!(!life_of(&by_assessor).is_open());
    let mut leaving = lead.clone();
    leaving.involvements[0].ended_at = Some(NOW - Duration::days(2));
    let on_the_day = started().with_step(sayer("surgery", &[]), 2, What::Closed(ClosureCode::NeedsMet));
    assert!(!life_in(&[&on_the_day, &leaving]).is_open());
    let after = started().with_step(sayer("surgery", &[]), 1, What::Closed(ClosureCode::NeedsMet));
    assert!(life_in(&[&after, &leaving]).is_open());
    let by_lead = started().with_step(sayer("surgery", &[]), 2, What::Closed(ClosureCode::NeedsMet));
    assert!(!life_in(&[&by_lead, &lead]).is_open());
    assert!(life_of(&by_lead).is_open());
}

#[test]
fn both_caf_teams_take_part_in_a_transfer_and_no_clock_starts_anew() {
    let other_team = || sayer("county-caf-team", &["county"]);
    let offered = started().with_step(school(), 8, What::Completed(Copy::Awaited)).with_step(
        team(),
        5,
        What::Transferred(TransferState::Proposed, county()),
    );
    assert_eq!(life_of(&offered).authority.as_str(), "borough");
    let taken =
        offered.clone().with_step(other_team(), 4, What::Transferred(TransferState::TakenOn, county()));
    let life = life_of(&taken);
    assert_eq!((&life.authority, &life.taken_on_by), (&county(), &Some(other_team().desk)));
    assert_eq!(life.stage, Stage::Completed { on: NOW - Duration::days(8), copy: Copy::Awaited });
    // From then on the new team checks, and the old one does not.
    let by_old = taken.clone().with_step(team(), 3, What::Checked(CheckResult::Checked, None));
    assert_eq!(life_of(&by_old), life);
    let by_new = taken.with_step(other_team(), 3, What::Checked(CheckResult::Checked, None));
    assert!(matches!(life_of(&by_new).stage, Stage::Checked));
    let declined = offered.with_step(other_team(), 4, What::Transferred(TransferState::Declined, county()));
    assert_eq!(life_of(&declined).authority.as_str(), "borough");
}

#[test]
fn what_died_was_an_error_or_was_closed_too_long_ago_is_not_reopened() {
    for code in [ClosureCode::Died, ClosureCode::OpenedInError, ClosureCode::DuplicateOf] {
        let caf = started().with_step(school(), 4, What::Closed(code)).with_step(team(), 3, What::Reopened);
        assert!(!life_of(&caf).is_open(), "{code:?}");
        assert!(!life_of(&caf).shows_as_closed(NOW, Duration::days(183)));
    }
    let late = started().with_step(school(), 200, What::Closed(ClosureCode::NeedsMet)).with_step(
        team(),
        3,
        What::Reopened,
    );
    assert!(!life_of(&late).is_open());
    let withdrawn_consent =
        started().with_step(school(), 4, What::Closed(ClosureCode::FamilyWithdrewConsent));
    assert!(!life_of(&withdrawn_consent).may_reopen(NOW, Duration::days(183)));
    assert!(life_of(&withdrawn_consent).shows_as_closed(NOW, Duration::days(183)));
}

fn any_step() -> impl Strategy<Value = (bool, i64, What)> {
    let what = prop_oneof![
        Just(What::Completed(Copy::Awaited)),
        Just(What::Checked(CheckResult::Checked, None)),
        Just(What::Checked(CheckResult::Returned, None)),
        Just(What::Closed(ClosureCode::NeedsMet)),
        Just(What::Closed(ClosureCode::Died)),
        Just(What::Reopened),
        Just(What::Transferred(TransferState::Proposed, county())),
        Just(What::Transferred(TransferState::TakenOn, county())),
        Just(What::Withdrawn(WithdrawalReason::WrongChild)),
    ];
    (any::<bool>(), 0_i64..20, what)
}

proptest! {
    #[test]
    fn any_order_of_arrival_ends_in_one_life(
        said in prop::collection::vec(any_step(), 0..12),
        order in any::<prop::sample::Index>(),
    ) {
        let caf = said.into_iter().fold(started(), |caf, (by_team, days, what)| {
            let by = if by_team { sayer("team", &["borough", "county"]) } else { school() };
            caf.with_step(by, days, what)
        });
        let mut otherwise = caf.clone();
        let steps = &mut otherwise.cafs.first_mut().unwrap().steps;
        let turns = order.index(steps.len().max(1));
        steps.rotate_left(turns);
        steps.reverse();
        prop_assert_eq!(life_of(&caf), life_of(&otherwise));
    }
}
