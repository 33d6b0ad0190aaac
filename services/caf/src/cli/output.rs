//! What a command prints: a table for a person, or JSON.

use std::io::{self, Write as _};

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;

/// How a command ended that could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    AsAsked,
    /// Refused, rejected, or not as it should be.
    NotAsAsked,
    /// Something did not answer.
    Unreachable,
}

impl Outcome {
    pub(super) fn exit_code(self) -> u8 {
        match self {
            Self::AsAsked => 0,
            Self::NotAsAsked => 1,
            Self::Unreachable => 3,
        }
    }
}

/// What a command has to say.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) json: Value,
    pub(super) text: String,
    pub(super) outcome: Outcome,
}

impl Output {
    pub(super) fn new(json: Value, text: impl Into<String>) -> Self {
        Self { json, text: text.into(), outcome: Outcome::AsAsked }
    }

    /// Nothing more: all was printed on the way.
    pub(super) fn silent() -> Self {
        Self::new(Value::Null, "")
    }

    /// The same, ended so.
    pub(super) fn ended(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }

    pub(super) fn print(&self, as_json: bool) {
        if self.json.is_null() && self.text.is_empty() {
            return;
        }
        if as_json {
            say(&format!("{:#}", self.json));
        } else {
            say(self.text.trim_end());
        }
    }
}

/// One line or more to standard output. A reader that went away (`| head`) is
/// no error.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// A warning, apart from the output proper.
pub(super) fn warn(text: &str) {
    let _ = writeln!(io::stderr(), "warning: {text}");
}

/// A table of texts.
pub(super) fn table(headers: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(headers.iter().map(|header| header.to_uppercase()));
    for row in rows {
        table.add_row(row.iter().map(|cell| one_line(cell)));
    }
    lines(table)
}

/// Name and value, one a line.
pub(super) fn facts(rows: impl IntoIterator<Item = (impl Into<String>, String)>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    for (name, value) in rows {
        table.add_row([name.into(), one_line(&value)]);
    }
    lines(table)
}

fn lines(mut table: Table) -> String {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let text = table.to_string();
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// A list of objects, each column a field by its JSON pointer.
pub(super) fn listing(values: &Value, columns: &[(&str, &str)]) -> String {
    let headers: Vec<_> = columns.iter().map(|(header, _)| *header).collect();
    let cells = |value: &Value| -> Vec<String> {
        let cell = |(_, pointer): &(&str, &str)| value.pointer(pointer).map(plain).unwrap_or_default();
        columns.iter().map(cell).collect()
    };
    table(&headers, values.as_array().into_iter().flatten().map(cells))
}

/// The same, or a sentence where the list is empty.
pub(super) fn listing_or(values: &Value, columns: &[(&str, &str)], empty: &str) -> String {
    if values.as_array().is_some_and(Vec::is_empty) { empty.to_owned() } else { listing(values, columns) }
}

/// An object as names and values; what is nested gets a dotted name.
pub(super) fn object(value: &Value) -> String {
    let mut rows = Vec::new();
    flatten("", value, &mut rows);
    facts(rows)
}

fn flatten(name: &str, value: &Value, rows: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                let dotted = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
                flatten(&dotted, value, rows);
            }
        }
        Value::Null => (),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            rows.push((name.to_owned(), plain(value)));
        }
    }
}

/// A value without the quotes of JSON.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => fields.values().map(plain).collect::<Vec<_>>().join(" "),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// A text at a pointer; empty where there is none.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// Control characters could move a terminal's cursor: texts come from others.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
