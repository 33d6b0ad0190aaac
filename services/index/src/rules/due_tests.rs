#![expect(clippy::unwrap_used, reason = "a test may stop")]

use schemas::{CheckResult, ClosureCode, RoleInCase, TransferState, WithdrawalReason};
use time::macros::date;
use uuid::Uuid;

use super::super::invented::{NOW, agency, involvement, record, sayer};
use super::super::life::{Sayer, What};
use super::*;

const TEAM: &str = "borough-caf-team";

pub(in super::super) fn areas() -> Areas {
    let borough = Area { team: Some(agency(TEAM)), calendar: Calendar::default() };
    [(AuthorityId::parse("borough").unwrap(), borough)].into()
}

fn due_of(records: Vec<Record>, caf_ref: &str) -> Vec<Due> {
    of_caf(&World::new(records), &CafRef::parse(caf_ref).unwrap(), &[], &areas(), NOW)
}

/// What is told whom, of one kind.
pub(in super::super) fn told(due: &[Due], kind: ReminderKind) -> Vec<(Date, String)> {
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
        ReminderKind::FirstReview | ReminderKind::NextReview => Some(TaskKind::OverdueReview),
        ReminderKind::SecondCaf => Some(TaskKind::SecondCaf),
        ReminderKind::ExpectedDatePassed => Some(TaskKind::ExpectedDatePassed),
        ReminderKind::IntentionLapses => Some(TaskKind::IntentionLapsed),
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

pub(in super::super) fn at(day: Date, whom: &str) -> (Date, String) {
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
        at(date!(2026 - 12 - 01), "school second-owner"),
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
fn of_a_restricted_child_the_caf_team_is_told_nothing_and_the_owner_what_it_hears_of_any() {
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
fn three_months_end_with_a_month_that_is_shorter() {
    assert_eq!(months_after(date!(2026 - 11 - 30), 3), date!(2027 - 02 - 28));
    assert_eq!(months_after(date!(2026 - 09 - 30), 3), date!(2026 - 12 - 30));
    assert_eq!(months_after(date!(2026 - 01 - 31), 3), date!(2026 - 04 - 30));
}

fn checked(records: Vec<Record>) -> Vec<(Option<u128>, Act)> {
    let due = due_of(records, "school/0").into_iter();
    let of_checks = due.filter(|due| {
        matches!(due.act, Act::Return(_) | Act::Open(TaskKind::FormReturned, _)) && due.at <= NOW
    });
    of_checks.map(|due| (due.because_of.map(|message| message.as_uuid().as_u128()), due.act)).collect()
}

fn team() -> Sayer {
    sayer(TEAM, &["borough"])
}

fn found(result: CheckResult) -> What {
    What::Checked(result, Some(date!(2026 - 12 - 01)))
}

#[test]
fn each_check_that_had_an_effect_is_told_also_of_a_closed_caf_and_a_form_stays_out_until_it_is_back() {
    let back = |message| (Some(message), Act::Return(agency("school")));
    let out =
        |message| (Some(message), Act::Open(TaskKind::FormReturned, AuthorityId::parse("borough").unwrap()));
    let returned = completed(Copy::Sent).with_step(team(), 9, found(CheckResult::Returned));
    assert_eq!(checked(vec![returned.clone()]), [back(1), out(1)]);
    let due = due_of(vec![returned.clone()], "school/0");
    let form = due.iter().find(|due| matches!(due.act, Act::Open(TaskKind::FormReturned, _))).unwrap();
    assert_eq!(form.due, date!(2026 - 12 - 01));
    let unsaid = completed(Copy::Sent).with_step(team(), 9, What::Checked(CheckResult::Returned, None));
    let due = due_of(vec![unsaid], "school/0");
    assert!(due.iter().any(|due| due.due == date!(2026 - 11 - 26)), "14 days later");

    let good = returned.with_step(team(), 7, found(CheckResult::Checked));
    assert_eq!(checked(vec![good.clone()]), [back(1), back(2)]);
    let closed = good.with_step(sayer("school", &[]), 1, What::Closed(ClosureCode::NeedsMet));
    assert_eq!(checked(vec![closed.clone()]), [back(1), back(2)]);
    let elsewhere = record(2, "surgery").with_nhs(1).in_state(ChildState::Died);
    assert_eq!(checked(vec![closed.with_nhs(1), elsewhere]), []);
}

#[test]
fn a_check_without_effect_or_of_long_ago_is_told_to_nobody_nor_what_the_team_may_not_know() {
    let by_another = sayer("county-caf-team", &["county"]);
    let foreign = completed(Copy::Sent).with_step(by_another, 9, found(CheckResult::Returned));
    assert_eq!(checked(vec![foreign]), []);
    let long_ago = record(1, "school")
        .with_caf_by("t1")
        .with_step(sayer("school", &[]), 900, What::Completed(Copy::Sent))
        .with_step(team(), 800, found(CheckResult::Checked));
    let of_then = due_of(vec![long_ago], "school/0");
    assert!(
        !of_then.is_empty() && of_then.iter().all(|due| due.is_no_news(NOW)),
        "nor a review of years ago"
    );
    let hidden = completed(Copy::Sent).with_step(team(), 9, found(CheckResult::Returned)).restricted();
    assert_eq!(checked(vec![hidden]), [(Some(1), Act::Return(agency("school")))]);
}

#[test]
fn the_team_that_a_caf_is_offered_to_has_a_task_until_it_answers() {
    let county = AuthorityId::parse("county").unwrap();
    let to = |state| What::Transferred(state, county.clone());
    let offered = completed(Copy::Sent).with_step(team(), 3, to(TransferState::Proposed));
    let answered =
        offered.clone().with_step(sayer("county-caf-team", &["county"]), 2, to(TransferState::TakenOn));
    let mut areas = areas();
    let area = Area { team: Some(agency("county-caf-team")), calendar: Calendar::default() };
    areas.insert(county.clone(), area);
    let task = Act::Open(TaskKind::TransferProposed, county.clone());
    let has = |record: Record| {
        let world = World::new(vec![record]);
        of_caf(&world, &CafRef::parse("school/0").unwrap(), &[], &areas, NOW)
            .iter()
            .any(|due| due.act == task)
    };
    assert!(has(offered.clone()));
    assert!(!has(offered.restricted()), "D-I6");
    assert!(!has(answered));
}

#[test]
fn a_form_that_was_mended_does_not_put_the_review_off() {
    let mended = completed(Copy::Sent).with_step(team(), 9, found(CheckResult::Returned)).with_step(
        sayer("school", &[]),
        2,
        What::Completed(Copy::Sent),
    );
    let ahead = date!(2027 - 01 - 18);
    assert_eq!(
        told(&due_of(vec![mended], "school/0"), ReminderKind::FirstReview)[0],
        at(ahead, "school owner")
    );
}

// Codes §3, D-I6
#[test]
fn whoever_says_in_vain_is_told_so_unless_they_may_not_know_of_the_caf() {
    let said = |by: &str, message: u128| Saying {
        agency: agency(by),
        kind: AgencyKind::School,
        local_ref: LocalRef::parse("s-1").unwrap(),
        message: MessageId::from_uuid(Uuid::from_u128(message)),
        received_on: date!(2026 - 11 - 20),
    };
    let caf = CafRef::parse("school/0").unwrap();
    let in_vain = |records: Vec<Record>, said: Saying| {
        let due = of_caf(&World::new(records), &caf, &[said], &areas(), NOW);
        told(&due, ReminderKind::WithoutEffect)
    };
    // The step that completed it is message 0 (`with_step`).
    assert_eq!(in_vain(vec![completed(Copy::Awaited)], said("school", 0)), []);
    let monday = date!(2026 - 11 - 23);
    for by in ["school", "visitors"] {
        let told = in_vain(vec![completed(Copy::Awaited)], said(by, 9));
        assert_eq!(told, [at(monday, &format!("{by} owner"))]);
    }
    assert_eq!(in_vain(vec![completed(Copy::Awaited).restricted()], said("visitors", 9)), []);
    let withdrawn = completed(Copy::Awaited).with_step(
        sayer("school", &[]),
        1,
        What::Withdrawn(WithdrawalReason::WrongChild),
    );
    assert_eq!(in_vain(vec![withdrawn], said("visitors", 9)), []);
}

/// From an older log, in which the next review stands on a Sunday.
fn taken_over(mut record: Record) -> Record {
    record.cafs[0].review_due_on = Some(date!(2026 - 12 - 06));
    record
}

#[test]
fn the_review_of_a_caf_that_was_taken_over_is_due_on_the_day_of_the_older_log_completed_or_not() {
    let expected = [
        at(date!(2026 - 11 - 23), "school owner"),
        at(date!(2026 - 12 - 08), "borough-caf-team second-owner"),
        at(date!(2026 - 12 - 08), "school second-owner"),
        at(date!(2026 - 12 - 08), "overdue-review"),
    ];
    for record in [record(1, "school").with_caf_by("t1"), completed(Copy::Awaited)] {
        let due = due_of(vec![taken_over(record)], "school/0");
        assert_eq!(told(&due, ReminderKind::NextReview), expected);
        let reviews = due.iter().filter(|due| is_of(due, ReminderKind::NextReview));
        assert_eq!(reviews.map(|due| due.due).collect::<Vec<_>>(), [date!(2026 - 12 - 07); 4]);
        assert!(!due.iter().any(|due| matches!(due.act, Act::Remind(ReminderKind::FirstReview, ..))));
    }
}

#[test]
fn once_a_caf_was_reopened_the_day_of_the_older_log_does_not_count() {
    let reviews = |record: &Record| {
        let due = due_of(vec![record.clone()], "school/0");
        [ReminderKind::NextReview, ReminderKind::FirstReview]
            .map(|kind| due.iter().filter(|due| matches!(due.act, Act::Remind(of, ..) if of == kind)).count())
    };
    let school = || sayer("school", &[]);
    let closed =
        taken_over(completed(Copy::Sent)).with_step(school(), 9, What::Closed(ClosureCode::NeedsMet));
    assert_eq!(reviews(&closed), [0, 0]);
    let reopened = closed.with_step(team(), 5, What::Reopened);
    assert_eq!(reviews(&reopened), [0, 0]);
    let again = reopened.with_step(school(), 2, What::Completed(Copy::Sent));
    assert_eq!(reviews(&again), [0, 3], "the owner twice and the team, three months later");
}
