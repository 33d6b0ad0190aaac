use std::collections::{BTreeMap, BTreeSet};

use schemas::MessageType;
use serde_json::Value;

use crate::files::{common, definition, inbound, schema, valid};

/// Calls `look` on every subschema that describes something, with the names of the properties above it.
/// Conditions (`if`, `then`, `oneOf`, `not`) only restrict what is described elsewhere.
fn each(path: &str, node: &Value, look: &mut dyn FnMut(&str, &Value)) {
    look(path, node);
    if let Some(properties) = node.get("properties").and_then(Value::as_object) {
        for (name, inner) in properties {
            each(&format!("{path}/{name}"), inner, look);
        }
    }
    if let Some(items) = node.get("items") {
        each(path, items, look);
    }
    if let Some(definitions) = node.get("$defs").and_then(Value::as_object) {
        definitions.values().for_each(|definition| each(path, definition, look));
    }
}

#[test]
fn every_property_is_described_for_a_reader_without_us() {
    let mut all: Vec<Value> = MessageType::ALL.iter().map(|kind| schema(*kind)).collect();
    all.extend(common().into_values());
    for schema in all {
        let id = schema["$id"].as_str().expect("an id").to_owned();
        assert!(schema["title"].is_string(), "{id}");
        each("", &schema, &mut |path, node| {
            let is_item_of_codes = node.get("enum").is_some() && path.ends_with("/askFor");
            let described = node["description"].as_str().is_some_and(|text| text.ends_with('.'));
            assert!(described || is_item_of_codes || node.get("$ref").is_some(), "{id} {path}");
        });
        let undescribed = |properties: &Value| {
            let properties = properties.as_object().cloned().unwrap_or_default();
            properties.into_iter().find(|(_, property)| property.get("description").is_none())
        };
        each("", &schema, &mut |path, node| {
            assert_eq!(undescribed(&node["properties"]), None, "{id} {path}");
        });
    }
}

#[test]
fn what_agencies_send_is_closed_at_every_object_and_what_they_receive_is_open() {
    let is_object = |node: &Value| node.get("type").is_some_and(|kind| kind == "object");
    let mut closed: Vec<Value> = inbound().map(schema).collect();
    closed.extend(common().into_values());
    for schema in closed {
        each("", &schema, &mut |path, node| {
            let open = is_object(node) && node.get("unevaluatedProperties") != Some(&Value::Bool(false));
            assert!(!open, "{} {path}", schema["$id"]);
            assert!(is_object(node) || node.get("properties").is_none(), "{} {path}", schema["$id"]);
        });
    }
    let common = common();
    for kind in crate::files::outbound() {
        let schema = schema(kind);
        let text = schema.to_string();
        assert!(!text.contains("unevaluatedProperties") && !text.contains("additionalProperties"), "{kind}");
        // The common objects are closed: what agencies receive may use only the common texts.
        each("", &schema, &mut |path, node| {
            let Some(reference) = node.get("$ref").and_then(Value::as_str) else {
                return;
            };
            assert!(!is_object(definition(&common, reference)), "{kind} {path}");
        });
    }
}

#[test]
fn every_text_is_bounded_and_free_of_nul() {
    let mut all: Vec<Value> = inbound().map(schema).collect();
    all.extend(common().into_values());
    for schema in all {
        each("", &schema, &mut |path, node| {
            let text = node.get("type").is_some_and(|kind| kind == "string");
            // The value of an identifier is bounded by its kind.
            let bounded = node.get("pattern").is_some() || node.get("enum").is_some();
            assert!(!text || bounded || path.ends_with("/value"), "{} {path}", schema["$id"]);
        });
    }
}

/// With the round trip of the examples, this shows that the Rust types know every property.
#[test]
fn every_property_stands_in_some_valid_example() {
    let common = common();
    for kind in MessageType::ALL {
        let mut described = BTreeSet::new();
        properties("", &schema(*kind), &common, &mut described);
        let mut used = BTreeSet::new();
        for example in valid(*kind) {
            names("", &example.message, &mut used);
        }
        let unused: Vec<_> = described.difference(&used).collect();
        assert!(unused.is_empty(), "{kind}: {unused:?}");
    }
}

fn properties(
    path: &str,
    node: &Value,
    common: &BTreeMap<&'static str, Value>,
    found: &mut BTreeSet<String>,
) {
    if let Some(reference) = node.get("$ref").and_then(Value::as_str) {
        properties(path, definition(common, reference), common, found);
    }
    for (name, inner) in node.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let inner_path = format!("{path}/{name}");
        properties(&inner_path, inner, common, found);
        found.insert(inner_path);
    }
    if let Some(items) = node.get("items") {
        properties(path, items, common, found);
    }
}

fn names(path: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                let inner_path = format!("{path}/{name}");
                names(&inner_path, inner, found);
                found.insert(inner_path);
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| names(path, inner, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
