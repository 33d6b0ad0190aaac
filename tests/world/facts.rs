//! Invented people and what agencies say of them. Numbers lie outside the issued ranges.

use serde_json::{Value, json};

/// A child with everything that links it.
#[must_use]
pub fn child(given: &str, family: &str, born: &str, nhs_number: Option<&str>, postcode: &str) -> Value {
    let mut child = json!({
        "names": {"given": [given], "family": family},
        "birth": {"date": born, "precision": "exact"},
        "gender": "not-known",
        "addresses": [{"kind": "home", "lines": ["1 Invented Row"], "postcode": postcode, "showTo": "ordinary"}],
        "childState": "living",
        "authority": "borough",
        "happenedOn": "2026-09-01",
    });
    if let Some(number) = nhs_number {
        child["identifiers"] = json!([{"kind": "nhs-number", "value": number}]);
    }
    child
}

/// A practitioner who may act.
#[must_use]
pub fn practitioner(id: &str, name: &str, job: &str) -> Value {
    json!({
        "practitionerId": id,
        "name": name,
        "job": job,
        "workPhone": "01632 960123",
        "check": {"kind": "enhanced-dbs", "checkedOn": "2025-09-01", "recheckPolicyMonths": 36, "vouchedBy": "Head of service", "state": "held"},
        "state": "active",
        "authorities": ["borough"],
        "happenedOn": "2026-09-01",
    })
}

/// An open involvement.
#[must_use]
pub fn involvement(practitioner: &str, role: &str, service: &str) -> Value {
    json!({
        "serviceName": service,
        "level": "universal",
        "practitioner": {"id": practitioner, "roleInCase": role},
        "startedOn": "2026-09-02",
    })
}

/// A CAF that was started.
#[must_use]
pub fn caf(caf_ref: &str, assessor: &str) -> Value {
    json!({
        "cafRef": caf_ref,
        "startedOn": "2026-10-01",
        "practitioner": {"id": assessor, "roleInCase": "assessor"},
        "formMedium": "paper",
        "electronicRecording": "agreed",
        "authority": "borough",
    })
}

/// The same data under a reference of the agency's own.
#[must_use]
pub fn under(local_ref: &str, mut data: Value) -> Value {
    data["localRef"] = json!(local_ref);
    data
}

/// The same data with these fields besides, or instead; null takes a field away.
///
/// # Panics
/// When one of them is no object.
#[must_use]
pub fn with(mut data: Value, more: &Value) -> Value {
    let fields = data.as_object_mut().expect("data are fields");
    for (name, value) in more.as_object().expect("fields") {
        match value {
            Value::Null => fields.remove(name),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                fields.insert(name.clone(), value.clone())
            }
        };
    }
    data
}

/// The `n`th invented NHS number: of the range 999, which is kept for tests.
///
/// # Panics
/// When `n` is too large for the range.
#[must_use]
pub fn nhs_number(n: u32) -> String {
    assert!(n < 400_000, "the range ends");
    // Of two neighbours at most one would need the digit 10, for which no number is issued.
    [2 * n, 2 * n + 1]
        .map(|serial| format!("999{serial:06}"))
        .into_iter()
        .find_map(|digits| {
            let places = digits.bytes().zip((2..=10).rev());
            let sum: u32 = places.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
            match (11 - sum % 11) % 11 {
                10 => None,
                check => Some(format!("{digits}{check}")),
            }
        })
        .expect("one of two neighbours has a check digit")
}

/// A restriction for safety.
#[must_use]
pub fn restriction(level: &str) -> Value {
    json!({
        "level": level,
        "reason": "domestic-abuse",
        "reviewOn": "2027-03-01",
        "happenedOn": "2026-10-05",
    })
}

/// The question for a child by name, birth date and postcode.
#[must_use]
pub fn by_name(given: &str, family: &str, born: &str, postcode: &str) -> Value {
    json!({
        "names": {"given": [given], "family": family},
        "birth": {"date": born, "precision": "exact"},
        "postcode": postcode,
    })
}

/// A statement about a CAF after its start.
#[must_use]
pub fn step(caf_ref: &str, by: (&str, &str), more: &Value) -> Value {
    let data = json!({
        "cafRef": caf_ref,
        "practitioner": {"id": by.0, "roleInCase": by.1},
        "authority": "borough",
    });
    with(data, more)
}

/// A form with nothing missing.
#[must_use]
pub fn manifest() -> Value {
    json!({
        "parts": [{"part": "identity", "state": "filled"}, {"part": "dev-learning", "state": "filled"}],
        "assessorSignedOn": "2026-11-02",
        "agreedBy": [{"person": "person:m-1", "capacity": "parent-with-pr", "how": "written", "on": "2026-11-02"}],
        "excludedRecorded": "yes",
        "safeguardingConsidered": "yes",
        "safeguardingActed": "not-applicable",
        "singleAgencyTried": "yes",
        "copyGiven": [{"to": "child", "on": "2026-11-02", "how": "by-hand"}],
    })
}

/// That a CAF is intended for a child who is named by the subject.
#[must_use]
pub fn intention(practitioner: &str) -> Value {
    json!({
        "askedBy": "parent-or-carer",
        "protectionConcern": "no",
        "practitioner": {"id": practitioner, "roleInCase": "assessor"},
        "authority": "borough",
        "happenedOn": "2026-11-10",
    })
}
