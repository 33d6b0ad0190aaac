//! The data of the messages that the demo sends.

use schemas::AuthorityId;
use serde_json::{Value, json};

use super::invented::Child;

/// Somebody who works for an agency.
#[derive(Clone, Copy, Debug)]
pub(super) struct Practitioner {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) job: &'static str,
    pub(super) phone: &'static str,
}

pub(super) const TEACHER: Practitioner =
    Practitioner { id: "demo-t-01", name: "Rosa Lindqvist", job: "senco", phone: "020 7946 0103" };
pub(super) const HEALTH_VISITOR: Practitioner =
    Practitioner { id: "demo-hv-01", name: "Marcus Adeyemi", job: "health-visitor", phone: "020 7946 0133" };
pub(super) const CLINICIAN: Practitioner = Practitioner {
    id: "demo-c-01",
    name: "Ines Ferreira",
    job: "sexual-health-worker",
    phone: "020 7946 0173",
};

/// `practitioner.recorded`: the same at every run, so that a later one is a duplicate.
pub(super) fn on_register(who: Practitioner, authority: &AuthorityId) -> Value {
    json!({
        "practitionerId": who.id,
        "name": who.name,
        "job": who.job,
        "workPhone": who.phone,
        "check": {
            "kind": "enhanced-dbs",
            "checkedOn": "2025-03-03",
            "recheckPolicyMonths": 36,
            "vouchedBy": "Demo Line Manager",
            "state": "held",
        },
        "state": "active",
        "authorities": [authority],
        "happenedOn": "2025-09-01",
        "localRef": format!("{}-entry", who.id),
    })
}

/// `child.recorded`
pub(super) fn child(child: &Child, authority: &AuthorityId, today: &str) -> Value {
    json!({
        "names": { "given": [child.given], "family": child.family },
        "birth": { "date": child.birth, "precision": "exact" },
        "gender": "not-specified",
        "identifiers": [{ "kind": "nhs-number", "value": child.nhs_number }],
        "addresses": [{
            "kind": "home",
            "lines": ["1 Invented Street"],
            "postcode": "ZZ1 1ZZ",
            "showTo": "ordinary",
        }],
        "childState": "living",
        "authority": authority,
        "synthetic": true,
        "happenedOn": today,
        "localRef": format!("{}-record", child.local_id),
    })
}

/// `involvement.recorded`
pub(super) fn involvement(child: &Child, who: Practitioner, role: &str, service: &str, today: &str) -> Value {
    json!({
        "serviceName": service,
        "level": "targeted",
        "practitioner": { "id": who.id, "roleInCase": role },
        "startedOn": today,
        "localRef": format!("{}-work", child.local_id),
    })
}

/// `caf.started`
pub(super) fn notice(agency: &str, child: &Child, authority: &AuthorityId, today: &str) -> Value {
    json!({
        "cafRef": format!("{agency}/{}-caf", child.local_id),
        "startedOn": today,
        "practitioner": { "id": TEACHER.id, "roleInCase": "assessor" },
        "formMedium": "local-system",
        "electronicRecording": "agreed",
        "authority": authority,
        "localRef": format!("{}-notice", child.local_id),
    })
}

/// `caf.started` with three mistakes.
pub(super) fn faulty_notice(agency: &str, child: &Child, authority: &AuthorityId) -> Value {
    let mut data = notice(agency, child, authority, "2026-02-30");
    data["formMedium"] = json!("on-a-napkin");
    data["localRef"] = json!("");
    data
}

/// `index.looked-up` by NHS number.
pub(super) fn lookup(practitioner: &str, nhs_number: &str) -> Value {
    json!({
        "purpose": "avoid-duplicate-assessment",
        "practitioner": { "id": practitioner },
        "by": { "identifiers": [{ "kind": "nhs-number", "value": nhs_number }] },
        "synthetic": true,
    })
}
