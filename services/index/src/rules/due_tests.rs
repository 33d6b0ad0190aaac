#![expect(clippy::unwrap_used, reason = "a test may stop")]

use schemas::{ClosureCode, RoleInCase};
use time::macros::date;

use super::super::invented::{NOW, agency, involvement, record, sayer};
use super::super::life::What;
use super::*;

const TEAM: &str = "borough-caf-team";

fn areas() -> Areas {
    let borough = Area { team: Some(agency(TEAM)), calendar: Calendar::default() };
    [(AuthorityId::parse("borough").unwrap(), borough)].into()
}

fn due_of(records: Vec<Record>, caf_ref: &str) -> Vec<Due> {
    of_caf(&World::new(records), &CafRef::parse(caf_ref).unwrap(), &areas(), NOW)
}

/// What is told whom, of one kind.
fn told(due: &[Due], kind: ReminderKind) -> Vec<(Date, String)> {
    let of_kind = due.iter().filter(|due| is_of(due, kind));
    let whom = |act: &Act| match act {
        Act::Remind(_, agency, role) => format!("{agency} {}", role.as_str()),
        Act::Open(task, _) => task.as_str().to_owned(),
        Act::Return(agency) => agency.to_string(),
    };
    of_kind.map(|due| (due.at.date(), whom(&due.act))).collect()
}

fn is_of(due: &Due, kind: ReminderKind) -> bool {
    let task = match kind {
        ReminderKind::Copy28Days => Some(TaskKind::OverdueCopy),
        ReminderKind::CafCheck => Some(TaskKind::OverdueCheck),
        ReminderKind::FirstReview => Some(TaskKind::OverdueReview),
        ReminderKind::SecondCaf => Some(TaskKind::SecondCaf),
        _ => None,
    };
    match &due.act {
        Act::Remind(of, ..) => *of == kind,
        Act::Open(of, _) => Some(*of) == task,
        Act::Return(_) => false,
    }
}

fn completed(copy: Copy) -> Record {
    // 21 days before 21 November: 31 October 2026, a Saturday.
    record(1, "school").with_caf_by("t1").with_step(sayer("school", &[]), 21, What::Completed(copy))
}

fn at(day: Date, whom: &str) -> (Date, String) {
    (day, whom.to_owned())
}

#[test]
fn a_copy_is_due_after_28_days_and_overdue_when_a_working_day_has_passed() {
    // 28 November is a Saturday: Monday.
    let due = due_of(vec![completed(Copy::Awaited)], "school/0");
    assert!(
        due.iter().filter(|due| is_of(due, ReminderKind::Copy28Days)).all(|d| d.due == date!(2026 - 11 - 30))
    );
    let expected = [
        at(date!(2026 - 11 - 23), "school owner"),
        at(date!(2026 - 12 - 01), "borough-caf-team second-owner"),
        at(date!(2026 - 12 - 01), "overdue-copy"),
    ];
    assert_eq!(told(&due, ReminderKind::Copy28Days), expected);
}

#[test]
fn a_copy_that_was_sent_is_the_caf_teams_to_check() {
    let due = due_of(vec![completed(Copy::Sent)], "school/0");
    assert_eq!(told(&due, ReminderKind::Copy28Days), []);
    let owner = at(date!(2026 - 11 - 23), "borough-caf-team owner");
    assert_eq!(told(&due, ReminderKind::CafCheck).first(), Some(&owner));
}

#[test]
fn the_first_review_is_the_leads_within_three_months() {
    let alone = due_of(vec![completed(Copy::Awaited)], "school/0");
    // 31 January 2027 is a Sunday: Monday.
    let ahead = date!(2027 - 01 - 18);
    assert_eq!(told(&alone, ReminderKind::FirstReview)[0], at(ahead, "school owner"));
    let lead =
        record(2, "visitors").with_nhs(1).with_involvement(involvement("v1", RoleInCase::LeadProfessional));
    let reviewed = due_of(vec![completed(Copy::Awaited).with_nhs(1), lead], "school/0");
    assert_eq!(told(&reviewed, ReminderKind::FirstReview)[0], at(ahead, "visitors owner"));
}

#[test]
fn nothing_is_due_of_a_closed_caf_nor_once_the_child_died() {
    let closed =
        completed(Copy::Awaited).with_step(sayer("school", &[]), 1, What::Closed(ClosureCode::NeedsMet));
    assert_eq!(due_of(vec![closed], "school/0"), []);
    for state in [ChildState::Died, ChildState::PregnancyEnded] {
        let elsewhere = record(2, "surgery").with_nhs(1).in_state(state);
        assert_eq!(due_of(vec![completed(Copy::Awaited).with_nhs(1), elsewhere], "school/0"), []);
    }
}

#[test]
fn of_a_restricted_child_the_caf_team_is_told_nothing_and_the_owner_twice() {
    let due = due_of(vec![completed(Copy::Awaited).restricted()], "school/0");
    let expected =
        [at(date!(2026 - 11 - 23), "school owner"), at(date!(2026 - 12 - 01), "school second-owner")];
    assert_eq!(told(&due, ReminderKind::Copy28Days), expected);
}

fn second(records: &[Record], caf_ref: &str) -> Vec<(Date, String)> {
    told(&due_of(records.to_vec(), caf_ref), ReminderKind::SecondCaf)
}

#[test]
fn both_assessors_are_told_of_a_second_caf_and_the_team_has_one_task() {
    let school = record(1, "school").with_nhs(1).with_caf_by("t1");
    let two = [school, record(2, "visitors").with_nhs(1).with_caf_by("v1")];
    let day = (NOW - Duration::days(9)).date();
    assert_eq!(second(&two, "school/0"), [at(day, "school owner")]);
    assert_eq!(second(&two, "visitors/0"), [at(day, "visitors owner"), at(day, "second-caf")]);
    let apart = [record(1, "school").with_caf_by("t1"), record(2, "visitors").with_caf_by("v1")];
    assert_eq!(second(&apart, "school/0"), []);
}

#[test]
fn nobody_is_told_of_a_second_caf_that_is_not_shown_to_them() {
    let school = record(1, "school").with_nhs(1).with_caf_by("t1");
    let clinic = record(2, "clinic").with_nhs(1).with_caf_by("n1");
    let day = (NOW - Duration::days(9)).date();
    let two = [school.clone(), clinic.clone()];
    assert_eq!(second(&two, "clinic/0"), [at(day, "clinic owner")], "it sees the school's");
    assert_eq!(second(&two, "school/0"), []);
    let two = [school.restricted(), clinic];
    assert_eq!(second(&two, "clinic/0"), []);
}

#[test]
fn a_hidden_third_caf_changes_nothing_for_those_who_do_not_see_it() {
    let school = record(1, "school").with_nhs(1).with_caf_by("t1");
    let two = vec![school, record(2, "visitors").with_nhs(1).with_caf_by("v1")];
    let mut clinic = record(3, "clinic").with_nhs(1).with_caf_by("n1");
    clinic.cafs[0].started_at = NOW - Duration::DAY;
    let three = [two.clone(), vec![clinic]].concat();
    for caf_ref in ["school/0", "visitors/0"] {
        assert_eq!(due_of(three.clone(), caf_ref), due_of(two.clone(), caf_ref));
    }
}

#[test]
fn a_hidden_record_ties_nobody_together_and_its_lead_takes_no_reminder_away() {
    let school = completed(Copy::Awaited).with_key(1);
    let visitors = record(2, "visitors").with_nhs(1).with_caf_by("v1");
    let lead = involvement("n1", RoleInCase::LeadProfessional);
    let clinic = record(3, "clinic").with_nhs(1).with_key(1).with_involvement(lead).with_caf_by("n1");
    let apart = vec![school, visitors];
    let tied = [apart.clone(), vec![clinic]].concat();
    for caf_ref in ["school/0", "visitors/0"] {
        assert_eq!(due_of(tied.clone(), caf_ref), due_of(apart.clone(), caf_ref));
    }
}

#[test]
fn an_expected_date_that_passed_is_asked_of_who_recorded_the_child() {
    let unborn = || record(1, "school").in_state(ChildState::Unborn).born("2026-11-20");
    let asked = |records: Vec<Record>| {
        let id = records[0].id;
        of_unborn(&World::new(records), id, &Calendar::default())
    };
    let due = asked(vec![unborn()]);
    let expected =
        [at(date!(2026 - 11 - 23), "school owner"), at(date!(2026 - 12 - 07), "school second-owner")];
    assert_eq!(told(&due, ReminderKind::ExpectedDatePassed), expected);
    for state in [ChildState::Living, ChildState::PregnancyEnded, ChildState::Died] {
        assert_eq!(asked(vec![unborn().in_state(state)]), []);
    }
}

#[test]
fn three_months_end_with_a_month_that_is_shorter() {
    assert_eq!(months_after(date!(2026 - 11 - 30), 3), date!(2027 - 02 - 28));
    assert_eq!(months_after(date!(2026 - 09 - 30), 3), date!(2026 - 12 - 30));
    assert_eq!(months_after(date!(2026 - 01 - 31), 3), date!(2026 - 04 - 30));
}
