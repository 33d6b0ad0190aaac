//! What is kept of a child: no more than the index may hold (D-I1), as its agency's latest record
//! says it and the corrections since (G7).
//!
//! A correction takes the place of a whole field of what was recorded before it; a later record says
//! all anew. So the facts are a function of the *set* of statements: the latest record, then the
//! corrections after it in their order.

use std::collections::BTreeSet;

use schemas::{Address, Birth, Carer, ChildRecorded, Correction, Identifier, IdentifierKind, Names};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::demographics::{DemographicsKey, keys_at};

/// The facts by the names of their columns, and by what they can be met.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub facts: Value,
    pub keys: BTreeSet<DemographicsKey>,
}

/// What of the facts is judged.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Judged {
    names: Names,
    birth: Birth,
    addresses: Vec<Address>,
    synthetic: bool,
}

impl Kept {
    /// What a record says.
    #[must_use]
    pub fn recorded(child: &ChildRecorded) -> Self {
        let mut facts = Map::new();
        facts.insert("names".to_owned(), json!(child.names));
        facts.insert("birth".to_owned(), json!(child.birth));
        facts.insert("gender".to_owned(), json!(child.gender));
        facts.extend(numbers(&child.identifiers));
        facts.insert("addresses".to_owned(), json!(child.addresses));
        facts.insert("carers".to_owned(), carers(&child.carers));
        facts.insert("setting".to_owned(), json!(child.setting));
        facts.insert("gpPractice".to_owned(), json!(child.gp_practice));
        facts.insert("childState".to_owned(), json!(child.child_state));
        facts.insert("authority".to_owned(), json!(child.authority));
        facts.insert("synthetic".to_owned(), json!(child.synthetic));
        let keys = keys_at(&child.names, &child.birth, &child.addresses, child.synthetic);
        Self { facts: Value::Object(facts), keys }
    }

    /// What was recorded, with the corrections after it in their order.
    ///
    /// # Errors
    /// When what was stored is not of this form.
    pub fn corrected(
        recorded: Map<String, Value>,
        corrections: Vec<Map<String, Value>>,
    ) -> Result<Self, serde_json::Error> {
        let mut facts = recorded;
        facts.extend(corrections.into_iter().flatten());
        let facts = Value::Object(facts);
        let judged = Judged::deserialize(&facts)?;
        let keys = keys_at(&judged.names, &judged.birth, &judged.addresses, judged.synthetic);
        Ok(Self { facts, keys })
    }
}

/// The facts whose place a correction takes.
#[must_use]
pub fn fields_of(correction: &Correction) -> Map<String, Value> {
    let one = |name: &str, value: Value| Map::from_iter([(name.to_owned(), value)]);
    match correction {
        Correction::Names(names) => one("names", json!(names)),
        Correction::Birth(birth) => one("birth", json!(birth)),
        Correction::Gender(gender) => one("gender", json!(gender)),
        Correction::Identifiers(identifiers) => numbers(identifiers),
        Correction::Addresses(addresses) => one("addresses", json!(addresses)),
        Correction::Carers(list) => one("carers", carers(list)),
        Correction::Setting(setting) => one("setting", json!(setting)),
        Correction::GpPractice(practice) => one("gpPractice", json!(practice)),
        Correction::ChildState(state) => one("childState", json!(state)),
        Correction::Authority(authority) => one("authority", json!(authority)),
    }
}

/// All three, so that a number that is no longer said goes.
fn numbers(identifiers: &[Identifier]) -> Map<String, Value> {
    let kinds = [
        ("nhsNumber", IdentifierKind::NhsNumber),
        ("upn", IdentifierKind::Upn),
        ("uln", IdentifierKind::Uln),
    ];
    let value = |kind| identifiers.iter().find(|id| id.kind() == kind).map(Identifier::value);
    kinds.into_iter().map(|(name, kind)| (name.to_owned(), json!(value(kind)))).collect()
}

fn carers(carers: &[Carer]) -> Value {
    let kept =
        |carer: &Carer| json!({"name": carer.name, "relationship": carer.relationship, "phone": carer.phone});
    carers.iter().map(kept).collect()
}
