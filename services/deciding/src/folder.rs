//! The folder as it lies on disk: which sets are on, and the text of their files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use serde::Deserialize;

use crate::{Fault, LoadError};

/// The folder of the examples; every other one is a set of policies.
const CASES: &str = "cases";

/// One text of the folder, under its name below it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) name: String,
    pub(crate) text: String,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PolicyFile {
    pub(crate) set: String,
    pub(crate) file: Text,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Folder {
    pub(crate) schema: Text,
    pub(crate) purposes: Text,
    pub(crate) switches: BTreeMap<String, Switch>,
    /// Those of the sets that are on.
    pub(crate) policies: Vec<PolicyFile>,
    pub(crate) cases: Vec<Text>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Switch {
    On,
    Off,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switches {
    sets: BTreeMap<String, Switch>,
}

impl Folder {
    pub(crate) fn read(dir: &Path) -> Result<Self, LoadError> {
        let switches = switches(dir)?;
        let mut policies = Vec::new();
        for set in switches.iter().filter(|(_, switch)| **switch == Switch::On).map(|(set, _)| set) {
            let files = texts(dir, set, "cedar")?;
            policies.extend(files.into_iter().map(|file| PolicyFile { set: set.clone(), file }));
        }
        Ok(Self {
            schema: text(dir, "schema.cedarschema")?,
            purposes: text(dir, "purposes.toml")?,
            switches,
            policies,
            cases: texts(dir, CASES, "json")?,
        })
    }

    /// SHA-256 in hex over all that decides: the switches, the schema, the purposes and the policies of the sets that
    /// are on. The examples decide nothing.
    pub(crate) fn hash(&self) -> String {
        let mut hashed = Context::new(&SHA256);
        let mut add = |part: &str| {
            // The length before each part: no two folders run together into the same bytes.
            hashed.update(&(part.len() as u64).to_be_bytes());
            hashed.update(part.as_bytes());
        };
        for (set, switch) in &self.switches {
            add(set);
            add(match switch {
                Switch::On => "on",
                Switch::Off => "off",
            });
        }
        let files = [&self.schema, &self.purposes].into_iter().chain(self.policies.iter().map(|of| &of.file));
        for file in files {
            add(&file.name);
            add(&file.text);
        }
        hashed.finish().as_ref().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    }
}

/// Every folder is switched, and every switch has its folder: a set that somebody forgot does not pass unseen.
fn switches(dir: &Path) -> Result<BTreeMap<String, Switch>, LoadError> {
    let file = text(dir, "rules.toml")?;
    let Switches { sets } = toml::from_str(&file.text)
        .map_err(|error| LoadError::new("rules.toml", Fault::Unparsable(one_line(&error))))?;
    let refuse = |fault| Err(LoadError::new("rules.toml", fault));
    let folders = names(dir, "")?;
    let folders: Vec<&String> = folders.iter().filter(|name| dir.join(name).is_dir()).collect();
    if let Some(set) = sets.keys().find(|set| !folders.contains(set) || *set == CASES) {
        return refuse(Fault::SetMissing(set.clone()));
    }
    match folders.into_iter().find(|folder| *folder != CASES && !sets.contains_key(*folder)) {
        Some(folder) => refuse(Fault::SetNotSwitched(folder.clone())),
        None => Ok(sets),
    }
}

fn text(dir: &Path, name: &str) -> Result<Text, LoadError> {
    match fs::read_to_string(dir.join(name)) {
        Ok(text) => Ok(Text { name: name.to_owned(), text }),
        Err(error) => Err(LoadError::new(name, Fault::Unreadable(error.kind().to_string()))),
    }
}

/// The files of one kind in one folder, by name.
fn texts(dir: &Path, folder: &str, extension: &'static str) -> Result<Vec<Text>, LoadError> {
    let wanted = |name: &String| Path::new(name).extension().is_some_and(|of| of == extension);
    let names = names(dir, folder)?;
    // A policy that somebody believes in force does not pass unseen.
    let misspelt = |name: &String| {
        let ending = Path::new(name).extension();
        !wanted(name) && ending.is_some_and(|of| of.eq_ignore_ascii_case(extension))
    };
    let not_read = |name: &&String| misspelt(name) || dir.join(folder).join(name).is_dir();
    if let Some(name) = names.iter().find(not_read) {
        return Err(LoadError::new(format!("{folder}/{name}"), Fault::NotRead(extension)));
    }
    names.iter().filter(|name| wanted(name)).map(|name| text(dir, &format!("{folder}/{name}"))).collect()
}

/// What lies in a folder, sorted; hidden files left out.
fn names(dir: &Path, folder: &str) -> Result<Vec<String>, LoadError> {
    let at = if folder.is_empty() { "." } else { folder };
    let unreadable = |error: std::io::Error| LoadError::new(at, Fault::Unreadable(error.kind().to_string()));
    let mut names = Vec::new();
    for entry in fs::read_dir(dir.join(folder)).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Somebody else's error, as part of one of our sentences.
pub(crate) fn one_line(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    text.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches('.').to_owned()
}
