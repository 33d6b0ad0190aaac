//! The schemas as every AsyncAPI parser reads them: by default it knows draft 07 of JSON Schema, and ours
//! are of 2020-12. What draft 07 cannot say is left out, so that it allows more and never less.

use std::collections::BTreeSet;

use schemas::catalogue::entries;
use schemas::published::{Published, published};
use serde_json::{Map, Value, json};

use super::document::concerns_agencies;

/// Where the document keeps what `common.v1.json` and the messages' schemas define.
pub(super) const PLACE: &str = "#/components/schemas/";

/// Keywords that hold further schemas for the same object.
const COMPOSING: [&str; 6] = ["allOf", "anyOf", "oneOf", "if", "then", "else"];

/// Every schema by its name, less what services tell one another.
pub(super) fn schemas() -> serde_json::Result<Map<String, Value>> {
    let between_services = |file: &Published| {
        entries().iter().any(|entry| !concerns_agencies(entry) && entry.message_type.schema_id() == file.id)
    };
    published()
        .filter(|file| !between_services(file))
        .map(|file| Ok((file.name().to_owned(), translated(file)?)))
        .collect()
}

fn translated(file: Published) -> serde_json::Result<Value> {
    let mut schema: Value = serde_json::from_str(file.text)?;
    if let Value::Object(keywords) = &mut schema {
        keywords.remove("$schema");
        keywords.remove("$id");
        let address = json!({ "url": file.id, "description": "the schema itself, of 2020-12" });
        keywords.insert("externalDocs".to_owned(), address);
    }
    translate(&mut schema, file.name());
    Ok(schema)
}

fn translate(schema: &mut Value, own: &str) {
    match schema {
        Value::Object(keywords) => {
            keywords.values_mut().for_each(|inner| translate(inner, own));
            if let Some(definitions) = keywords.remove("$defs") {
                keywords.insert("definitions".to_owned(), definitions);
            }
            if keywords.remove("unevaluatedProperties") == Some(Value::Bool(false)) && names_all(keywords) {
                keywords.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            point_into_document(keywords, own);
        }
        Value::Array(list) => list.iter_mut().for_each(|inner| translate(inner, own)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Draft 07 ignores what stands beside a `$ref`, so that it moves into an `allOf` there.
fn point_into_document(keywords: &mut Map<String, Value>, own: &str) {
    let Some(Value::String(target)) = keywords.remove("$ref") else {
        return;
    };
    let (file, pointer) = target.split_once('#').unwrap_or((&target, ""));
    let file = if file.is_empty() { own } else { file.strip_suffix(".json").unwrap_or(file) };
    let target = format!("{PLACE}{file}{}", pointer.replace("/$defs/", "/definitions/"));
    if keywords.is_empty() {
        keywords.insert("$ref".to_owned(), Value::String(target));
    } else if let Value::Array(all) = keywords.entry("allOf").or_insert_with(|| json!([])) {
        all.push(json!({ "$ref": target }));
    }
}

/// Whether an object names in `properties` all that it may have, so that closing it there refuses nothing
/// that another part of its schema allows.
fn names_all(keywords: &Map<String, Value>) -> bool {
    let named = names(keywords);
    let mut parts: Vec<&Map<String, Value>> = composed(keywords).collect();
    while let Some(part) = parts.pop() {
        if part.contains_key("$ref") || !names(part).is_subset(&named) {
            return false;
        }
        parts.extend(composed(part));
    }
    true
}

fn names(keywords: &Map<String, Value>) -> BTreeSet<&str> {
    let properties = keywords.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
}

fn composed(keywords: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    let values = COMPOSING.iter().filter_map(|keyword| keywords.get(*keyword));
    values
        .flat_map(|value| match value {
            Value::Array(list) => list.as_slice(),
            one => std::slice::from_ref(one),
        })
        .filter_map(Value::as_object)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::translate;

    #[test]
    fn an_object_is_closed_only_where_it_names_all_itself() {
        let mut schema = json!({
            "properties": {"a": {"$ref": "common.v1.json#/$defs/line", "description": "A line."}},
            "allOf": [{"if": {"properties": {"a": {"const": "x"}}}}],
            "unevaluatedProperties": false,
        });
        let mut composed = schema.clone();
        composed["allOf"][0]["then"] = json!({"properties": {"b": {"type": "string"}}});
        translate(&mut schema, "own.v1");
        let line = json!({
            "description": "A line.", "allOf": [{"$ref": "#/components/schemas/common.v1/definitions/line"}]
        });
        let closed = json!({
            "properties": {"a": line},
            "allOf": [{"if": {"properties": {"a": {"const": "x"}}}}],
            "additionalProperties": false,
        });
        assert_eq!(schema, closed);
        translate(&mut composed, "own.v1");
        assert!(composed.get("additionalProperties").is_none());
        let mut local = json!({"$ref": "#/$defs/part"});
        translate(&mut local, "own.v1");
        assert_eq!(local, json!({"$ref": "#/components/schemas/own.v1/definitions/part"}));
    }
}
