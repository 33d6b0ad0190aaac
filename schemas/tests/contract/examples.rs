use schemas::{
    AccessNotified, AdviceAsked, AdviceGiven, CafAdvised, CafChecked, CafClosed, CafCompleted, CafIntended,
    CafRefused, CafReopened, CafReturned, CafStarted, CafTransferred, CafWithdrawn, ChildCorrected,
    ChildRecorded, ConsentRecorded, ConsentWithdrawn, DeliveryAcknowledged, Envelope, FamilyCopyMade,
    Inbound, IndexAnswered, IndexLookedUp, InvolvementEnded, InvolvementRecorded, MessageType,
    PractitionerEnded, PractitionerRecorded, ReceiptIssued, ReminderIssued, RestrictionLifted,
    RestrictionSet, ShareCorrected, ShareCorrectionTold, ShareDeclined, ShareDelivered, ShareExpired,
    ShareOffered, ShareRecallTold, ShareRecalled, ShareRefused, ShareRequested, ShareSupplied, ShareWanted,
    ToIndex, ToSharing, check, check_published, code_of,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::files::{inbound, invalid, names_in, outbound, valid};
use crate::states::is_state;

#[test]
fn there_are_enough_examples_and_each_says_what_it_is() {
    for kind in MessageType::ALL {
        let (good, bad) = (valid(*kind).len(), invalid(*kind).len());
        assert!(good >= 3, "{kind}: {good} valid examples");
        assert!(bad >= 8, "{kind}: {bad} invalid examples");
        let all = names_in(&format!("examples/{}", kind.short_name())).len();
        assert_eq!(all, good + bad, "{kind}: a file that is neither valid-… nor invalid-…");
    }
}

#[test]
fn valid_messages_of_agencies_are_read() {
    for example in inbound().flat_map(valid) {
        let read = check(example.kind, &example.message);
        let read = read.unwrap_or_else(|problems| panic!("{}: {problems:#?}", example.name));
        assert_eq!(read.data.message_type(), example.kind, "{}", example.name);
        assert_eq!(example.message["id"], read.id.to_string(), "{}", example.name);
        assert_eq!(example.message["source"], read.source.as_str(), "{}", example.name);
        assert_eq!(read.data.local_ref().is_none(), states_nothing(example.kind));
        assert_eq!(read.data.effective_at().is_none(), example.kind == MessageType::IndexLookedUp);
    }
}

/// A query and an acknowledgement are no statements.
fn states_nothing(kind: MessageType) -> bool {
    matches!(kind, MessageType::IndexLookedUp | MessageType::DeliveryAcknowledged)
}

#[test]
fn valid_messages_of_services_fit_the_closed_schema() {
    for example in outbound().flat_map(valid) {
        if let Err(problems) = check_published(example.kind, &example.message) {
            panic!("{}: {problems:#?}", example.name);
        }
    }
}

#[test]
fn invalid_messages_are_refused_with_the_code_and_pointer_they_expect() {
    for example in MessageType::ALL.iter().copied().flat_map(invalid) {
        let refused = if example.kind.entry().is_inbound() {
            check(example.kind, &example.content.message).err()
        } else {
            check_published(example.kind, &example.content.message).err()
        };
        let problems = refused.unwrap_or_else(|| panic!("{}: it is valid", example.name));
        let expected = example.content.expect;
        assert_eq!(code_of(&problems), expected.code, "{}: {problems:#?}", example.name);
        let pointed =
            problems.iter().any(|problem| problem.at == expected.at && problem.code == expected.code);
        assert!(pointed, "{}: {problems:#?}", example.name);
    }
}

/// One fault is told once: an example has one fault, or says by its pointer which of few.
#[test]
fn one_fault_is_not_told_many_times() {
    for example in inbound().flat_map(invalid) {
        let problems = check(example.kind, &example.content.message).expect_err("invalid");
        assert!(problems.len() <= 2, "{}: {problems:#?}", example.name);
    }
}

#[test]
fn valid_messages_survive_reading_and_writing() {
    for example in inbound().flat_map(valid) {
        let read = check(example.kind, &example.message).expect("valid");
        let written = match read.data {
            Inbound::ToIndex(ToIndex::PractitionerRecorded(data)) => again::<PractitionerRecorded>(&data),
            Inbound::ToIndex(ToIndex::PractitionerEnded(data)) => again::<PractitionerEnded>(&data),
            Inbound::ToIndex(ToIndex::ChildRecorded(data)) => again::<ChildRecorded>(&data),
            Inbound::ToIndex(ToIndex::ChildCorrected(data)) => again::<ChildCorrected>(&data),
            Inbound::ToIndex(ToIndex::RestrictionSet(data)) => again::<RestrictionSet>(&data),
            Inbound::ToIndex(ToIndex::RestrictionLifted(data)) => again::<RestrictionLifted>(&data),
            Inbound::ToIndex(ToIndex::InvolvementRecorded(data)) => again::<InvolvementRecorded>(&data),
            Inbound::ToIndex(ToIndex::InvolvementEnded(data)) => again::<InvolvementEnded>(&data),
            Inbound::ToIndex(ToIndex::CafIntended(data)) => again::<CafIntended>(&data),
            Inbound::ToIndex(ToIndex::CafStarted(data)) => again::<CafStarted>(&data),
            Inbound::ToIndex(ToIndex::CafCompleted(data)) => again::<CafCompleted>(&data),
            Inbound::ToIndex(ToIndex::CafChecked(data)) => again::<CafChecked>(&data),
            Inbound::ToIndex(ToIndex::CafClosed(data)) => again::<CafClosed>(&data),
            Inbound::ToIndex(ToIndex::CafReopened(data)) => again::<CafReopened>(&data),
            Inbound::ToIndex(ToIndex::CafTransferred(data)) => again::<CafTransferred>(&data),
            Inbound::ToIndex(ToIndex::CafWithdrawn(data)) => again::<CafWithdrawn>(&data),
            Inbound::ToIndex(ToIndex::CafRefused(data)) => again::<CafRefused>(&data),
            Inbound::ToIndex(ToIndex::IndexLookedUp(data)) => again::<IndexLookedUp>(&data),
            Inbound::ToSharing(ToSharing::ShareRequested(data)) => again::<ShareRequested>(&data),
            Inbound::ToSharing(ToSharing::ShareSupplied(data)) => again::<ShareSupplied>(&data),
            Inbound::ToSharing(ToSharing::ConsentRecorded(data)) => again::<ConsentRecorded>(&data),
            Inbound::ToSharing(ToSharing::ShareDeclined(data)) => again::<ShareDeclined>(&data),
            Inbound::ToSharing(ToSharing::ShareOffered(data)) => again::<ShareOffered>(&data),
            Inbound::ToSharing(ToSharing::ShareRecalled(data)) => again::<ShareRecalled>(&data),
            Inbound::ToSharing(ToSharing::ShareCorrected(data)) => again::<ShareCorrected>(&data),
            Inbound::ToSharing(ToSharing::AdviceAsked(data)) => again::<AdviceAsked>(&data),
            Inbound::ToSharing(ToSharing::AdviceGiven(data)) => again::<AdviceGiven>(&data),
            Inbound::ToSharing(ToSharing::FamilyCopyMade(data)) => again::<FamilyCopyMade>(&data),
            Inbound::ToSharing(ToSharing::DeliveryAcknowledged(data)) => again::<DeliveryAcknowledged>(&data),
        };
        assert_eq!(in_utc(&written), in_utc(&example.message["data"]), "{}", example.name);
    }
}

#[test]
fn whole_messages_survive_reading_and_writing() {
    for example in outbound().filter(|kind| !is_state(*kind)).flat_map(valid) {
        let written = match example.kind {
            MessageType::CafAdvised => whole_again::<CafAdvised>(&example.message),
            MessageType::ConsentWithdrawn => whole_again::<ConsentWithdrawn>(&example.message),
            MessageType::CafReturned => whole_again::<CafReturned>(&example.message),
            MessageType::IndexAnswered => whole_again::<IndexAnswered>(&example.message),
            MessageType::ReceiptIssued => whole_again::<ReceiptIssued>(&example.message),
            MessageType::ReminderIssued => whole_again::<ReminderIssued>(&example.message),
            MessageType::AccessNotified => whole_again::<AccessNotified>(&example.message),
            MessageType::ShareWanted => whole_again::<ShareWanted>(&example.message),
            MessageType::ShareDelivered => whole_again::<ShareDelivered>(&example.message),
            MessageType::ShareRefused => whole_again::<ShareRefused>(&example.message),
            MessageType::ShareExpired => whole_again::<ShareExpired>(&example.message),
            MessageType::ShareRecallTold => whole_again::<ShareRecallTold>(&example.message),
            MessageType::ShareCorrectionTold => whole_again::<ShareCorrectionTold>(&example.message),
            other => panic!("{other} is not published by a service"),
        };
        assert_eq!(in_utc(&written), in_utc(&example.message), "{}", example.name);
    }
    for example in inbound().flat_map(valid) {
        let written = whole_again::<Value>(&example.message);
        assert_eq!(in_utc(&written), in_utc(&example.message), "{}", example.name);
    }
}

/// Written, read and written again: the same.
fn again<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(data: &T) -> Value {
    let written = serde_json::to_value(data).expect("serialises");
    assert_eq!(&serde_json::from_value::<T>(written.clone()).expect("reads what it wrote"), data);
    written
}

fn whole_again<T: Serialize + DeserializeOwned>(message: &Value) -> Value {
    let read: Envelope<T> = serde_json::from_value(message.clone()).expect("reads");
    serde_json::to_value(read).expect("serialises")
}

/// Instants are written in UTC and without trailing zeros; that alone may differ.
fn in_utc(value: &Value) -> Value {
    match value {
        Value::String(text) if text.contains('T') => match schemas::Happened::parse(text) {
            Ok(happened) => serde_json::to_value(happened).expect("serialises"),
            Err(_) => value.clone(),
        },
        Value::Array(list) => list.iter().map(in_utc).collect(),
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), in_utc(value))).collect(),
        other => other.clone(),
    }
}
