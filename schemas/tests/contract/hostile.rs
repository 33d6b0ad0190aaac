//! Whatever an agency sends: no panic, and nothing of it in a problem.

use proptest::prelude::*;
use schemas::{MOST_PROBLEMS, MessageType, check, check_published};
use serde_json::{Map, Value};

use crate::files::{inbound, valid};

/// Letters that no schema and no problem text uses, so that finding one means that the input was quoted.
const MARK: &str = "ζψξ";

fn marked_text() -> impl Strategy<Value = String> {
    let around = "[ -~\u{0}\n/~0-9]{0,12}";
    (around, around).prop_map(|(before, after)| format!("{before}{MARK}{after}"))
}

/// Any JSON whose texts and names are all marked.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from),
        marked_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(marked_text(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// What is done at one place of an example.
#[derive(Debug, Clone)]
enum Change {
    Replace(Value),
    AddProperty(String, Value),
    Remove,
    Append(Value),
    /// The value that stands there, put at its neighbour's place too.
    Repeat,
}

fn any_change() -> impl Strategy<Value = Change> {
    prop_oneof![
        any_json().prop_map(Change::Replace),
        (marked_text(), any_json()).prop_map(|(name, value)| Change::AddProperty(name, value)),
        Just(Change::Remove),
        any_json().prop_map(Change::Append),
        Just(Change::Repeat),
    ]
}

fn any_example() -> impl Strategy<Value = (MessageType, Value)> {
    let all: Vec<_> = inbound().flat_map(valid).map(|example| (example.kind, example.message)).collect();
    prop::sample::select(all)
}

fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(name, inner)| pointers(inner, &format!("{at}/{name}"), found));
        }
        Value::Array(list) => {
            list.iter()
                .enumerate()
                .for_each(|(index, inner)| pointers(inner, &format!("{at}/{index}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn apply(message: &mut Value, place: prop::sample::Index, change: Change) {
    let mut places = Vec::new();
    pointers(message, "", &mut places);
    // Names that were added may hold `/` and `~`: such a place is not found, and nothing changes.
    let pointer = &places[place.index(places.len())];
    match change {
        Change::Replace(value) => {
            if let Some(at) = message.pointer_mut(pointer) {
                *at = value;
            }
        }
        Change::AddProperty(name, value) => {
            if let Some(Value::Object(map)) = message.pointer_mut(pointer) {
                map.insert(name, value);
            }
        }
        Change::Append(value) => {
            if let Some(Value::Array(list)) = message.pointer_mut(pointer) {
                list.push(value);
            }
        }
        Change::Remove => with_parent(message, pointer, |map, name| {
            map.remove(name);
        }),
        Change::Repeat => with_parent(message, pointer, |map, name| {
            let value = map.get(name).cloned().unwrap_or_default();
            map.values_mut().for_each(|other| *other = value.clone());
        }),
    }
}

fn with_parent(message: &mut Value, pointer: &str, change: impl Fn(&mut Map<String, Value>, &str)) {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return;
    };
    if let Some(Value::Object(map)) = message.pointer_mut(parent) {
        change(map, name);
    }
}

/// What the examples hold of persons: also when it is put where something else belongs.
const PERSONAL: [&str; 8] =
    ["Tobias", "Featherby", "Larkspur", "ZZ99", "999000", "Adeyemi", "07700", "2017-03-09"];

fn quotes_nothing(kind: MessageType, message: &Value) -> Result<(), TestCaseError> {
    let problems = match check(kind, message) {
        Ok(read) => {
            let printed = format!("{read:?}");
            for personal in PERSONAL {
                prop_assert!(!printed.contains(personal), "printed {personal}");
            }
            return Ok(());
        }
        Err(problems) => problems,
    };
    prop_assert!((1..=MOST_PROBLEMS).contains(&problems.len()));
    for problem in &problems {
        let shown = format!("{} {}", problem.at, problem.problem);
        prop_assert!(!shown.chars().any(|place| MARK.contains(place)), "{shown}");
        prop_assert!(!PERSONAL.iter().any(|personal| shown.contains(personal)), "{shown}");
        prop_assert!(problem.problem.len() <= 300);
        let known = |place: char| place.is_ascii_alphanumeric() || "/-".contains(place);
        prop_assert!(problem.at.chars().all(known), "{shown}");
        // A valid message that the Rust type does not read: schema and type would differ.
        let whole_number_as_float = message.to_string().contains(".0");
        prop_assert!(whole_number_as_float || !problem.problem.contains("does not fit the type"), "{shown}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mutated_message_is_never_quoted(
        (kind, mut message) in any_example(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any_change()), 1..4),
    ) {
        for (place, change) in changes {
            apply(&mut message, place, change);
        }
        quotes_nothing(kind, &message)?;
    }

    #[test]
    fn any_json_is_never_quoted(kind in prop::sample::select(MessageType::ALL), message in any_json()) {
        quotes_nothing(kind, &message)?;
        let problems = check_published(kind, &message).expect_err("no message");
        prop_assert!(!problems.iter().any(|problem| problem.problem.contains(MARK)));
    }

    #[test]
    fn the_wrong_type_is_never_quoted(kind in prop::sample::select(MessageType::ALL), (_, message) in any_example()) {
        quotes_nothing(kind, &message)?;
    }
}

#[test]
fn no_more_than_twenty_problems_are_told() {
    let mut example = valid(MessageType::ChildRecorded).swap_remove(0);
    let bad: Vec<Value> = (0..10).map(|_| serde_json::json!({})).collect();
    for list in ["identifiers", "addresses", "carers"] {
        example.message["data"][list] = Value::from(bad.clone());
    }
    let problems = check(example.kind, &example.message).expect_err("invalid");
    assert_eq!(problems.len(), MOST_PROBLEMS);
}
