//! A message's body as JSON: UTF-8, and no name twice in one object. Readers differ in which of two
//! equal names they take, so two of them could read two messages in one.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

/// Why a body cannot be read. The words of the parser are not kept: they may quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    NotJson,
    NameTwice,
}

/// Reads a body. Names are sorted, so that equal data has equal text, by which a repetition is known (G2): whether
/// `serde_json` does so itself depends on what else is built with it.
pub(crate) fn read(body: &[u8]) -> Result<Value, Unread> {
    match serde_json::from_slice(body) {
        Ok(Strict(value)) => Ok(value),
        Err(error) if error.is_data() => Err(Unread::NameTwice),
        Err(_) => Err(Unread::NotJson),
    }
}

/// Any JSON; the only *data* error of its reading is a name that stands twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson).map(Self)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((name, Strict(value))) = entries.next_entry::<String, Strict>()? {
            if map.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Value::Object(map.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_json_is_read_as_it_stands() {
        let text = r#"{"a":[null,true,-1,18446744073709551615,1.5e3,"x\u00e9"],"b":{"a":{}},"c":""}"#;
        let same = serde_json::from_str(text).map_err(|_| Unread::NotJson);
        assert_eq!(read(text.as_bytes()), same);
    }

    #[test]
    fn equal_data_has_equal_text_whatever_the_order_of_its_names() {
        let [one, other] = [r#"{"b":[{"d":1,"c":2}],"a":3}"#, r#"{"a":3,"b":[{"c":2,"d":1}]}"#];
        let text = |body: &str| read(body.as_bytes()).map(|value| value.to_string());
        assert_eq!(text(one), Ok(other.to_owned()));
        assert_eq!(text(one), text(other));
    }

    #[test]
    fn a_name_that_stands_twice_is_found_at_any_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"[{"b":{"a":1,"c":2,"a":null}}]"#, r#"{"a":1,"\u0061":2}"#] {
            assert_eq!(read(text.as_bytes()), Err(Unread::NameTwice), "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_not_read() {
        for text in ["", "{", "{} {}", r#""\ud800""#, "1e999", "NaN", r#"{"a":1,}"#, "\u{feff}{}"] {
            assert_eq!(read(text.as_bytes()), Err(Unread::NotJson), "{text}");
        }
        assert_eq!(read(b"\"\xff\""), Err(Unread::NotJson));
    }
}
