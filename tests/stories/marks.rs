//! What is said of invented families and staff with marks that stand nowhere else, so that a mark
//! that is found was leaked.

use schemas::AgencyId;
use serde_json::{Value, json};

/// Of children and their families, and what was written about them: in no answer either.
pub(crate) const OF_FAMILIES: [&str; 32] = [
    "Zyxgiven",
    "Zyxfamily",
    "Zyxknown",
    "Zyxformer",
    "Zyxlane",
    "ZY9 9ZX",
    "999444334",
    "999888779",
    "999444335",
    "98765431122",
    "987654311",
    "2013-02-27",
    "Zyxcarer",
    "07700 900987",
    "Zyxsetting",
    "Zyxdoctor",
    "Zyxreason",
    "Zyxheld",
    "Zyxintended",
    "2014-03-28",
    "999444336",
    "Zyxmews",
    "ZY8 8YX",
    "Zyxrefused",
    "Zyxrefusers",
    "2015-04-29",
    "Zyxclose",
    "ZY7 7YX",
    "Zyxlater",
    "Zyxstepfather",
    "Zyxnewlane",
    "ZY6 6YX",
];
/// Of staff: in answers to lookups, and in nothing else that is sent.
pub(crate) const OF_STAFF: [&str; 5] =
    ["Zyxteacher", "01632 960777", "Zyxmailbox", "Zyxmanager", "Zyxservice"];
/// What an answer does tell.
pub(crate) const ANSWERED: &str = "Zyxteacher";

const NHS_NUMBER: &str = "9994443348";
const TWINS: &str = "9998887798";
const RESTRICTED: &str = "9994443356";
const UPN: &str = "L987654311223";
const ULN: &str = "9876543112";
const BORN: &str = "2013-02-27";

/// A register entry.
pub(crate) fn practitioner(id: &str) -> Value {
    json!({
        "practitionerId": id, "name": "Zyxteacher Archer", "job": "teacher", "workPhone": "01632 960777",
        "secureContact": "Zyxmailbox",
        "check": {"kind": "enhanced-dbs", "checkedOn": "2025-09-01", "recheckPolicyMonths": 36,
            "vouchedBy": "Zyxmanager", "state": "held"},
        "state": "active", "authorities": ["borough"], "happenedOn": "2026-09-01", "localRef": format!("p-{id}"),
    })
}

/// A child with everything that a record may hold.
pub(crate) fn child(local_ref: &str) -> Value {
    json!({
        "names": {"given": ["Zyxgiven"], "family": "Zyxfamily", "knownAs": "Zyxknown", "former": ["Zyxformer"]},
        "birth": {"date": BORN, "precision": "exact"},
        "gender": "not-known",
        "identifiers": [
            {"kind": "nhs-number", "value": NHS_NUMBER}, {"kind": "upn", "value": UPN}, {"kind": "uln", "value": ULN},
        ],
        "addresses": [{"kind": "home", "lines": ["14 Zyxlane"], "postcode": "ZY9 9ZX", "showTo": "ordinary"}],
        "carers": [{"name": "Zyxcarer", "relationship": "mother", "parentalResponsibility": "yes-mother",
            "livesWithChild": "yes", "contactRestricted": "no", "phone": "07700 900987"}],
        "setting": {"name": "Zyxsetting"}, "gpPractice": {"name": "Zyxdoctor"},
        "childState": "living", "authority": "borough", "happenedOn": "2026-09-01", "localRef": local_ref,
    })
}

/// Another child of the same name, birth date and postcode.
pub(crate) fn twin(local_ref: &str) -> Value {
    numbered(local_ref, TWINS)
}

/// A child who is going to be restricted.
pub(crate) fn restricted(local_ref: &str) -> Value {
    let mut child = numbered(local_ref, RESTRICTED);
    child["names"]["given"] = json!(["Zyxgiven", "Hidden"]);
    child
}

fn numbered(local_ref: &str, nhs_number: &str) -> Value {
    let mut child = child(local_ref);
    child["identifiers"] = json!([{"kind": "nhs-number", "value": nhs_number}]);
    child
}

/// Corrections of two of its fields.
pub(crate) fn corrections(local_ref: &str) -> [Value; 2] {
    let names =
        json!({"given": ["Zyxgiven"], "family": "Zyxfamily", "knownAs": "Zyxlater", "former": ["Zyxformer"]});
    let mother = child("")["carers"][0].clone();
    let mut other = mother.clone();
    other["name"] = json!("Zyxstepfather");
    other["relationship"] = json!("step-parent");
    [("/names", names), ("/carers", json!([mother, other]))].map(|(path, value)| {
        json!({"path": path, "value": value, "evidence": "told-by-family", "happenedOn": "2026-10-01",
            "localRef": format!("{local_ref}{}", path.replace('/', "-"))})
    })
}

/// A child as somebody describes one whom the agency has no record of.
pub(crate) fn described(child: &Value) -> Value {
    let known = ["names", "birth", "gender", "identifiers", "addresses"];
    Value::Object(known.map(|name| (name.to_owned(), child[name].clone())).into_iter().collect())
}

/// Open work with the child.
pub(crate) fn involvement(practitioner: &str, local_ref: &str) -> Value {
    json!({
        "serviceName": "Zyxservice", "level": "targeted", "contactPhone": "01632 960777",
        "practitioner": {"id": practitioner, "roleInCase": "lead-professional"},
        "startedOn": "2026-09-02", "localRef": local_ref,
    })
}

/// A CAF.
pub(crate) fn caf(agency: &AgencyId, local_ref: &str) -> Value {
    json!({
        "cafRef": format!("{agency}/{local_ref}"), "startedOn": "2026-10-01",
        "practitioner": {"id": "t1", "roleInCase": "assessor"},
        "formMedium": "paper", "electronicRecording": "agreed", "authority": "borough", "localRef": local_ref,
    })
}

/// A restriction of the whole record.
pub(crate) fn restriction(local_ref: &str) -> Value {
    json!({"level": "whole-record", "reason": "domestic-abuse", "reviewOn": "2027-03-01", "happenedOn": "2026-10-05",
        "localRef": local_ref})
}

/// What remains of it.
pub(crate) fn restriction_lifted(local_ref: &str) -> Value {
    json!({"level": "address", "reason": "stalking", "reviewOn": "2027-03-01", "happenedOn": "2026-10-06",
        "localRef": local_ref})
}

/// The end of work.
pub(crate) fn involvement_ended(involvement: &str) -> Value {
    json!({"involvementRef": involvement, "endedOn": "2026-11-01", "endedReason": "moved", "localRef": "ie-1"})
}

/// The end of a register entry.
pub(crate) fn practitioner_ended(id: &str) -> Value {
    json!({"practitionerId": id, "endedOn": "2026-11-01", "localRef": "pe-1"})
}

/// Every way to name a child, and what it leads to. The first finds the child.
pub(crate) fn ways_of_asking() -> Vec<(Value, &'static str)> {
    let by = |kind: &str, value: &str| json!({"identifiers": [{"kind": kind, "value": value}]});
    let names = json!({"names": {"given": ["Zyxgiven"], "family": "Zyxfamily"},
        "birth": {"date": BORN, "precision": "exact"}, "postcode": "ZY9 9ZX"});
    vec![
        (by("nhs-number", NHS_NUMBER), "match"),
        (by("upn", UPN), "match"),
        (by("uln", ULN), "match"),
        (by("local", "h1"), "match"),
        (names, "ask-for"),
        (by("upn", "W999999915001"), "nothing-to-show"),
    ]
}

/// A lookup with the practitioner's own words.
pub(crate) fn lookup(practitioner: &str, by: &Value) -> Value {
    json!({"purpose": "find-lead-or-key-worker", "practitioner": {"id": practitioner}, "by": by,
        "reasonText": "Zyxreason: Zyxcarer rang about Zyxgiven, born 2013-02-27."})
}

/// A key, what is done to a good message about a child, and the code that comes back.
pub(crate) type Mistake = (&'static str, fn(Value) -> Vec<u8>, &'static str);

/// One for each check.
pub(crate) fn mistakes() -> [Mistake; 10] {
    fn with(mut all: Value, at: &str, value: Value) -> Vec<u8> {
        *all.pointer_mut(at).expect("a place") = value;
        all.to_string().into_bytes()
    }
    let key = "child.recorded";
    [
        (key, |all| all.to_string().replace('}', "").into_bytes(), "bad-form"),
        (key, |all| with(all, "/data/names", json!({"Zyxfamily": "Zyxgiven"})), "bad-form"),
        (key, |all| with(all, "/data/birth/date", json!("2013-02-27 at 5")), "bad-form"),
        (key, |all| with(all, "/subject", json!("Zyxgiven Zyxfamily")), "bad-form"),
        (key, |all| with(all, "/data/identifiers/0/value", json!("9994443349")), "check-digit"),
        (key, |all| with(all, "/data/gender", json!("Zyxgiven")), "unknown-code"),
        (key, |all| with(all, "/source", json!("Zyxfamily")), "sender-mismatch"),
        ("zyxfamily.told", |all| all.to_string().into_bytes(), "sender-mismatch"),
        (key, |all| with(all, "/data/names/given", json!(["Zyxgiven".repeat(40_000)])), "too-big"),
        (
            key,
            |all| with(all, "/data/names", (0..40).fold(json!("Zyxgiven"), |inner, _| json!([inner]))),
            "too-deep",
        ),
    ]
}
