//! How what is said reads in a message.

use schemas::ToIndex;
use serde_json::{Value, json};

use super::said::{AGENCIES, Right, Said, Step, What, agency};

/// No record says so, but a correction may.
pub(super) const CORRECTED_BIRTH: &str = "2015-03-13";

impl Said {
    pub(super) fn data(&self) -> ToIndex {
        let on = self.happened();
        match &self.what {
            What::Practitioner { state } => ToIndex::PractitionerRecorded(read(json!({
                "practitionerId": "p1", "name": format!("Person {}", letter(self.day)), "job": "other",
                "workPhone": "0116 496 0000", "check": {"state": "held"}, "state": state, "deputy": "p2",
                "authorities": ["borough"], "happenedOn": on, "localRef": "w1",
            }))),
            What::PractitionerEnded => ToIndex::PractitionerEnded(read(
                json!({"practitionerId": "p1", "endedOn": on, "localRef": "w2"}),
            )),
            What::Child { by_number, restricted, state } => {
                ToIndex::ChildRecorded(read(child(&on, *by_number, restricted, state)))
            }
            What::Corrected { number, what } => {
                ToIndex::ChildCorrected(read(correction(&on, *number, *what)))
            }
            What::Restricted { level } => ToIndex::RestrictionSet(read(json!({
                "level": level, "reviewOn": "2027-01-01", "happenedOn": on, "localRef": "r1",
            }))),
            What::Lifted { to_address: false } => ToIndex::RestrictionLifted(read(json!({
                "level": "none", "happenedOn": on, "localRef": "l1",
            }))),
            What::Lifted { to_address: true } => ToIndex::RestrictionLifted(read(json!({
                "level": "address", "reason": "stalking", "reviewOn": "2027-01-01", "happenedOn": on,
                "localRef": "l2",
            }))),
            What::Involvement { number, role, level, sensitive } => {
                ToIndex::InvolvementRecorded(read(json!({
                    "serviceName": "Support", "level": level, "startedOn": "2026-11-01", "happenedOn": on,
                    "practitioner": {"id": "p1", "roleInCase": role}, "sensitive": sensitive,
                    "keyWorker": *role == "key-worker", "localRef": format!("i{number}"),
                })))
            }
            What::InvolvementEnded { number } => ToIndex::InvolvementEnded(read(json!({
                "involvementRef": format!("i{number}"), "endedOn": on, "endedReason": "work-done",
                "localRef": format!("e{number}"),
            }))),
            What::Intended { number, described } => {
                ToIndex::CafIntended(read(intended(&on, *number, *described)))
            }
            What::Started { number, authority, upon } => {
                ToIndex::CafStarted(read(self.started(*number, authority, *upon)))
            }
            What::Refused { number } => ToIndex::CafRefused(read(refused(&on, *number))),
            What::Step { number, of, caf, step } => {
                let common = json!({
                    "cafRef": format!("{}/{caf}", agency(*of)),
                    "practitioner": {"id": "p1", "roleInCase": "assessor"},
                    // A CAF team speaks for its own authority.
                    "authority": AGENCIES[self.by].2.unwrap_or("borough"),
                    "familyTold": {"when": "before"}, "localRef": format!("s{number}"),
                });
                step.data(common, &on)
            }
        }
    }

    fn started(&self, number: u8, authority: &str, upon: Option<u8>) -> Value {
        let mut data = json!({
            "cafRef": format!("{}/{number}", agency(self.by)), "startedOn": "2026-11-04",
            "practitioner": {"id": "p1", "roleInCase": "assessor"}, "formMedium": "paper",
            "electronicRecording": "agreed", "authority": authority, "happenedOn": self.happened(),
            "localRef": format!("f{number}"),
        });
        if let Some(intention) = upon {
            data["intentionRef"] = json!(format!("n{intention}"));
        }
        data
    }
}

impl Step {
    fn data(self, mut data: Value, on: &str) -> ToIndex {
        match self {
            Self::Completed { sent } => {
                data["completedOn"] = json!(on);
                if sent {
                    data["sentToCafTeamOn"] = json!("2026-11-13");
                }
                data["consentRefs"] = json!(["con-1"]);
                data["manifest"] = json!({
                    "parts": [{"part": "identity", "state": "filled"}], "assessorSignedOn": "2026-11-02",
                    "agreedBy": [], "excludedRecorded": "yes", "safeguardingConsidered": "yes",
                    "safeguardingActed": "not-applicable", "singleAgencyTried": "yes", "copyGiven": [],
                });
                ToIndex::CafCompleted(read(data))
            }
            Self::Checked { result } => {
                data["checkedOn"] = json!(on);
                data["result"] = json!(result);
                ToIndex::CafChecked(read(data))
            }
            Self::Transferred { state, to } => {
                data["on"] = json!(on);
                data["transfer"] = json!({
                    "fromAuthority": "borough", "toAuthority": to, "movedOn": "2026-11-04", "state": state,
                });
                ToIndex::CafTransferred(read(data))
            }
            Self::Closed { code } => {
                data["closedOn"] = json!(on);
                data["closureCode"] = json!(code);
                ToIndex::CafClosed(read(data))
            }
            Self::Reopened => {
                data["reopenedOn"] = json!(on);
                data["consentRef"] = json!("con-2");
                ToIndex::CafReopened(read(data))
            }
            Self::Withdrawn => {
                data["withdrawnOn"] = json!(on);
                data["reasonCode"] = json!("wrong-child");
                ToIndex::CafWithdrawn(read(data))
            }
        }
    }
}

/// Half of the records have the number, the others only what describes the child; before birth none has.
fn child(on: &str, by_number: bool, restricted: &str, state: &str) -> Value {
    let mut child = described(by_number);
    child["childState"] = json!(state);
    child["authority"] = json!("borough");
    child["happenedOn"] = json!(on);
    child["localRef"] = json!("k1");
    if state == "unborn" {
        child["birth"] = json!({"date": "2026-12-04", "precision": "expected"});
    }
    if restricted != "none" {
        child["restricted"] = json!(restricted);
    }
    child
}

fn described(by_number: bool) -> Value {
    let mut child = json!({
        "names": {"given": ["Ada"], "family": "Example"}, "gender": "female",
        "birth": {"date": "2015-03-12", "precision": "exact"}, "addresses": [home("ZZ1 1AA")],
    });
    if by_number {
        child["identifiers"] = number();
    }
    child
}

fn home(postcode: &str) -> Value {
    json!({"kind": "home", "lines": ["1 Invented Row"], "postcode": postcode, "showTo": "ordinary"})
}

fn number() -> Value {
    json!([{"kind": "nhs-number", "value": "9990000018"}])
}

/// A field, and what is right.
fn correction(on: &str, fact: u8, what: Right) -> Value {
    let (path, value) = match what {
        Right::Number => ("/identifiers", number()),
        Right::NoNumber => ("/identifiers", json!([])),
        Right::Family => ("/names", json!({"given": ["Ada"], "family": "Exampel"})),
        Right::Birth => ("/birth", json!({"date": CORRECTED_BIRTH, "precision": "exact"})),
        Right::Address => ("/addresses", json!([home("ZZ2 2BB")])),
        Right::State(state) => ("/childState", json!(state)),
        Right::Authority => ("/authority", json!("county")),
    };
    json!({"path": path, "value": value, "happenedOn": on, "localRef": format!("x{fact}")})
}

/// That a family refused a CAF.
fn refused(on: &str, fact: u8) -> Value {
    json!({
        "child": {"names": {"given": ["Ada"], "family": "Example"},
                  "birth": {"date": "2015-03-12", "precision": "exact"}, "address": home("ZZ1 1AA")},
        "practitioner": {"id": "p1"}, "refusedOn": on, "authority": "borough", "localRef": format!("n{fact}"),
    })
}

/// That a CAF is intended by somebody who may ask.
fn intended(on: &str, number: u8, is_described: bool) -> Value {
    let mut data = json!({
        "askedBy": "practitioner", "protectionConcern": "no", "authority": "borough", "happenedOn": on,
        "practitioner": {"id": "asker", "roleInCase": "assessor"}, "localRef": format!("n{number}"),
    });
    if is_described {
        data["child"] = described(true);
    }
    data
}

fn letter(number: u8) -> char {
    char::from(b'A' + number)
}

fn read<T: serde::de::DeserializeOwned>(data: Value) -> T {
    serde_json::from_value(data).expect("a message's data")
}
