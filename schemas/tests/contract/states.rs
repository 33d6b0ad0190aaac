//! What services tell one another.

use schemas::catalogue::Exchange;
use schemas::{Envelope, MessageType, StateEvent, Token, check_published};
use serde_json::{Value, json};

use crate::files::{outbound, valid};
use crate::readers::later;

pub(crate) fn is_state(kind: MessageType) -> bool {
    kind.entry().exchange == Exchange::Events && kind.verb() == "changed"
}

fn read(message: &Value) -> StateEvent {
    let envelope: Envelope<Value> = serde_json::from_value(message.clone()).expect("reads");
    let event = StateEvent::read(envelope.message_type, &envelope.data).expect("a type that carries states");
    event.expect("reads")
}

#[test]
fn states_survive_reading_and_writing() {
    for example in outbound().filter(|kind| is_state(*kind)).flat_map(valid) {
        let event = read(&example.message);
        assert_eq!(event.message_type(), example.kind, "{}", example.name);
        let written = serde_json::to_value(&event).expect("serialises");
        let empty_lists_left_out = without_empty_lists(&example.message["data"]);
        assert_eq!(without_empty_lists(&written), empty_lists_left_out, "{}", example.name);
        assert_eq!(event.count(), example.message["data"]["states"].as_array().map_or(0, Vec::len));
    }
}

#[test]
fn readers_of_states_ignore_what_a_later_version_adds() {
    for example in outbound().filter(|kind| is_state(*kind)).flat_map(valid) {
        let later = later(&example.message);
        assert_eq!(read(&example.message), read(&later), "{}", example.name);
        assert!(check_published(example.kind, &later).is_err(), "closed in tests: {}", example.name);
    }
}

#[test]
fn what_is_no_state_is_not_read_as_one() {
    for kind in MessageType::ALL {
        assert_eq!(StateEvent::read(*kind, &json!({ "states": [] })).is_some(), is_state(*kind), "{kind}");
    }
}

#[test]
fn a_token_is_32_bytes_in_base64_and_does_not_print() {
    let written = "A".repeat(43) + "=";
    let token = Token::parse(&written).expect("a token");
    assert!(!format!("{token:?}").contains("AAA"));
    assert_eq!(Token::of(&[0; 32]), token);
    assert_eq!(Token::of(&[0xff; 32]).as_str(), "/".repeat(42) + "8=");
    assert!(Token::parse(Token::of(&[0xfb; 32]).as_str()).is_ok());
    for bad in ["", "9434765919", &"A".repeat(44), &("-".repeat(43) + "=")] {
        assert!(Token::parse(bad).is_err(), "{bad}");
    }
}

fn without_empty_lists(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, inner)| **inner != json!([]))
            .map(|(name, inner)| (name.clone(), without_empty_lists(inner)))
            .collect(),
        Value::Array(list) => list.iter().map(without_empty_lists).collect(),
        other => other.clone(),
    }
}
