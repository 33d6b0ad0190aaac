//! What is kept of a child: no more than the index may hold (D-I1), as its agency's latest record
//! says it and the corrections since (G7).
//!
//! A correction takes the place of a whole field of what was recorded before it; a later record says
//! all anew. So the facts are a function of the *set* of statements: the latest record, then the
//! corrections after it in their order.
//!
//! Before birth a child has no number, and the names and the address are the mother's: it is met by
//! nothing, so that no record of hers ever leads to it (D-I3). Only its agency names it, by its own id.

use std::collections::BTreeSet;

use schemas::{
    Address, Birth, Carer, ChildRecorded, ChildState, Correction, DobPrecision, Identifier, IdentifierKind,
    Names,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::demographics::{DemographicsKey, keys_at};
use super::teller::Teller;

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
    child_state: ChildState,
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
        facts.insert("toldBy".to_owned(), json!(child.on_behalf_of.as_ref().map(Teller::from)));
        match stage(&child.birth, child.child_state) {
            Stage::Unborn => Self::met_by_nothing(facts),
            Stage::Born => {
                let keys = keys_at(&child.names, &child.birth, &child.addresses, child.synthetic);
                Self { facts: Value::Object(facts), keys }
            }
        }
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
        let judged = Judged::deserialize(&facts)?;
        match stage(&judged.birth, judged.child_state) {
            Stage::Unborn => Ok(Self::met_by_nothing(facts)),
            Stage::Born => {
                let keys = keys_at(&judged.names, &judged.birth, &judged.addresses, judged.synthetic);
                Ok(Self { facts: Value::Object(facts), keys })
            }
        }
    }

    fn met_by_nothing(mut facts: Map<String, Value>) -> Self {
        facts.extend(numbers(&[]));
        Self { facts: Value::Object(facts), keys: BTreeSet::new() }
    }
}

enum Stage {
    Unborn,
    Born,
}

/// A correction of one field may leave the other behind: unborn until both say otherwise.
const fn stage(birth: &Birth, state: ChildState) -> Stage {
    match (birth.precision(), state) {
        (DobPrecision::Expected, _) | (_, ChildState::Unborn | ChildState::PregnancyEnded) => Stage::Unborn,
        (
            DobPrecision::Exact | DobPrecision::Month | DobPrecision::Year | DobPrecision::Estimated,
            ChildState::Living | ChildState::Died,
        ) => Stage::Born,
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

/// Name and contact (D-I1), what the person is to the child and may decide (D-C3), and whether contact is
/// restricted: a telephone number is not held without the mark that forbids to use it. Who lives with
/// the child is not the index's to hold: it describes the household, which is a part of the form.
fn carers(carers: &[Carer]) -> Value {
    let kept = |carer: &Carer| {
        json!({
            "name": carer.name,
            "relationship": carer.relationship,
            "parentalResponsibility": carer.parental_responsibility,
            "contactRestricted": carer.contact_restricted,
            "phone": carer.phone,
        })
    };
    carers.iter().map(kept).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    fn child(state: &str, precision: &str) -> ChildRecorded {
        let child = json!({
            "names": {"given": ["Ada"], "family": "Example"}, "gender": "female",
            "birth": {"date": "2015-03-12", "precision": precision},
            "identifiers": [{"kind": "nhs-number", "value": "9990000018"}],
            "addresses": [{"kind": "home", "lines": [], "postcode": "ZZ1 1AA", "showTo": "ordinary"}],
            "childState": state, "authority": "borough", "happenedOn": "2026-11-01", "localRef": "k1",
        });
        serde_json::from_value(child).unwrap()
    }

    fn corrected(child: &ChildRecorded, corrections: &[Value]) -> Kept {
        let Value::Object(recorded) = Kept::recorded(child).facts else { panic!("an object") };
        let read = |one: &Value| fields_of(&serde_json::from_value(one.clone()).unwrap());
        Kept::corrected(recorded, corrections.iter().map(read).collect()).unwrap()
    }

    // D-I3
    #[test]
    fn before_birth_a_child_is_met_by_nothing() {
        for (state, precision) in [
            ("unborn", "expected"),
            ("unborn", "exact"),
            ("living", "expected"),
            ("pregnancy-ended", "exact"),
        ] {
            let kept = Kept::recorded(&child(state, precision));
            assert_eq!(kept.facts["nhsNumber"], Value::Null, "{state}, {precision}");
            assert_eq!(kept.keys, BTreeSet::new(), "{state}, {precision}");
        }
        for state in ["living", "died"] {
            let kept = Kept::recorded(&child(state, "exact"));
            assert_eq!(kept.facts["nhsNumber"], "9990000018");
            assert_eq!(kept.keys.len(), 1);
        }
    }

    #[test]
    fn a_correction_takes_the_place_of_the_whole_field_and_the_later_one_holds() {
        let upn = json!({"path": "/identifiers", "value": [{"kind": "upn", "value": "L987654311223"}]});
        let names = |family: &str| json!({"path": "/names", "value": {"given": ["Ada"], "family": family}});
        let kept = corrected(&child("living", "exact"), &[names("Wrong"), upn, names("Right")]);
        assert_eq!(kept.facts["nhsNumber"], Value::Null);
        assert_eq!(kept.facts["upn"], "L987654311223");
        assert_eq!(kept.facts["names"]["family"], "Right");
        let expected = Kept::recorded(&ChildRecorded {
            names: serde_json::from_value(json!({"given": ["Ada"], "family": "Right"})).unwrap(),
            ..child("living", "exact")
        });
        assert_eq!(kept.keys, expected.keys);
    }

    // D-I3
    #[test]
    fn no_correction_of_one_field_makes_an_unborn_child_found() {
        let number =
            json!({"path": "/identifiers", "value": [{"kind": "nhs-number", "value": "9990000018"}]});
        let born = json!({"path": "/birth", "value": {"date": "2009-05-06", "precision": "exact"}});
        let living = json!({"path": "/childState", "value": "living"});
        let unborn = child("unborn", "expected");
        for wrong in [vec![number.clone(), born.clone()], vec![number.clone(), living.clone()]] {
            let kept = corrected(&unborn, &wrong);
            assert_eq!(kept.facts["nhsNumber"], Value::Null);
            assert_eq!(kept.keys, BTreeSet::new());
        }
        assert_eq!(corrected(&unborn, &[number, born, living]).keys.len(), 1, "born");
    }
}
