//! Every transition and every refusal of one: each step, in each stage, said by each who might (codes §3).
#![expect(clippy::unwrap_used, reason = "a test may stop")]

use schemas::{AuthorityId, CafRef, CheckResult, ClosureCode, RoleInCase, TransferState, WithdrawalReason};
use time::Duration;

use super::super::invented::{NOW, agency, involvement, record, sayer};
use super::super::world::Record;
use super::*;

const REOPEN: Duration = Duration::days(183);

/// In this order stand the columns of `FOLLOWS`.
const STAGES: [&str; 9] = [
    "started",
    "completed",
    "returned",
    "checked",
    "reopened",
    "closed",
    "closed long ago",
    "closed for good",
    "withdrawn",
];

/// What a step comes to in each stage: `to`, the stage that it names; `=`, all stays but who keeps the log; `no`,
/// it does not follow; `never`, it was closed for good.
const FOLLOWS: [(&str, [&str; 9]); 11] = [
    ("completed", ["to", "to", "to", "no", "to", "no", "no", "no", "no"]),
    ("checked", ["no", "to", "to", "no", "no", "no", "no", "no", "no"]),
    ("returned", ["no", "to", "to", "no", "no", "no", "no", "no", "no"]),
    ("proposed", ["=", "=", "=", "=", "=", "no", "no", "no", "no"]),
    ("taken on", ["=", "=", "=", "=", "=", "no", "no", "no", "no"]),
    ("declined", ["=", "=", "=", "=", "=", "no", "no", "no", "no"]),
    ("taken on unoffered", ["no", "no", "no", "no", "no", "no", "no", "no", "no"]),
    ("declined unoffered", ["no", "no", "no", "no", "no", "no", "no", "no", "no"]),
    ("closed", ["to", "to", "to", "to", "to", "no", "no", "no", "no"]),
    ("reopened", ["no", "no", "no", "no", "no", "to", "never", "never", "no"]),
    ("withdrawn", ["to", "to", "to", "to", "to", "to", "to", "to", "to"]),
];

/// Who may say it: of the assessor's agency, the CAF team whose log it is in, the team that it is offered to, the
/// lead's agency, any other agency.
const MAY: [(&str, &[&str]); 11] = [
    ("completed", &["assessor", "team"]),
    ("checked", &["team"]),
    ("returned", &["team"]),
    ("proposed", &["team"]),
    ("taken on", &["other team"]),
    ("declined", &["other team"]),
    ("taken on unoffered", &["other team"]),
    ("declined unoffered", &["other team"]),
    // The assessor's agency where nobody leads: the next test.
    ("closed", &["lead", "team"]),
    ("reopened", &["team"]),
    ("withdrawn", &["assessor", "team"]),
];

const SAYERS: [(&str, &str, &[&str]); 5] = [
    ("assessor", "school", &[]),
    ("team", "borough-caf-team", &["borough"]),
    ("other team", "county-caf-team", &["county"]),
    ("lead", "surgery", &[]),
    ("stranger", "visitors", &[]),
];

fn county() -> AuthorityId {
    AuthorityId::parse("county").unwrap()
}

fn what(step: &str) -> What {
    match step {
        "completed" => What::Completed(Copy::Awaited),
        "checked" => What::Checked(CheckResult::Checked, None),
        "returned" => What::Checked(CheckResult::Returned, None),
        "proposed" => What::Transferred(TransferState::Proposed, county()),
        "taken on" | "taken on unoffered" => What::Transferred(TransferState::TakenOn, county()),
        "declined" | "declined unoffered" => What::Transferred(TransferState::Declined, county()),
        "closed" => What::Closed(ClosureCode::NeedsMet),
        "reopened" => What::Reopened,
        "withdrawn" => What::Withdrawn(WithdrawalReason::WrongChild),
        other => panic!("no table tells of {other}"),
    }
}

fn life(stage: &str, step: &str) -> Life {
    let (on, days) = (NOW - Duration::days(5), Duration::days);
    let stage = match stage {
        "started" => Stage::Started,
        "completed" => Stage::Completed { on, copy: Copy::Awaited },
        "returned" => Stage::Returned { back_by: on.date(), check: MessageId::from_uuid(uuid::Uuid::nil()) },
        "checked" => Stage::Checked,
        "reopened" => Stage::Reopened,
        "closed" => Stage::Closed { on, code: ClosureCode::NeedsMet },
        "closed long ago" => Stage::Closed { on: NOW - days(200), code: ClosureCode::NeedsMet },
        "closed for good" => Stage::Closed { on, code: ClosureCode::Died },
        "withdrawn" => Stage::Withdrawn,
        other => panic!("no table tells of {other}"),
    };
    let caf_ref = CafRef::new(agency("school"), schemas::LocalRef::parse("1").unwrap());
    let offered_to = (!step.ends_with("unoffered")).then(county);
    let authority = AuthorityId::parse("borough").unwrap();
    let (taken_on_by, assessed_on, review_due_on) = (None, None, None);
    Life { caf_ref, authority, taken_on_by, offered_to, assessed_on, review_due_on, stage }
}

/// By its name in the tables: a stage that is new has to stand in them.
fn named(stage: &Stage) -> &'static str {
    match stage {
        Stage::Started => "started",
        Stage::Completed { .. } => "completed",
        Stage::Returned { .. } => "returned",
        Stage::Checked => "checked",
        Stage::Closed { .. } => "closed",
        Stage::Reopened => "reopened",
        Stage::Withdrawn => "withdrawn",
    }
}

fn said(by: (&str, &[&str]), step: &str) -> Step {
    let message = MessageId::from_uuid(uuid::Uuid::nil());
    Step { by: sayer(by.0, by.1), happened_at: NOW - Duration::days(1), message, what: what(step) }
}

fn lead() -> Record {
    record(2, "surgery").with_involvement(involvement("g1", RoleInCase::LeadProfessional))
}

#[test]
fn every_step_in_every_stage_by_everybody_comes_to_what_the_tables_say() {
    let lead = lead();
    let leads = [&lead];
    let mut tried = 0;
    for ((step, follows), (of, may)) in FOLLOWS.iter().zip(&MAY) {
        assert_eq!(step, of, "the tables have the same rows");
        for (stage, follows) in STAGES.iter().zip(follows) {
            for (who, agency, team_of) in SAYERS {
                let before = life(stage, step);
                let after = before.clone().take(&said((agency, team_of), step), &Leads(&leads), REOPEN);
                let expected = match *follows {
                    _ if !may.contains(&who) => Err(NoEffect::NotTheirs),
                    "no" => Err(NoEffect::NotNow),
                    "never" => Err(NoEffect::ClosedForGood),
                    "=" => Ok(named(&before.stage)),
                    "to" => Ok(*step),
                    other => panic!("no cell says {other}"),
                };
                let told = after.as_ref().map(|life| named(&life.stage)).map_err(|why| *why);
                assert_eq!(told, expected, "{step} by {who} of one that is {stage}");
                if let (Ok(after), "=") = (&after, *follows) {
                    assert_eq!(after.stage, before.stage, "no clock starts anew");
                }
                tried += 1;
            }
        }
    }
    assert_eq!(tried, FOLLOWS.len() * STAGES.len() * SAYERS.len());
}

#[test]
fn who_keeps_the_log_changes_when_it_is_taken_on_and_by_nothing_else() {
    for (step, _) in FOLLOWS {
        for (_, agency, team_of) in SAYERS {
            let after = life("completed", step).take(&said((agency, team_of), step), &Leads(&[]), REOPEN);
            let Ok(after) = after else { continue };
            assert_eq!(after.authority == county(), step == "taken on", "{step}");
            assert_eq!(after.taken_on_by.is_some(), step == "taken on", "{step}");
            let offered = !matches!(step, "taken on" | "declined" | "closed");
            assert_eq!(after.offered_to.is_some(), offered, "{step}");
        }
    }
}

#[test]
fn where_nobody_leads_the_assessors_agency_closes_and_no_other() {
    for (who, agency, team_of) in SAYERS {
        let after = life("checked", "closed").take(&said((agency, team_of), "closed"), &Leads(&[]), REOPEN);
        assert_eq!(after.is_ok(), ["assessor", "team"].contains(&who), "{who}");
    }
}

#[test]
fn of_every_reason_for_closing_it_is_said_what_may_follow() {
    // By the CAF team; offered to whoever intends one; told to whoever looks up (codes §7, D-I4).
    for code in ClosureCode::ALL {
        let closed =
            Life { stage: Stage::Closed { on: NOW - Duration::days(5), code: *code }, ..life("closed", "") };
        let reopened = closed.clone().take(&said(("team", &["borough"]), "reopened"), &Leads(&[]), REOPEN);
        let expected = match code.as_str() {
            "needs-met" | "universal-only" | "family-not-engaging" | "moved-area-no-transfer" => {
                [true, true, true]
            }
            "family-withdrew-consent"
            | "taken-on-by-social-care"
            | "taken-on-by-other-specialist"
            | "looked-after"
            | "moved-area-transferred"
            | "age-limit"
            | "passed-to-adult-services" => [true, false, true],
            "adopted" => [true, false, false],
            "died" | "pregnancy-ended" | "opened-in-error" | "duplicate-of" => [false, false, false],
            other => panic!("no table tells of {other}"),
        };
        let may = [reopened.is_ok(), closed.may_reopen(NOW, REOPEN), closed.shows_as_closed(NOW, REOPEN)];
        assert_eq!(may, expected, "{code:?}");
        let too_late = NOW + Duration::days(179);
        assert!(
            !closed.may_reopen(too_late, REOPEN) && !closed.shows_as_closed(too_late, REOPEN),
            "{code:?}"
        );
    }
}
