#![expect(clippy::unwrap_used, reason = "a test may stop")]

use proptest::prelude::*;
use schemas::{Accepted, AgencyKind, MessageId, Restriction};
use serde_json::{Value, json};
use time::macros::datetime;
use uuid::Uuid;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-11-21 10:00 UTC);

fn agency(name: &str) -> AgencyId {
    AgencyId::parse(name).unwrap()
}

fn child(number: u128) -> ChildRef {
    ChildRef::from_uuid(Uuid::from_u128(number))
}

fn message(number: u128, data: ToIndex) -> Message {
    let (id, kind) = (MessageId::from_uuid(Uuid::from_u128(number)), data.message_type());
    let subject = match kind {
        schemas::MessageType::PractitionerRecorded | schemas::MessageType::PractitionerEnded => None,
        _ => Some(Subject::parse("local:c1").unwrap()),
    };
    let body = Accepted {
        id,
        source: agency("school"),
        time: NOW,
        subject,
        correlation: None,
        causation: None,
        traceparent: None,
        data: Inbound::ToIndex(data),
    };
    Message { sender: agency("school"), id, kind, body, received_at: NOW }
}

fn read<T: serde::de::DeserializeOwned>(data: Value) -> T {
    serde_json::from_value(data).unwrap()
}

fn state() -> State {
    let mut known = Known::default();
    known.add_agency(agency("school"), AgencyKind::SocialCare);
    known.add_authority(AuthorityId::parse("borough").unwrap());
    known.add_child(agency("school"), child(7));
    known.add_missing(&agency("school"), &LocalChildId::parse("c1").unwrap(), || child(1));
    State { known, changes: Changes::default() }
}

fn caf_started(caf_ref: &str, authority: &str, on: &str) -> ToIndex {
    ToIndex::CafStarted(read(json!({
        "cafRef": caf_ref, "startedOn": on, "authority": authority, "localRef": "f1",
        "practitioner": {"id": "p1", "roleInCase": "assessor"},
        "formMedium": "paper", "electronicRecording": "agreed",
    })))
}

fn refusal(data: ToIndex) -> Refusal {
    let mut state = state();
    let refusal = fold(&mut state, &message(1, data), NOW).unwrap_err();
    assert_eq!(state.changes, Changes::default(), "a refused message leaves no trace");
    refusal
}

#[test]
fn a_caf_is_the_senders_own_of_a_known_authority_and_has_begun() {
    let (own, borough, today) = ("school/1", "borough", "2026-11-21");
    assert_eq!(refusal(caf_started("surgery/1", borough, today)), Refusal::AnothersCaf);
    let unknown = refusal(caf_started(own, "nowhere", today));
    assert_eq!(unknown, Refusal::UnknownAuthority("/data/authority"));
    let ahead = refusal(caf_started(own, borough, "2026-11-22"));
    assert_eq!(ahead, Refusal::InFuture("/data/startedOn"));
    let mut state = state();
    let outcome = fold(&mut state, &message(1, caf_started(own, borough, today)), NOW);
    assert!(matches!(outcome, Ok(Outcome::Recorded { child: Some(reference), .. }) if reference == child(1)));
    assert_eq!(state.changes.new_records.len(), 1, "a child not yet known gets a record to wait in");
}

#[test]
fn a_reference_given_to_another_agency_is_unknown() {
    let mut started = message(1, caf_started("school/1", "borough", "2026-11-21"));
    started.body.subject = Some(Subject::Child(child(8)));
    assert!(matches!(fold(&mut state(), &started, NOW), Err(Refusal::UnknownChild)));
    started.body.subject = Some(Subject::Child(child(7)));
    assert!(fold(&mut state(), &started, NOW).is_ok());
}

#[test]
fn only_some_kinds_of_agency_restrict_and_an_unknown_one_says_nothing() {
    let set = || {
        ToIndex::RestrictionSet(read(json!({
            "level": "address", "reviewOn": "2027-01-01", "happenedOn": "2026-11-20", "localRef": "r1",
        })))
    };
    let mut school = state();
    school.known.add_agency(agency("school"), AgencyKind::School);
    assert!(matches!(
        fold(&mut school, &message(1, set()), NOW),
        Err(Refusal::MayNotRestrict("/data/level"))
    ));
    assert_eq!(school.changes, Changes::default());
    let mut nobody = State { known: Known::default(), changes: Changes::default() };
    assert!(matches!(fold(&mut nobody, &message(1, set()), NOW), Err(Refusal::UnknownAgency)));
}

fn day(number: u8) -> String {
    format!("2026-11-{:02}", 10 + number)
}

fn practitioner(on: u8, state: &str) -> ToIndex {
    ToIndex::PractitionerRecorded(read(json!({
        "practitionerId": "p1", "name": format!("Person {on}"), "job": "teacher",
        "workPhone": "0116 496 0000", "check": {"state": "held"}, "state": state, "deputy": "p2",
        "authorities": ["borough"], "happenedOn": day(on), "localRef": "w1",
    })))
}

fn child_recorded(on: u8, restricted: &str) -> ToIndex {
    ToIndex::ChildRecorded(read(json!({
        "names": {"given": ["Ada"], "family": format!("Name{on}")}, "gender": "female",
        "birth": {"date": "2015-03-12", "precision": "exact"}, "addresses": [],
        "childState": "living", "restricted": restricted, "authority": "borough",
        "happenedOn": day(on), "localRef": "k1",
    })))
}

fn child_corrected(on: u8, gender: &str) -> ToIndex {
    ToIndex::ChildCorrected(read(json!({
        "path": "/gender", "value": gender, "happenedOn": day(on), "localRef": "q1",
    })))
}

fn involvement(on: u8, service: &str) -> ToIndex {
    ToIndex::InvolvementRecorded(read(json!({
        "serviceName": service, "level": "universal", "startedOn": day(on), "localRef": "i1",
        "practitioner": {"id": "p1", "roleInCase": "team-member"},
    })))
}

fn any_statement() -> impl Strategy<Value = ToIndex> {
    let state = proptest::sample::select(vec!["active", "on-leave"]);
    let level = proptest::sample::select(vec!["none", "address", "whole-record"]);
    let service = proptest::sample::select(vec!["Reading", "Speech"]);
    let gender = proptest::sample::select(vec!["female", "male"]);
    let ended = |kind: fn(u8) -> ToIndex| (0..4_u8).prop_map(kind);
    prop_oneof![
        (0..4_u8, state).prop_map(|(on, state)| practitioner(on, state)),
        ended(|on| ToIndex::PractitionerEnded(read(
            json!({"practitionerId": "p1", "endedOn": day(on), "localRef": "w2"})
        ))),
        (0..4_u8, level).prop_map(|(on, level)| child_recorded(on, level)),
        (0..4_u8, gender).prop_map(|(on, gender)| child_corrected(on, gender)),
        (0..4_u8, service).prop_map(|(on, service)| involvement(on, service)),
        ended(|on| ToIndex::InvolvementEnded(read(json!({
            "involvementRef": "i1", "endedOn": day(on), "endedReason": "work-done", "localRef": "i2",
        })))),
        (0..4_u8).prop_map(|on| caf_started("school/1", "borough", &day(on))),
    ]
}

fn folded(statements: &[(u128, ToIndex)]) -> Changes {
    let mut state = state();
    for (number, data) in statements {
        fold(&mut state, &message(*number, data.clone()), NOW).unwrap();
    }
    state.changes
}

proptest! {
    // G7
    #[test]
    fn any_order_of_any_statements_with_repetitions_ends_in_one_state(
        (statements, shuffled) in proptest::collection::vec(any_statement(), 0..12)
            .prop_map(|all| (1_u128..).zip(all).collect::<Vec<_>>())
            .prop_flat_map(|all| {
                let twice = [all.clone(), all.clone()].concat();
                (Just(all), Just(twice).prop_shuffle())
            })
    ) {
        prop_assert_eq!(folded(&statements), folded(&shuffled));
    }

    // D-I6
    #[test]
    fn the_highest_restriction_stays(levels in proptest::collection::vec((0..4_u8, 0..3_usize), 1..6)) {
        let said = |at: usize| Restriction::ALL[at];
        let highest = levels.iter().map(|(_, at)| said(*at)).max().unwrap();
        let statements: Vec<(u128, ToIndex)> = (1..)
            .zip(levels.iter().map(|(on, at)| child_recorded(*on, said(*at).as_str())))
            .collect();
        let raised = folded(&statements).raised.into_iter().map(|(_, level, _)| level).max();
        prop_assert_eq!(raised.unwrap_or(Restriction::None), highest);
    }
}
