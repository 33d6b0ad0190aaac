//! Receipts, answers and other messages as a person reads them.
//!
//! Read as plain JSON: a receiver ignores what it does not know.

use serde_json::Value;

use super::output::{Outcome, facts, listing, plain, table, text};
use crate::client::Received;

/// What came back for a message that was sent.
pub(super) fn outcome(body: &Value) -> Outcome {
    if text(body, "/data/state") == "rejected" { Outcome::NotAsAsked } else { Outcome::AsAsked }
}

/// A reply in full.
pub(super) fn reply(received: &Received) -> String {
    match short_type(received.message_type()) {
        "receipt.issued" => receipt(received.json()),
        "index.answered" => answer(received.json()),
        _ => format!("{:#}", received.json()),
    }
}

/// `uk.caf.receipt.issued.v1` as `receipt.issued`.
pub(super) fn short_type(name: &str) -> &str {
    let short = name.strip_prefix("uk.caf.").unwrap_or(name);
    short.rsplit_once(".v").map_or(short, |(short, _version)| short)
}

fn receipt(body: &Value) -> String {
    let state = match text(body, "/data/state") {
        "recorded" => "recorded",
        "duplicate" => "duplicate: it was received before, and nothing was recorded twice",
        "held" => "held: it could not be processed; a person will look, and a final receipt follows",
        "rejected" => "rejected",
        other => other,
    };
    let mut rows = vec![("message", text(body, "/data/of").to_owned()), ("state", state.to_owned())];
    let mut add = |name, pointer| {
        let value = body.pointer(pointer).map(plain).unwrap_or_default();
        if !value.is_empty() {
            rows.push((name, value));
        }
    };
    add("code", "/data/code");
    add("first", "/data/first/state");
    add("first at", "/data/first/at");
    add("looked at by", "/data/dueBy");
    add("your reference of the child", "/data/childRef");
    let mut told = facts(rows);
    let pointers = body.pointer("/data/pointers").unwrap_or(&Value::Null);
    if pointers.as_array().is_some_and(|list| !list.is_empty()) {
        told += "\n\n";
        told += &listing(pointers, &[("where", "/at"), ("what is wrong", "/problem")]);
    }
    told
}

fn answer(body: &Value) -> String {
    let data = &body["data"];
    let mut told = vec![match text(data, "/outcome") {
        "match" => format!("Match: {}", text(data, "/childRef")),
        "ask-for" => format!(
            "More than one child could be meant. To tell them apart, ask for: {}",
            plain(&data["askFor"])
        ),
        "nothing-to-show" => "Nothing can be shown; others may be involved.".to_owned(),
        other => other.to_owned(),
    }];
    if let Some(contacts) = data["contacts"].as_array().filter(|list| !list.is_empty()) {
        let headers = ["who", "agency", "job", "telephone", ""];
        told.push(table(&headers, contacts.iter().map(contact)));
    }
    told.push(caf(data));
    told.push(text(data, "/safetyNote").to_owned());
    told.join("\n\n")
}

fn caf(data: &Value) -> String {
    let mark = match text(data, "/cafMark") {
        "open" => "A CAF is open.",
        "closed-recently" => "A CAF was closed within the last months.",
        _ => "No CAF is shown.",
    };
    let Some(ring) = data.get("cafContact") else {
        return mark.to_owned();
    };
    let parts = ["/name", "/agencyName", "/phone"].map(|part| text(ring, part));
    let known: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{mark} Contact: {}", known.join(", "))
}

fn contact(contact: &Value) -> Vec<String> {
    let is = |field: &str| contact[field].as_bool() == Some(true);
    let mut marks = Vec::new();
    marks.extend(is("lead").then_some("lead professional"));
    marks.extend(is("keyWorker").then_some("key worker"));
    let name = match text(contact, "/name") {
        "" => "(duty desk)",
        name => name,
    };
    vec![
        name.to_owned(),
        text(contact, "/agencyName").to_owned(),
        text(contact, "/job").to_owned(),
        text(contact, "/phone").to_owned(),
        marks.join(", "),
    ]
}

/// One line of an inbox: when, what, about which message, and what it says.
pub(super) fn line(received: &Received) -> Vec<String> {
    let body = received.json();
    let said = match text(body, "/data/state") {
        "" => text(body, "/data/outcome").to_owned(),
        state => {
            let pointers = body.pointer("/data/pointers").and_then(Value::as_array);
            let problems = pointers
                .into_iter()
                .flatten()
                .map(|pointer| format!("{}: {}", text(pointer, "/at"), text(pointer, "/problem")));
            let code = text(body, "/data/code").to_owned();
            let rest: Vec<_> = std::iter::once(code).chain(problems).collect();
            [state, rest.join("; ").as_str()].join(" ").trim().to_owned()
        }
    };
    let about = match text(body, "/data/of") {
        "" => text(body, "/data/query"),
        of => of,
    };
    vec![
        text(body, "/time").to_owned(),
        short_type(received.message_type()).to_owned(),
        about.to_owned(),
        said,
    ]
}

#[test]
fn a_rejection_tells_where_and_what() {
    let body = serde_json::json!({"data": {
        "of": "019ab5d0-1c00-7000-8000-000000000001", "state": "rejected", "code": "bad-form",
        "pointers": [{"at": "/data/startedOn", "problem": "not a date", "code": "bad-form"}],
    }});
    let expected = "\
message  019ab5d0-1c00-7000-8000-000000000001
state    rejected
code     bad-form

WHERE            WHAT IS WRONG
/data/startedOn  not a date";
    assert_eq!(receipt(&body), expected);
    assert_eq!(outcome(&body), Outcome::NotAsAsked);
}
