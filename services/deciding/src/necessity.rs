//! D-S6: which parts a purpose needs, by what the recipient does. A part that is not in the table is not necessary.

use std::collections::{BTreeMap, BTreeSet};

use schemas::{AgencyKind, FormPart, Purpose, YesNo};
use serde::Deserialize;

use crate::folder::{Text, one_line};
use crate::{Facts, Fault, LoadError};

/// `purposes.toml` as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    parts: BTreeMap<String, Vec<String>>,
    kinds: BTreeMap<String, Vec<String>>,
    purpose: BTreeMap<String, Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[expect(dead_code, reason = "must be written, for those who read the table")]
    says: String,
    #[expect(dead_code, reason = "must be written, for those who read the table")]
    cites: String,
    everyone: Vec<String>,
    #[serde(default)]
    also: BTreeMap<String, Vec<String>>,
}

/// The triples that are necessary.
#[derive(Debug)]
pub(crate) struct Necessity(BTreeSet<(Purpose, AgencyKind, FormPart)>);

impl Necessity {
    pub(crate) fn parse(file: &Text) -> Result<Self, LoadError> {
        let refuse = |fault| LoadError::new(file.name.as_str(), fault);
        let written: Written =
            toml::from_str(&file.text).map_err(|error| refuse(Fault::Unparsable(one_line(&error))))?;
        let mut necessary = BTreeSet::new();
        for (purpose, row) in &written.purpose {
            let of = |fault| LoadError::of(file.name.as_str(), purpose.as_str(), fault);
            let known = Purpose::parse(purpose).map_err(|_| of(Fault::UnknownPurpose(purpose.clone())))?;
            let everyone = written.parts_of(&row.everyone).map_err(of)?;
            add(&mut necessary, known, AgencyKind::ALL, &everyone);
            for (kinds, parts) in &row.also {
                let kinds = written.kinds_of(kinds).map_err(of)?;
                add(&mut necessary, known, &kinds, &written.parts_of(parts).map_err(of)?);
            }
        }
        match Purpose::ALL.iter().find(|purpose| !written.purpose.contains_key(purpose.as_str())) {
            Some(missing) => Err(refuse(Fault::PurposeMissing(missing.as_str()))),
            None => Ok(Self(necessary)),
        }
    }

    pub(crate) fn of(&self, facts: &Facts) -> YesNo {
        let triple = (facts.purpose, facts.recipient_kind, facts.part);
        if self.0.contains(&triple) { YesNo::Yes } else { YesNo::No }
    }
}

fn add(
    to: &mut BTreeSet<(Purpose, AgencyKind, FormPart)>,
    purpose: Purpose,
    kinds: &[AgencyKind],
    parts: &[FormPart],
) {
    to.extend(kinds.iter().flat_map(|kind| parts.iter().map(move |part| (purpose, *kind, *part))));
}

impl Written {
    /// Parts and groups of parts. A group holds parts alone.
    fn parts_of(&self, words: &[String]) -> Result<Vec<FormPart>, Fault> {
        let mut parts = Vec::new();
        for word in words {
            match self.parts.get(word) {
                Some(group) => {
                    for part in group {
                        parts.push(part_of(part)?);
                    }
                }
                None => parts.push(part_of(word)?),
            }
        }
        Ok(parts)
    }

    /// One kind, or a group of kinds. A group holds kinds alone.
    fn kinds_of(&self, word: &str) -> Result<Vec<AgencyKind>, Fault> {
        let kind_of = |word: &str| AgencyKind::parse(word).map_err(|_| Fault::UnknownKind(word.to_owned()));
        match self.kinds.get(word) {
            Some(group) => group.iter().map(|kind| kind_of(kind)).collect(),
            None => Ok(vec![kind_of(word)?]),
        }
    }
}

fn part_of(word: &str) -> Result<FormPart, Fault> {
    FormPart::parse(word).map_err(|_| Fault::UnknownPart(word.to_owned()))
}
