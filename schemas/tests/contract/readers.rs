//! Old reader with new data: what a later version adds to an answer is ignored by a reader of today.

use schemas::{
    AccessNotified, CafAdvised, CafReturned, ConsentWithdrawn, Envelope, IndexAnswered, MessageType,
    ReceiptIssued, ReminderIssued, ShareCorrectionTold, ShareDelivered, ShareExpired, ShareRecallTold,
    ShareRefused, ShareWanted, check_published,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::files::{outbound, valid};
use crate::states::is_state;

#[test]
fn readers_ignore_what_a_later_version_adds() {
    for example in outbound().filter(|kind| !is_state(*kind)).flat_map(valid) {
        match example.kind {
            MessageType::CafAdvised => reads_the_same::<CafAdvised>(&example.message),
            MessageType::ConsentWithdrawn => reads_the_same::<ConsentWithdrawn>(&example.message),
            MessageType::CafReturned => reads_the_same::<CafReturned>(&example.message),
            MessageType::IndexAnswered => reads_the_same::<IndexAnswered>(&example.message),
            MessageType::ReceiptIssued => reads_the_same::<ReceiptIssued>(&example.message),
            MessageType::ReminderIssued => reads_the_same::<ReminderIssued>(&example.message),
            MessageType::AccessNotified => reads_the_same::<AccessNotified>(&example.message),
            MessageType::ShareWanted => reads_the_same::<ShareWanted>(&example.message),
            MessageType::ShareDelivered => reads_the_same::<ShareDelivered>(&example.message),
            MessageType::ShareRefused => reads_the_same::<ShareRefused>(&example.message),
            MessageType::ShareExpired => reads_the_same::<ShareExpired>(&example.message),
            MessageType::ShareRecallTold => reads_the_same::<ShareRecallTold>(&example.message),
            MessageType::ShareCorrectionTold => reads_the_same::<ShareCorrectionTold>(&example.message),
            other => panic!("{other} is not published by a service"),
        }
        let later = later(&example.message);
        assert!(check_published(example.kind, &later).is_err(), "closed in tests: {}", example.name);
    }
}

pub(crate) fn reads_the_same<T: DeserializeOwned + PartialEq + std::fmt::Debug>(message: &Value) {
    let today: Envelope<T> = serde_json::from_value(message.clone()).expect("reads");
    let tomorrow: Envelope<T> = serde_json::from_value(later(message)).expect("reads more");
    assert_eq!(today, tomorrow);
}

/// The message with one more property in every object.
pub(crate) fn later(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut more: serde_json::Map<_, _> =
                map.iter().map(|(name, inner)| (name.clone(), later(inner))).collect();
            more.insert("addedLater".to_owned(), json!({ "deep": [1, "two"] }));
            Value::Object(more)
        }
        Value::Array(list) => list.iter().map(later).collect(),
        other => other.clone(),
    }
}
