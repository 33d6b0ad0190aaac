//! The facts in the words of the policies.
//!
//! Each closed list is an enumerated entity type of `schema.cedarschema`, so that a misspelt word in a policy is refused
//! when it is loaded instead of never matching.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use cedar_policy::{Context, EntityId, EntityTypeName, EntityUid, Request, RestrictedExpression, Schema};
use schemas::YesNo;

use crate::cache::Key;

/// One fact: its name in the context, and its value.
struct Fact(&'static str, Value);

enum Value {
    /// A word of a list: the type of the list, the word.
    Word(&'static str, &'static str),
    Flag(YesNo),
}

const AGENCY: &str = "Agency";
const PART: &str = "Part";
const LISTS: [&str; 16] = [
    "Stage",
    "AgencyKind",
    "Standing",
    "Purpose",
    "Basis",
    "Ground",
    "Judged",
    "ConsentPosition",
    "Consent",
    "Recording",
    "About",
    "AboutConsent",
    "SensitiveService",
    "Restriction",
    "Advice",
    PART,
];

/// The names of the types, parsed once.
#[derive(Debug)]
pub(crate) struct Names {
    types: BTreeMap<&'static str, EntityTypeName>,
    share: EntityUid,
}

impl Names {
    pub(crate) fn new() -> Result<Self, String> {
        let name = |of: &str| EntityTypeName::from_str(of).map_err(|error| error.to_string());
        let mut types = BTreeMap::new();
        for of in LISTS.into_iter().chain([AGENCY]) {
            types.insert(of, name(of)?);
        }
        let share = EntityUid::from_type_name_and_id(name("Action")?, EntityId::new("share"));
        Ok(Self { types, share })
    }

    fn uid(&self, of: &'static str, word: &str) -> Result<EntityUid, String> {
        let name = self.types.get(of).ok_or_else(|| format!("{of} is not a type"))?;
        Ok(EntityUid::from_type_name_and_id(name.clone(), EntityId::new(word)))
    }

    /// The schema is needed only where it is to be proved that the facts fit it.
    pub(crate) fn request(&self, key: &Key, schema: Option<&Schema>) -> Result<Request, String> {
        let mut pairs = Vec::with_capacity(24);
        for Fact(name, value) in facts(key) {
            let value = match value {
                Value::Word(of, word) => RestrictedExpression::new_entity_uid(self.uid(of, word)?),
                Value::Flag(flag) => RestrictedExpression::new_bool(flag == YesNo::Yes),
            };
            pairs.push((name.to_owned(), value));
        }
        let context = Context::from_pairs(pairs).map_err(|error| error.to_string())?;
        let agency = self.uid(AGENCY, key.facts.recipient.as_str())?;
        let part = self.uid(PART, key.facts.part.as_str())?;
        Request::new(agency, self.share.clone(), part, context, schema).map_err(|error| error.to_string())
    }
}

/// Whether a policy names this agency or part one by one.
pub(crate) fn names_agency(named: &BTreeSet<String>, agency: &str) -> bool {
    named.contains(&format!("{AGENCY}::\"{agency}\""))
}

pub(crate) fn names_part(named: &BTreeSet<String>, part: &str) -> bool {
    named.contains(&format!("{PART}::\"{part}\""))
}

/// The facts that have a word, by their names.
pub(crate) fn words(key: &Key) -> Vec<(&'static str, &'static str)> {
    let word = |Fact(name, value)| match value {
        Value::Word(_, word) => Some((name, word)),
        Value::Flag(_) => None,
    };
    facts(key).into_iter().filter_map(word).collect()
}

fn facts(key: &Key) -> [Fact; 24] {
    let facts = &key.facts;
    let position = facts.consent_position.as_ref().map_or("not-said", |of| of.as_str());
    [
        Fact("stage", Value::Word("Stage", facts.stage.as_str())),
        Fact("recipientKind", Value::Word("AgencyKind", facts.recipient_kind.as_str())),
        Fact("ownTeam", Value::Flag(facts.own_team)),
        Fact("standing", Value::Word("Standing", facts.standing.as_str())),
        Fact("purpose", Value::Word("Purpose", facts.purpose.as_str())),
        Fact("protection", Value::Flag(facts.protection())),
        Fact("necessary", Value::Flag(key.necessary)),
        Fact("basis", Value::Word("Basis", facts.basis.as_str())),
        Fact("ground", Value::Word("Ground", facts.ground.as_ref().map_or("none", |of| of.as_str()))),
        Fact("judged", Value::Word("Judged", facts.judged.as_str())),
        Fact("reasons", Value::Flag(facts.reasons)),
        Fact("consentPosition", Value::Word("ConsentPosition", position)),
        Fact("consent", Value::Word("Consent", facts.consent.as_str())),
        Fact(
            "electronicRecording",
            Value::Word(
                "Recording",
                facts.electronic_recording.as_ref().map_or("not-said", |of| of.as_str()),
            ),
        ),
        Fact("about", Value::Word("About", facts.about.as_str())),
        Fact("aboutConsent", Value::Word("AboutConsent", facts.about_consent.as_str())),
        Fact("confidential", Value::Flag(facts.confidential)),
        Fact("notFor", Value::Flag(facts.not_for)),
        Fact("informant", Value::Flag(facts.informant)),
        Fact("sensitiveService", Value::Word("SensitiveService", facts.sensitive_service.as_str())),
        Fact("restriction", Value::Word("Restriction", facts.restriction.as_str())),
        Fact("cleared", Value::Flag(facts.cleared)),
        Fact("advice", Value::Word("Advice", facts.advice.as_str())),
        Fact("moreDetrimental", Value::Flag(facts.more_detrimental)),
    ]
}
