//! The JSON Schema validator, and the only place that knows the crate behind it.
//!
//! Invariant: nothing that leaves this module quotes the message. The errors of the crate do (the
//! plain ones quote values, even the masked ones name unexpected properties), so only the kind of an
//! error, its place in the schema, and the parts of its pointer that the schema knows are used.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::paths::{Location, LocationSegment};
use jsonschema::{PatternOptions, Registry, ValidationError, Validator};
use serde_json::Value;

use crate::published::{COMMON, published};
use crate::values::instant;
use crate::{Day, Happened, Malformed, MessageType, NhsNumber, PartialDate, Uln, Upn, YesNo};

/// One thing that a schema does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// A JSON pointer, of names that the schemas know and of indices.
    pub(crate) at: String,
    pub(crate) wrong: Wrong,
}

/// What is wrong; all texts come from the schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrong {
    UnknownProperty,
    Missing,
    NotACode(Vec<String>),
    NotConst(String),
    CheckDigit,
    DateImpossible,
    /// D-C5: a confidential item stands in a message only if that was agreed.
    NotAgreedToRecord,
    Type,
    Pattern,
    TooLong(u64),
    TooShort,
    TooMany(u64),
    TooFew(u64),
    OutOfRange,
    /// The schema's own words, its `$comment` beside the keyword.
    Remark(String),
    Form,
}

/// What the message's schema has against it; nothing when it is valid.
pub(crate) fn faults(kind: MessageType, whole: &Value) -> Vec<Fault> {
    let validator = &PUBLISHED[kind as usize];
    // Most messages are valid, and that is cheap to know.
    if validator.is_valid(whole) {
        Vec::new()
    } else {
        validator.iter_errors(whole).map(|error| fault(&error)).collect()
    }
}

/// The same with the schema closed: no property that the schema does not name.
pub(crate) fn faults_when_closed(kind: MessageType, whole: &Value) -> Vec<Fault> {
    CLOSED[kind as usize].iter_errors(whole).map(|error| fault(&error)).collect()
}

/// The schemas as published, by `$id`, the common definitions among them.
static SCHEMAS: LazyLock<HashMap<&'static str, Value>> = LazyLock::new(|| {
    published()
        .map(|file| {
            // Cannot fail: the files are part of the program, and a test compiles them.
            #[expect(clippy::expect_used, reason = "compiled in and tested")]
            let schema = serde_json::from_str(file.text).expect("a schema is JSON");
            (file.id, schema)
        })
        .collect()
});

static PUBLISHED: LazyLock<Vec<Validator>> = LazyLock::new(|| compiled(&SCHEMAS));

static CLOSED: LazyLock<Vec<Validator>> = LazyLock::new(|| {
    let mut closed = SCHEMAS.clone();
    closed.values_mut().for_each(close);
    compiled(&closed)
});

/// Every name that some schema gives to a property.
static PROPERTIES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut names = HashSet::new();
    SCHEMAS.values().for_each(|schema| collect_properties(schema, &mut names));
    names
});

fn collect_properties(schema: &Value, names: &mut HashSet<String>) {
    match schema {
        Value::Object(keywords) => {
            if let Some(Value::Object(properties)) = keywords.get("properties") {
                names.extend(properties.keys().cloned());
            }
            keywords.values().for_each(|inner| collect_properties(inner, names));
        }
        Value::Array(list) => list.iter().for_each(|inner| collect_properties(inner, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Objects that carry their own `type` are whole; the rest are conditions on them.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(keywords) => {
            keywords.values_mut().for_each(close);
            if keywords.get("type").is_some_and(|kind| kind == "object")
                && keywords.contains_key("properties")
            {
                keywords.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
            }
        }
        Value::Array(list) => list.iter_mut().for_each(close),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// One validator a message type, in the order of the types.
// Cannot fail: the schemas are part of the program, and a test compiles them.
#[expect(clippy::expect_used, reason = "compiled in and tested")]
fn compiled(schemas: &HashMap<&'static str, Value>) -> Vec<Validator> {
    let registry = COMMON
        .iter()
        .try_fold(Registry::new(), |registry, file| registry.add(file.id, &schemas[file.id]))
        .and_then(jsonschema::RegistryBuilder::prepare)
        .expect("the common definitions are a schema");
    let compile = |kind: &MessageType| {
        jsonschema::draft202012::options()
            .with_registry(&registry)
            .offline()
            // No backtracking: a pattern takes linear time, whatever an agency sends.
            .with_pattern_options(PatternOptions::regex())
            .should_validate_formats(true)
            .should_ignore_unknown_formats(false)
            .with_format("nhs-number", |written: &str| passes(&NhsNumber::parse(written)))
            .with_format("upn", |written: &str| passes(&Upn::parse(written)))
            .with_format("uln", |written: &str| passes(&Uln::parse(written)))
            .with_format("date", |written: &str| passes(&Day::parse(written)))
            .with_format("date-time", |written: &str| passes(&instant::parse(written)))
            .with_format("date-or-instant", |written: &str| passes(&Happened::parse(written)))
            .with_format("agreed-to-record", |written: &str| written != YesNo::No.as_str())
            .with_format("partial-date", |written: &str| passes(&PartialDate::parse(written)))
            .build(&schemas[kind.schema_id()])
            .expect("every schema compiles")
    };
    MessageType::ALL.iter().map(compile).collect()
}

/// A format speaks only of check digits and the calendar; the shape is the pattern's, which stands
/// beside it, so that one fault is reported once and with its own code.
fn passes<T>(parsed: &Result<T, Malformed>) -> bool {
    match parsed {
        Ok(_) | Err(Malformed::Form(_)) => true,
        Err(Malformed::CheckDigit(_) | Malformed::DateImpossible(_)) => false,
    }
}

fn fault(error: &ValidationError<'_>) -> Fault {
    let mut at = known_part(error.instance_path());
    let wrong = match error.kind() {
        Kind::UnevaluatedProperties { .. } | Kind::AdditionalProperties { .. } | Kind::FalseSchema => {
            Wrong::UnknownProperty
        }
        Kind::Required { property } => {
            at.push('/');
            at.push_str(property.as_str().unwrap_or_default());
            Wrong::Missing
        }
        Kind::Enum { options } => Wrong::NotACode(texts(options)),
        Kind::Constant { expected_value } => Wrong::NotConst(texts(expected_value).concat()),
        Kind::Format { format } => match format.as_str() {
            "nhs-number" | "upn" | "uln" => Wrong::CheckDigit,
            "agreed-to-record" => Wrong::NotAgreedToRecord,
            _ => Wrong::DateImpossible,
        },
        Kind::Type { .. } => Wrong::Type,
        Kind::Pattern { .. } => remark(error).map_or(Wrong::Pattern, Wrong::Remark),
        Kind::MaxLength { limit } => Wrong::TooLong(*limit),
        Kind::MinLength { .. } => Wrong::TooShort,
        Kind::MaxItems { limit } => Wrong::TooMany(*limit),
        Kind::MinItems { limit } => Wrong::TooFew(*limit),
        Kind::Minimum { .. } | Kind::Maximum { .. } => Wrong::OutOfRange,
        _ => remark(error).map_or(Wrong::Form, Wrong::Remark),
    };
    Fault { at, wrong }
}

/// A JSON pointer as far as the schemas know its names.
fn known_part(location: &Location) -> String {
    let mut pointer = String::new();
    for segment in location.segments() {
        match &segment {
            LocationSegment::Property(name) if !PROPERTIES.contains(name.as_ref()) => break,
            LocationSegment::Property(_) | LocationSegment::Index(_) => {
                pointer.push('/');
                pointer.push_str(&segment.to_string());
            }
        }
    }
    pointer
}

/// The `$comment` beside the keyword that failed.
fn remark(error: &ValidationError<'_>) -> Option<String> {
    let keyword = error.absolute_keyword_location()?.as_str();
    let (document, pointer) = keyword.split_once('#')?;
    let (schema, _) = pointer.rsplit_once('/')?;
    // A `$` may stand percent-encoded in the fragment.
    let beside = SCHEMAS.get(document)?.pointer(&schema.replace("%24", "$"))?;
    beside.get("$comment")?.as_str().map(str::to_owned)
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Bool(either) => vec![either.to_string()],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::Null | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A receipt with a property of a later version: allowed as published, refused when closed.
    #[test]
    fn what_agencies_receive_is_published_open_and_tested_closed() {
        let text = include_str!("../examples/receipt.issued/valid-recorded.json");
        let mut receipt: Value = serde_json::from_str(text).unwrap_or_default();
        assert_eq!(faults(MessageType::ReceiptIssued, &receipt), []);
        receipt["data"]["addedLater"] = json!(true);
        assert_eq!(faults(MessageType::ReceiptIssued, &receipt), []);
        let closed = faults_when_closed(MessageType::ReceiptIssued, &receipt);
        assert_eq!(closed, [Fault { at: "/data".to_owned(), wrong: Wrong::UnknownProperty }]);
    }

    /// The schemas' own words are found beside the keyword that failed, across files too.
    #[test]
    fn a_condition_is_told_in_the_words_of_the_schema() {
        let text = include_str!("../examples/child.recorded/valid-boy-of-nine.json");
        let mut child: Value = serde_json::from_str(text).unwrap_or_default();
        child["data"]["birth"] = json!({ "date": "2017", "precision": "month" });
        let remark = Wrong::Remark("this precision needs a month, YYYY-MM".to_owned());
        let expected = Fault { at: "/data/birth/date".to_owned(), wrong: remark };
        assert_eq!(faults(MessageType::ChildRecorded, &child), [expected]);
    }

    #[test]
    fn a_pointer_ends_before_a_name_that_no_schema_knows() {
        let location = Location::new().join("data").join("names").join("Featherby").join("given");
        assert_eq!(known_part(&location), "/data/names");
    }
}
