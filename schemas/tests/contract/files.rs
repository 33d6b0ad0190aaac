//! The files of the contract, as the tests read them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use schemas::{MessageType, ReceiptCode};
use serde::Deserialize;
use serde_json::Value;

pub(crate) fn crate_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_str(&text(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn schema(kind: MessageType) -> Value {
    json(&crate_folder().join(format!("json/{}.v1.json", kind.short_name())))
}

/// The files of what the messages share, by the name under which the tests speak of them.
pub(crate) fn common() -> BTreeMap<&'static str, Value> {
    ["common", "sharing-common"]
        .map(|name| (name, json(&crate_folder().join(format!("json/{name}.v1.json")))))
        .into()
}

/// The shared definition to which a `$ref` points.
pub(crate) fn definition<'a>(common: &'a BTreeMap<&'static str, Value>, reference: &str) -> &'a Value {
    let (name, pointer) = reference.split_once(".v1.json#").expect("a common definition");
    common[name].pointer(pointer).expect("it exists")
}

/// The names of what stands in a folder of the crate, sorted.
pub(crate) fn names_in(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(crate_folder().join(folder)).expect("the folder exists");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

#[derive(Debug, Clone)]
pub(crate) struct Valid {
    pub(crate) kind: MessageType,
    pub(crate) name: String,
    pub(crate) message: Value,
}

#[derive(Debug, Clone)]
pub(crate) struct Invalid {
    pub(crate) kind: MessageType,
    pub(crate) name: String,
    pub(crate) content: Expecting,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expecting {
    pub(crate) expect: Expected,
    pub(crate) message: Value,
}

/// What the receipt says of the message: its code, and where one of its pointers points.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    pub(crate) code: ReceiptCode,
    pub(crate) at: String,
}

fn examples(kind: MessageType, prefix: &str) -> Vec<(String, PathBuf)> {
    let folder = format!("examples/{}", kind.short_name());
    let names = names_in(&folder).into_iter().filter(|name| name.starts_with(prefix));
    names
        .map(|name| {
            let path = crate_folder().join(&folder).join(&name);
            (format!("{folder}/{name}"), path)
        })
        .collect()
}

pub(crate) fn valid(kind: MessageType) -> Vec<Valid> {
    let files = examples(kind, "valid-").into_iter();
    files.map(|(name, path)| Valid { kind, name, message: json(&path) }).collect()
}

pub(crate) fn invalid(kind: MessageType) -> Vec<Invalid> {
    let files = examples(kind, "invalid-").into_iter();
    files
        .map(|(name, path)| {
            let content =
                serde_json::from_value(json(&path)).unwrap_or_else(|error| panic!("{name}: {error}"));
            Invalid { kind, name, content }
        })
        .collect()
}

pub(crate) fn inbound() -> impl Iterator<Item = MessageType> {
    MessageType::ALL.iter().copied().filter(|kind| kind.entry().is_inbound())
}

pub(crate) fn outbound() -> impl Iterator<Item = MessageType> {
    MessageType::ALL.iter().copied().filter(|kind| !kind.entry().is_inbound())
}
