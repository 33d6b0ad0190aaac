//! The policies of the sets that are on, each with the words that go with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use cedar_policy::{Policy, PolicySet, Schema, ValidationMode, Validator};
use miette::Diagnostic;
use schemas::WithheldCode;
use serde::{Deserialize, Serialize};

use crate::folder::{PolicyFile, one_line};
use crate::{BESIDE, Fault, LoadError, Outcome};

/// The `@id` of a policy, or one of [`BESIDE`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PolicyId(Arc<str>);

impl PolicyId {
    pub(crate) fn new(id: &str) -> Self {
        Self(Arc::from(id))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    Permit,
    Forbid,
}

/// What a policy says of itself: for the record of a decision and for whoever asks why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyText {
    pub set: String,
    /// Below the folder.
    pub file: String,
    pub effect: Effect,
    /// `@says`: plain words, as a family could be told.
    pub words: String,
    /// `@cites`: the paragraphs or the agreement it rests on.
    pub paragraphs: String,
    /// What follows where it matches; share for a permit.
    pub outcome: Outcome,
    pub code: Option<WithheldCode>,
    /// The policy itself, as it is written.
    pub policy: String,
}

#[derive(Debug)]
pub(crate) struct Policies {
    pub(crate) set: PolicySet,
    pub(crate) texts: BTreeMap<PolicyId, PolicyText>,
    /// What the policies name one by one, as `Agency::"riverside-yot"`.
    pub(crate) named: BTreeSet<String>,
}

impl Policies {
    pub(crate) fn parse(schema: &Schema, files: &[PolicyFile]) -> Result<Self, LoadError> {
        let mut policies = Self { set: PolicySet::new(), texts: BTreeMap::new(), named: BTreeSet::new() };
        let validator = Validator::new(schema.clone());
        for file in files {
            let name = file.file.name.as_str();
            let parsed = PolicySet::from_str(&file.file.text)
                .map_err(|error| LoadError::new(name, Fault::Unparsable(at_line(&error, &file.file.text))))?;
            if parsed.templates().next().is_some() {
                return Err(LoadError::new(name, Fault::Template));
            }
            for policy in parsed.policies() {
                policies.add(policy, file, &validator)?;
            }
        }
        Ok(policies)
    }

    fn add(&mut self, policy: &Policy, file: &PolicyFile, validator: &Validator) -> Result<(), LoadError> {
        let name = file.file.name.as_str();
        let id = policy.annotation("id").filter(|id| !id.trim().is_empty());
        let Some(id) = id else {
            let begins: String = policy.to_string().chars().take(60).collect();
            return Err(LoadError::new(name, Fault::NoId(one_line(&begins))));
        };
        let refuse = |fault| LoadError::of(name, id, fault);
        if !is_id(id) {
            return Err(refuse(Fault::BadId));
        }
        if let Some(other) = self.texts.get(&PolicyId::new(id)) {
            return Err(refuse(Fault::DuplicateId(other.file.clone())));
        }
        let text = text_of(policy, file).map_err(refuse)?;
        let renamed = policy.new_id(cedar_policy::PolicyId::new(id));
        check(validator, &renamed).map_err(refuse)?;
        self.named.extend(renamed.entity_literals().iter().map(ToString::to_string));
        self.set.add(renamed).map_err(|error| refuse(Fault::Unparsable(one_line(&error))))?;
        self.texts.insert(PolicyId::new(id), text);
        Ok(())
    }
}

/// Strictly: a misspelt word or fact is refused, and so is a condition that can never be met.
fn check(validator: &Validator, policy: &Policy) -> Result<(), Fault> {
    let mut alone = PolicySet::new();
    alone.add(policy.clone()).map_err(|error| Fault::Unparsable(one_line(&error)))?;
    let result = validator.validate(&alone, ValidationMode::Strict);
    let found = result.validation_errors().map(one_line).chain(result.validation_warnings().map(one_line));
    let found: Vec<String> = found.collect();
    if found.is_empty() { Ok(()) } else { Err(Fault::Invalid(found.join("; "))) }
}

fn text_of(policy: &Policy, file: &PolicyFile) -> Result<PolicyText, Fault> {
    let has = |key: &'static str| policy.annotation(key).map(str::trim).filter(|value| !value.is_empty());
    let must = |key: &'static str| has(key).map(ToOwned::to_owned).ok_or(Fault::Missing(key));
    let (effect, outcome) = match policy.effect() {
        cedar_policy::Effect::Permit => (Effect::Permit, Outcome::Share),
        cedar_policy::Effect::Forbid => {
            let written = must("outcome")?;
            let outcome = Outcome::of_forbid(&written).ok_or(Fault::UnknownOutcome(written))?;
            (Effect::Forbid, outcome)
        }
    };
    let known: &[&str] = match (effect, outcome) {
        (Effect::Permit, _) => &["id", "cites", "says"],
        // Nothing is withheld yet: the holder judges.
        (Effect::Forbid, Outcome::ReferredToHolder) => &["id", "cites", "says", "outcome"],
        (Effect::Forbid, _) => &["id", "cites", "says", "outcome", "code"],
    };
    if let Some((other, _)) = policy.annotations().find(|(key, _)| !known.contains(key)) {
        return Err(Fault::OutOfPlace(other.to_owned()));
    }
    let code = if known.contains(&"code") {
        let written = must("code")?;
        Some(WithheldCode::parse(&written).map_err(|_| Fault::UnknownCode(written))?)
    } else {
        None
    };
    Ok(PolicyText {
        set: file.set.clone(),
        file: file.file.name.clone(),
        effect,
        words: must("says")?,
        paragraphs: must("cites")?,
        outcome,
        code,
        policy: policy.to_string(),
    })
}

fn is_id(id: &str) -> bool {
    !BESIDE.contains(&id)
        && id.len() <= 80
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The parser's words, and the line where it stopped.
fn at_line(error: &cedar_policy::ParseErrors, text: &str) -> String {
    let offset = error.labels().and_then(|mut labels| labels.next()).map(|label| label.offset());
    let line = offset.and_then(|offset| text.get(..offset)).map(|before| before.matches('\n').count() + 1);
    match line {
        Some(line) => format!("line {line}: {}", one_line(error)),
        None => one_line(error),
    }
}
