//! Marks in what is said of intentions, of CAFs after their start, of refusals, and for others; see
//! `marks`.

use serde_json::{Value, json};
use stories::facts::{manifest, step, under};

use crate::marks;

/// Those for whom a CAF team wrote it down: kept with a refusal, and nowhere else.
pub(crate) const OF_OTHERS: [&str; 2] = ["Zyxminder", "01632 960888"];

/// A child whom no agency has a record of.
const INTENDED: &str = "9994443364";

/// The same message, written down for a childminder who rang.
pub(crate) fn for_another(mut data: Value) -> Value {
    data["onBehalfOf"] =
        json!({"agencyId": "zoe-minder", "name": "Zyxminder", "phone": "01632 960888", "how": "phone"});
    data
}

/// That a CAF is intended for the child whom the subject names.
pub(crate) fn intention(practitioner: &str, local_ref: &str) -> Value {
    json!({
        "askedBy": "parent-or-carer", "protectionConcern": "no", "authority": "borough",
        "practitioner": {"id": practitioner, "roleInCase": "assessor"},
        "happenedOn": "2026-11-10", "localRef": local_ref,
    })
}

/// … for a child who is described, and whom nobody knows.
pub(crate) fn intention_for_unknown(practitioner: &str, local_ref: &str) -> Value {
    let mut child = marks::described(&marks::child(""));
    child["names"]["given"] = json!(["Zyxintended"]);
    child["birth"]["date"] = json!("2014-03-28");
    child["identifiers"] = json!([{"kind": "nhs-number", "value": INTENDED}]);
    child["addresses"][0]["lines"] = json!(["3 Zyxmews"]);
    child["addresses"][0]["postcode"] = json!("ZY8 8YX");
    describing(practitioner, local_ref, child)
}

/// … for the child who is restricted.
pub(crate) fn intention_for_restricted(practitioner: &str, local_ref: &str) -> Value {
    describing(practitioner, local_ref, marks::described(&marks::restricted("")))
}

fn describing(practitioner: &str, local_ref: &str, child: Value) -> Value {
    let mut data = intention(practitioner, local_ref);
    data["child"] = child;
    data
}

/// A family's refusal.
pub(crate) fn refusal(practitioner: &str, local_ref: &str) -> Value {
    json!({
        "child": {
            "names": {"given": ["Zyxrefused"], "family": "Zyxrefusers", "knownAs": "Zyxknown", "former": ["Zyxformer"]},
            "birth": {"date": "2015-04-29", "precision": "exact"},
            "address": {"kind": "home", "lines": ["5 Zyxclose"], "postcode": "ZY7 7YX", "showTo": "ordinary"},
        },
        "practitioner": {"id": practitioner}, "refusedOn": "2026-11-12", "authority": "borough",
        "localRef": local_ref,
    })
}

/// The form; this and what follows are a type and what such a statement says of a CAF.
pub(crate) fn completed(on: &str) -> (&'static str, Value) {
    let form = json!({"completedOn": on, "manifest": manifest(), "sentToCafTeamOn": on,
        "consentRefs": ["con-1"]});
    ("caf.completed", form)
}

/// The form goes back.
pub(crate) fn returned() -> (&'static str, Value) {
    let gaps = json!(["capacity-not-recorded", "opinion-not-attributed"]);
    let back = json!({"checkedOn": "2026-11-04", "result": "returned", "codes": gaps, "dueBy": "2026-11-18"});
    ("caf.checked", back)
}

/// The form is as it should be.
pub(crate) fn checked() -> (&'static str, Value) {
    ("caf.checked", json!({"checkedOn": "2026-11-08", "result": "checked"}))
}

/// To another authority, with the family's new address.
pub(crate) fn transferred(state: &str) -> (&'static str, Value) {
    let to = json!({"kind": "home", "lines": ["7 Zyxnewlane"], "postcode": "ZY6 6YX", "showTo": "ordinary"});
    let moved = json!({"fromAuthority": "borough", "toAuthority": "county", "movedOn": "2026-11-09",
        "newAddress": to, "consentRef": "con-3", "state": state});
    ("caf.transferred", json!({"on": "2026-11-10", "transfer": moved, "familyTold": {"when": "before"}}))
}

/// Closed, open again, withdrawn.
pub(crate) fn endings() -> [(&'static str, Value); 3] {
    let told = json!({"when": "not-told", "code": "risk-to-child", "reviewOn": "2027-01-10"});
    [
        (
            "caf.closed",
            json!({"closedOn": "2026-11-12", "closureCode": "family-not-engaging", "familyTold": told}),
        ),
        ("caf.reopened", json!({"reopenedOn": "2026-11-15", "consentRef": "con-2", "familyTold": told})),
        (
            "caf.withdrawn",
            json!({"withdrawnOn": "2026-11-16", "reasonCode": "wrong-child", "familyTold": told}),
        ),
    ]
}

/// A type, where in a good refusal, intention or ending something stands that must not, and the code
/// that comes back.
pub(crate) fn mistakes() -> Vec<(&'static str, Option<&'static str>, Value, &'static str)> {
    let with = |mut data: Value, at: &str, value: Value| {
        *data.pointer_mut(at).expect("a place") = value;
        data
    };
    let refusal = || for_another(refusal("co1", "r-9"));
    let unknown = || for_another(intention_for_unknown("co1", "int-9"));
    let by_subject = Some("local:b1");
    let about_a_caf = |(kind, more): (&'static str, Value)| {
        (kind, for_another(under("s-9", step("nobodys-agency/caf-1", ("co1", "coordinator"), &more))))
    };
    let (closed, ending) = about_a_caf(endings()[0].clone());
    let (transferred, moved) = about_a_caf(transferred("proposed"));
    let (completed, form) = about_a_caf(completed("2026-11-02"));
    vec![
        (
            "caf.refused",
            None,
            with(refusal(), "/child/names", json!({"Zyxrefused": "Zyxrefusers"})),
            "bad-form",
        ),
        ("caf.refused", None, with(refusal(), "/child/address/kind", json!("Zyxclose")), "unknown-code"),
        ("caf.refused", None, with(refusal(), "/child/birth/date", json!("2015-04-31")), "date-impossible"),
        ("caf.refused", None, with(refusal(), "/onBehalfOf/how", json!("Zyxminder")), "unknown-code"),
        ("caf.refused", by_subject, refusal(), "bad-form"),
        (
            "caf.intended",
            None,
            with(unknown(), "/child/identifiers/0/value", json!("9994443365")),
            "check-digit",
        ),
        ("caf.intended", by_subject, unknown(), "bad-form"),
        ("caf.intended", None, with(unknown(), "/authority", json!("zyxintended")), "unknown-code"),
        ("caf.intended", None, with(unknown(), "/practitioner/id", json!("nobody")), "unknown-practitioner"),
        (closed, by_subject, with(ending, "/closureCode", json!("Zyxreason")), "unknown-code"),
        (
            transferred,
            by_subject,
            with(moved, "/transfer/newAddress/lines", json!([["Zyxnewlane"]])),
            "bad-form",
        ),
        (
            completed,
            by_subject,
            with(form, "/manifest/agreedBy/0/person", json!("Zyxcarer of Zyxgiven")),
            "bad-form",
        ),
    ]
}
