//! A message as it is handed to the broker.

use std::fmt;

use serde_json::{Map, Value};

use crate::{Error, Result, clock};

/// A `CloudEvents` type `uk.caf.<noun>.<verb>.v<n>`, in the catalogue or not: the
/// exchange answers an unknown one too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    name: String,
    noun: String,
    verb: String,
}

impl TypeName {
    /// Reads `uk.caf.caf.started.v1`, or `caf.started` for short.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Self> {
        let short = text.strip_prefix("uk.caf.").unwrap_or(text);
        let parts: Vec<&str> = short.split('.').collect();
        let (noun, verb, version) = match parts[..] {
            [noun, verb] => (noun, verb, "v1"),
            [noun, verb, version] => (noun, verb, version),
            _ => ("", "", ""),
        };
        let is_word =
            |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        let is_version =
            version.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        if !(is_word(noun) && is_word(verb) && is_version) {
            return Err(Error::usage("a message type reads like caf.started or uk.caf.caf.started.v1"));
        }
        Ok(Self {
            name: format!("uk.caf.{noun}.{verb}.{version}"),
            noun: noun.to_owned(),
            verb: verb.to_owned(),
        })
    }

    /// The whole type.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The routing key with which `agency` may publish it.
    #[must_use]
    pub fn key(&self, agency: &str) -> String {
        format!("{agency}.{}.{}", self.noun, self.verb)
    }
}

/// A whole message, ready to be published.
#[derive(Clone)]
pub struct Outgoing {
    id: String,
    message_type: TypeName,
    envelope: Map<String, Value>,
}

impl fmt::Debug for Outgoing {
    // never the message itself: it may name people
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").field("type", &self.message_type.name).finish_non_exhaustive()
    }
}

impl Outgoing {
    /// A new message around `data`.
    #[must_use]
    pub fn new(agency: &str, message_type: TypeName, subject: Option<&str>, data: Value) -> Self {
        let mut envelope = Map::new();
        if let Some(subject) = subject {
            envelope.insert("subject".to_owned(), Value::from(subject));
        }
        envelope.insert("data".to_owned(), data);
        Self::filled(agency, message_type, envelope)
    }

    /// A message that was written whole or in part: what stands in it stays,
    /// what is missing of the envelope is filled in.
    ///
    /// # Errors
    /// When it names no type.
    pub fn complete(agency: &str, envelope: Map<String, Value>) -> Result<Self> {
        let Some(name) = envelope.get("type").and_then(Value::as_str) else {
            return Err(Error::usage(
                "the message names no type; give one with --type, such as --type caf.started",
            ));
        };
        let message_type = TypeName::parse(name)?;
        Ok(Self::filled(agency, message_type, envelope))
    }

    fn filled(agency: &str, message_type: TypeName, mut envelope: Map<String, Value>) -> Self {
        let schema =
            schemas::MessageType::from_name(message_type.name()).map(schemas::MessageType::schema_id);
        let mut fill = |field: &str, value: Option<String>| {
            if let (false, Some(value)) = (envelope.contains_key(field), value) {
                envelope.insert(field.to_owned(), Value::from(value));
            }
        };
        fill("specversion", Some("1.0".to_owned()));
        fill("id", Some(clock::message_id()));
        fill("source", Some(agency.to_owned()));
        fill("time", Some(clock::rfc3339(clock::now())));
        fill("dataschema", schema.map(str::to_owned));
        fill("datacontenttype", Some("application/json".to_owned()));
        envelope.insert("type".to_owned(), Value::from(message_type.name()));
        let id = envelope.get("id").and_then(Value::as_str).unwrap_or_default();
        Self { id: id.to_owned(), message_type, envelope }
    }

    /// The id by which its receipt will name it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its type.
    #[must_use]
    pub fn message_type(&self) -> &TypeName {
        &self.message_type
    }

    /// The whole message.
    #[must_use]
    pub fn envelope(&self) -> &Map<String, Value> {
        &self.envelope
    }

    /// The body as it goes over the wire.
    ///
    /// # Errors
    /// Never for values that came from JSON.
    pub fn body(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(&self.envelope)
            .map_err(|cause| Error::failed("the message cannot be written as JSON", cause))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_type_is_read_in_full_and_for_short() {
        let full = TypeName::parse("uk.caf.index.looked-up.v1").unwrap();
        assert_eq!(full, TypeName::parse("index.looked-up").unwrap());
        assert_eq!(full.key("school-a"), "school-a.index.looked-up");
        let short = TypeName::parse("caf.started").unwrap();
        assert_eq!(short.name(), "uk.caf.caf.started.v1");
        for wrong in ["", "caf", "uk.caf.caf", "caf.Started", "a.b.c.d", "*.started", "caf.started.1"] {
            assert!(TypeName::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_missing_of_the_envelope_is_filled_in_and_the_rest_stays() {
        let written = json!({"type": "caf.started", "id": "kept", "data": {}});
        let message = Outgoing::complete("school-a", written.as_object().unwrap().clone()).unwrap();
        assert_eq!(message.id(), "kept");
        let envelope = message.envelope();
        assert_eq!(envelope["type"], "uk.caf.caf.started.v1");
        assert_eq!(envelope["source"], "school-a");
        assert_eq!(envelope["specversion"], "1.0");
        assert!(envelope.contains_key("time") && envelope.contains_key("dataschema"));
        assert!(!envelope.contains_key("subject"));
    }
}
