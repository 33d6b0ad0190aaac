//! From a row to its messages, checked against the schemas before anything is sent.

use schemas::{AgencyId, code_of};
use serde_json::{Map, Value, json};

use super::{
    Answer, Problem,
    columns::{Column, Shape},
    ids::Ids,
    kind::{Part, Sent, What},
    sheet::{Row, Sheet},
};
use crate::{Result, client::Outgoing, clock};

/// Who imports: what of a message does not come from the row.
#[derive(Clone, Debug)]
pub struct Author {
    pub agency: AgencyId,
    pub ids: Ids,
}

/// A message before it is checked.
struct Draft {
    part: &'static Part,
    /// With gaps in its lists, as the columns are numbered.
    sparse: Value,
    /// What is wrong with a value before any schema sees it.
    slips: Vec<Problem>,
}

/// The messages of a row, or what is wrong with it.
///
/// # Errors
/// When the exchange's types cannot be read: an error of this program.
pub fn messages(sheet: &Sheet, row: &Row, author: &Author) -> Result<Result<Vec<Outgoing>, Answer>> {
    if row.cells.len() != sheet.header.len() {
        let (cells, columns) = (row.cells.len(), sheet.header.len());
        let problem = format!("{cells} fields, where there are {columns} columns");
        return Ok(Err(Answer::refused("field-count", vec![Problem::in_column("the row", &problem)])));
    }
    let mut messages = Vec::new();
    let mut found = Vec::new();
    let mut code = None;
    for (place, part) in (0_u8..).zip(sheet.kind.parts()) {
        let Some(draft) = Draft::of(sheet, row, part) else {
            continue;
        };
        let whole = draft.whole(author, author.ids.of(row.number, place).to_string());
        if let Err(problems) = schemas::check(part.what.message_type(), &whole) {
            code.get_or_insert(code_of(&problems).as_str());
            let slipped = |at: &str| draft.slips.iter().any(|slip| slip.at == at);
            let named = problems.into_iter().map(|found| draft.named(&found.at, found.problem));
            found.extend(named.filter(|problem| !slipped(&problem.at)));
        }
        if !draft.slips.is_empty() {
            code.get_or_insert("bad-form");
            found.extend(draft.slips);
        }
        let Value::Object(envelope) = whole else { continue };
        messages.push(Outgoing::complete(author.agency.as_str(), envelope)?);
    }
    found.dedup();
    Ok(match code {
        None => Ok(messages),
        Some(code) => Err(Answer::refused(code, found)),
    })
}

/// A problem that a receipt told, with the column of this row instead of the place in the message.
#[must_use]
pub fn named(sheet: &Sheet, row: &Row, found: &Problem) -> Problem {
    let is_it = |part: &&Part| found.of.as_deref() == Some(part.what.message_type().name());
    let draft = sheet.kind.parts().iter().find(is_it).and_then(|part| Draft::of(sheet, row, part));
    draft.map_or_else(|| found.clone(), |draft| draft.named(&found.at, found.problem.clone()))
}

impl Draft {
    /// None where the row does not tell of it.
    fn of(sheet: &Sheet, row: &Row, part: &'static Part) -> Option<Self> {
        let told = |column: &&Column| !column.shared && sheet.value(row, &column.name).is_some();
        if part.sent == Sent::WhereTold && part.columns.iter().find(told).is_none() {
            return None;
        }
        let mut draft = Self { part, sparse: json!({"data": {}}), slips: Vec::new() };
        for column in part.columns {
            if let Some(value) = sheet.value(row, &column.name) {
                draft.put(column, value);
            }
        }
        draft.fill_in(sheet.value(row, part.named_by).unwrap_or_default(), sheet, row);
        Some(draft)
    }

    fn put(&mut self, column: &Column, value: &str) {
        let pieces = || value.split(';').map(str::trim).filter(|piece| !piece.is_empty());
        let written = match column.shape {
            Shape::Text | Shape::Caf => json!(value),
            Shape::Local => json!(format!("local:{value}")),
            Shape::List => pieces().collect(),
            Shape::Number => value.parse::<u32>().map_or_else(
                |_| {
                    self.slip(column, "not a whole number");
                    json!(value)
                },
                Value::from,
            ),
            Shape::Flag => match value.to_ascii_lowercase().as_str() {
                "yes" => json!(true),
                "no" => json!(false),
                _ => {
                    self.slip(column, "neither yes nor no");
                    json!(value)
                }
            },
            Shape::Identifier(kind) => {
                let kind_of_it = column.place.replace("/value", "/kind");
                *at(&mut self.sparse, &kind_of_it) = json!(kind);
                json!(value.split_whitespace().collect::<String>())
            }
            Shape::Parts(state) => {
                let there = at(&mut self.sparse, &column.place).as_array().cloned().unwrap_or_default();
                let more = pieces().map(|part| json!({"part": part, "state": state}));
                there.into_iter().chain(more).collect()
            }
            Shape::Trainings => {
                let trainings = pieces().map(|piece| piece.split_once('=').unwrap_or((piece, "")));
                trainings.map(|(kind, on)| json!({"kind": kind.trim(), "on": on.trim()})).collect()
            }
        };
        *at(&mut self.sparse, &column.place) = written;
    }

    fn slip(&mut self, column: &Column, problem: &str) {
        self.slips.push(Problem::in_column(&column.name, problem));
    }

    fn named(&self, at: &str, problem: String) -> Problem {
        let at = self.column_at(at).map_or_else(|| at.to_owned(), |column| column.name.clone());
        Problem { of: None, at, problem }
    }

    /// What the file need not say.
    fn fill_in(&mut self, reference: &str, sheet: &Sheet, row: &Row) {
        self.unless_there("data/localRef", json!(reference));
        match self.part.what {
            What::Practitioner => self.unless_there("data/state", json!("active")),
            What::Child => self.fill_in_child(),
            What::Started => self.unless_there("data/practitioner/roleInCase", json!("assessor")),
            What::Completed => {
                self.unless_there("data/practitioner/roleInCase", json!("assessor"));
                self.unless_there("data/consentRefs", json!([]));
                self.unless_there("data/manifest/agreedBy", json!([]));
            }
            What::Lead => {
                self.unless_there("data/practitioner/roleInCase", json!("lead-professional"));
                if let Some(started) = sheet.value(row, "started-on") {
                    self.unless_there("data/startedOn", json!(started));
                }
            }
        }
    }

    fn fill_in_child(&mut self) {
        self.unless_there("data/names/given", json!([]));
        self.unless_there("data/gender", json!("not-known"));
        self.unless_there("data/childState", json!("living"));
        self.unless_there("data/addresses", json!([]));
        if self.sparse.pointer("/data/addresses/0").is_some() {
            self.unless_there("data/addresses/0/kind", json!("home"));
            self.unless_there("data/addresses/0/lines", json!([]));
        }
        let unborn = self.sparse.pointer("/data/childState") == Some(&json!("unborn"));
        let born = self.sparse.pointer("/data/birth/date").and_then(Value::as_str).map(str::len);
        let precision = match (unborn, born) {
            (true, _) => "expected",
            (false, Some(4)) => "year",
            (false, Some(7)) => "month",
            (false, _) => "exact",
        };
        if born.is_some() {
            self.unless_there("data/birth/precision", json!(precision));
        }
    }

    fn unless_there(&mut self, place: &str, value: Value) {
        let there = at(&mut self.sparse, place);
        if there.is_null() {
            *there = value;
        }
    }

    /// The whole message, with its lists closed up.
    fn whole(&self, author: &Author, id: String) -> Value {
        let mut whole = self.sparse.clone();
        close_up(&mut whole);
        if let Some(Value::String(reference)) = whole.pointer_mut("/data/cafRef") {
            *reference = format!("{}/{reference}", author.agency);
        }
        let kind = self.part.what.message_type();
        // a message sent again is the same to the letter, or it is taken for another (`id-reused`)
        let envelope = [
            ("specversion", "1.0".to_owned()),
            ("id", id),
            ("source", author.agency.to_string()),
            ("type", kind.name().to_owned()),
            ("time", clock::rfc3339(author.ids.began)),
        ];
        for (field, value) in envelope {
            whole[field] = Value::from(value);
        }
        whole
    }

    /// The column that a place of the message comes from.
    fn column_at(&self, pointer: &str) -> Option<&'static Column> {
        let mut place = String::new();
        let mut value = Some(&self.sparse);
        for step in pointer.split('/').skip(1) {
            let step = match (value, step.parse::<usize>()) {
                (Some(Value::Array(list)), Ok(nth)) => {
                    let kept = list.iter().enumerate().filter(|(_, entry)| !entry.is_null()).nth(nth);
                    kept.map_or(nth, |(at, _)| at).to_string()
                }
                (_, _) => step.to_owned(),
            };
            value = value.and_then(|value| value.pointer(&format!("/{step}")));
            place = if place.is_empty() { step } else { format!("{place}/{step}") };
        }
        let columns = || self.part.columns.iter();
        let within =
            |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
        let reference =
            || columns().find(|column| place == "data/localRef" && column.name == self.part.named_by);
        columns()
            .find(|column| column.place == place)
            .or_else(|| columns().find(|column| within(&place, &column.place)))
            .or_else(|| columns().find(|column| within(&column.place, &place)))
            .or_else(reference)
    }
}

/// The value at a place, made with what is above it where it is not there.
fn at<'a>(mut value: &'a mut Value, place: &str) -> &'a mut Value {
    for step in place.split('/') {
        if let Ok(nth) = step.parse::<usize>() {
            if !value.is_array() {
                *value = Value::Array(Vec::new());
            }
            if let Value::Array(list) = value
                && list.len() <= nth
            {
                list.resize(nth + 1, Value::Null);
            }
            value = &mut value[nth];
        } else {
            if !value.is_object() {
                *value = Value::Object(Map::new());
            }
            value = &mut value[step];
        }
    }
    value
}

/// Takes the gaps out of lists.
fn close_up(value: &mut Value) {
    match value {
        Value::Array(list) => {
            list.retain(|entry| !entry.is_null());
            list.iter_mut().for_each(close_up);
        }
        Value::Object(fields) => fields.values_mut().for_each(close_up),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => (),
    }
}
