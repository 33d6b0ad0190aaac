//! docs/contract.md: what can rot is compared.

use std::collections::BTreeMap;

use schemas::catalogue::{Entry, Exchange, Publisher, entries};
use schemas::{MessageType, Outcome, ReceiptCode, ReceiptState, check, check_published};
use serde_json::Value;

use crate::files::{crate_folder, text};

fn document() -> String {
    text(&crate_folder().join("../docs/contract.md"))
}

/// The messages that the document shows whole.
fn samples() -> Vec<(MessageType, Value)> {
    let document = document();
    let blocks =
        document.split("\n```json\n").skip(1).map(|rest| rest.split("\n```").next().expect("a block ends"));
    blocks
        .map(|block| {
            let message: Value = serde_json::from_str(block).expect("a sample is JSON");
            let kind = message["type"].as_str().and_then(MessageType::from_name).expect("of a known type");
            (kind, message)
        })
        .collect()
}

/// The rows of the tables whose first cell is code, by that cell.
fn rows() -> BTreeMap<String, Vec<String>> {
    let document = document();
    let rows = document.lines().filter(|line| line.starts_with("| `") || line.starts_with("| header `"));
    rows.map(|row| {
        let cells = row.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').to_owned());
        let mut cells: Vec<String> = cells.collect();
        (cells.remove(0), cells)
    })
    .collect()
}

#[test]
fn the_samples_of_the_document_are_valid() {
    let samples = samples();
    let kinds: Vec<_> = samples.iter().map(|(kind, _)| *kind).collect();
    let expected = [
        MessageType::CafStarted,
        MessageType::ReceiptIssued,
        MessageType::ReceiptIssued,
        MessageType::IndexAnswered,
    ];
    assert_eq!(kinds, expected);
    for (kind, message) in samples {
        if kind.entry().is_inbound() {
            assert_eq!(check(kind, &message).err(), None, "{kind}");
        } else {
            assert_eq!(check_published(kind, &message), Ok(()), "{kind}");
        }
    }
}

#[test]
fn the_properties_of_the_document_agree_with_its_message() {
    let (kind, message) = samples().swap_remove(0);
    let rows = rows();
    let of = |property: &str| rows[property][0].as_str();
    assert_eq!(of("content_type"), schemas::envelope::CONTENT_TYPE);
    assert_eq!(of("delivery_mode"), "2");
    assert_eq!(message["id"], of("message_id"));
    assert_eq!(message["type"], of("type"));
    assert_eq!(message["source"], of("user_id"));
    assert!(schemas::TraceParent::parse(of("header `traceparent")).is_ok());
    let key = format!("`{}.{}.{}`", of("user_id"), kind.noun(), kind.verb());
    assert!(document().contains(&key), "{key}");
}

#[test]
fn the_tables_of_the_document_list_every_type_state_code_and_outcome() {
    let rows = rows();
    // What services tell one another is no partner's.
    let of_partners = || entries().iter().filter(|entry: &&Entry| entry.exchange != Exchange::Events);
    for entry in of_partners() {
        let from = entry.publishers.iter().map(|publisher| match publisher {
            Publisher::Agency => "agency",
            Publisher::Service(name) => name,
        });
        let from = from.collect::<Vec<_>>().join(", ");
        let reply = entry.reply.map(|queue| queue.to_string()).unwrap_or_default();
        assert_eq!(rows[entry.message_type.name()], [from, reply, entry.summary.clone()]);
    }
    let codes = ReceiptCode::ALL.iter().map(ReceiptCode::as_str);
    let states = ReceiptState::ALL.iter().map(ReceiptState::as_str);
    let outcomes = Outcome::ALL.iter().map(Outcome::as_str);
    let properties =
        ["content_type", "delivery_mode", "message_id", "type", "user_id", "header `traceparent"];
    let mut expected: Vec<_> = of_partners().map(|entry| entry.message_type.name()).collect();
    expected.extend(codes.chain(states).chain(outcomes).chain(properties));
    expected.sort_unstable();
    assert_eq!(rows.keys().map(String::as_str).collect::<Vec<_>>(), expected);
}
