//! What five agencies may say of one child, drawn by chance: small numbers and codes, so that a history
//! that fails prints and shrinks.

use kit::Message;
use proptest::prelude::*;
use proptest::sample::select;
use schemas::{Accepted, AgencyId, AgencyKind, Inbound, MessageId, Subject};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::NOW;

/// Who they are, of which kind, and whose CAF team.
pub(super) const AGENCIES: [(&str, AgencyKind, Option<&str>); 5] = [
    ("school", AgencyKind::School, None),
    ("health", AgencyKind::HealthVisiting, None),
    ("social", AgencyKind::SocialCare, None),
    ("borough-team", AgencyKind::CafTeam, Some("borough")),
    ("county-team", AgencyKind::CafTeam, Some("county")),
];

const CLOSURES: [&str; 5] =
    ["needs-met", "family-withdrew-consent", "died", "adopted", "family-not-engaging"];

/// One statement, and where in another delivery it comes, perhaps twice.
#[derive(Clone, Debug)]
pub(super) struct Said {
    by: usize,
    what: What,
    /// A day, and whether the hour is said too.
    day: u8,
    to_the_hour: bool,
    /// Which of the agency's ids of the child: now and then it has two records.
    record: u8,
    pub(super) place: u16,
    pub(super) again: Option<u16>,
}

/// What is said; the numbers tell an agency's own facts apart, and a fact said twice has two versions.
#[derive(Clone, Debug)]
enum What {
    Practitioner {
        state: &'static str,
    },
    PractitionerEnded,
    Child {
        by_number: bool,
        restricted: &'static str,
        state: &'static str,
    },
    Restricted {
        level: &'static str,
    },
    Lifted {
        to_address: bool,
    },
    Involvement {
        number: u8,
        role: &'static str,
        level: &'static str,
        sensitive: bool,
    },
    InvolvementEnded {
        number: u8,
    },
    Started {
        number: u8,
        authority: &'static str,
    },
    /// Of the CAF of an agency.
    Step {
        number: u8,
        of: usize,
        caf: u8,
        step: Step,
    },
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Completed,
    Checked { result: &'static str },
    Transferred { state: &'static str, to: &'static str },
    Closed { code: &'static str },
    Reopened,
    Withdrawn,
}

/// A history: who is known at first, and what is said from then on, each with the number of its message.
pub(super) fn history() -> impl Strategy<Value = Vec<Said>> {
    let first = (0..AGENCIES.len()).prop_flat_map(|by| {
        let child = Just(What::Child { by_number: by != 1, restricted: "none", state: "living" });
        let what = prop_oneof![child, Just(What::Practitioner { state: "active" })];
        (Just(by), what, (Just(0), Just(false), select(vec![0, 0, 0, 0, 1])))
    });
    let when = || (0..9_u8, any::<bool>(), select(vec![0, 0, 0, 0, 1]));
    let later = (0..AGENCIES.len(), what(), when());
    // Most of what is said of a CAF is said by those whose it is to say, of the school's CAF.
    let life = (theirs(), 0..4_u8, when())
        .prop_map(|((by, step), number, when)| (by, What::Step { number, of: 0, caf: 0, step }, when));
    let started = Just((0, What::Started { number: 0, authority: "borough" }, (0, false, 0)));
    let said = prop_oneof![5 => first, 6 => later, 6 => life, 1 => started];
    let delivered = (said, any::<u16>(), proptest::option::weighted(0.3, any::<u16>()));
    let said = delivered.prop_map(|((by, what, (day, to_the_hour, record)), place, again)| Said {
        by,
        what,
        day,
        to_the_hour,
        record,
        place,
        again,
    });
    proptest::collection::vec(said, 0..28)
}

fn what() -> impl Strategy<Value = What> {
    let number = || 0..2_u8;
    let level = || select(vec!["none", "none", "none", "none", "address", "whole-record"]);
    prop_oneof![
        2 => select(vec!["active", "active", "on-leave"]).prop_map(|state| What::Practitioner { state }),
        1 => Just(What::PractitionerEnded),
        2 => (any::<bool>(), level(), select(vec!["living", "living", "living", "died", "pregnancy-ended"]))
            .prop_map(|(by_number, restricted, state)| What::Child { by_number, restricted, state }),
        1 => level().prop_map(|level| What::Restricted { level }),
        1 => any::<bool>().prop_map(|to_address| What::Lifted { to_address }),
        5 => (
            number(),
            select(vec!["team-member", "lead-professional", "key-worker"]),
            select(vec!["universal", "specialist-statutory"]),
            proptest::bool::weighted(0.15),
        )
            .prop_map(|(number, role, level, sensitive)| What::Involvement { number, role, level, sensitive }),
        2 => number().prop_map(|number| What::InvolvementEnded { number }),
        4 => (number(), select(vec!["borough", "borough", "county"]))
            .prop_map(|(number, authority)| What::Started { number, authority }),
        4 => (number(), 0..3_usize, number(), step())
            .prop_map(|(number, of, caf, step)| What::Step { number, of, caf, step }),
    ]
}

/// What the school and the two CAF teams may say of the school's CAF.
fn theirs() -> impl Strategy<Value = (usize, Step)> {
    let to = "county";
    let by_school = prop_oneof![
        3 => Just(Step::Completed),
        2 => select(CLOSURES.to_vec()).prop_map(|code| Step::Closed { code }),
        1 => Just(Step::Withdrawn),
    ];
    let by_borough = prop_oneof![
        2 => select(vec!["checked", "returned"]).prop_map(|result| Step::Checked { result }),
        3 => Just(Step::Transferred { state: "proposed", to }),
        1 => Just(Step::Reopened),
    ];
    let by_county = prop_oneof![
        1 => select(vec!["checked", "returned"]).prop_map(|result| Step::Checked { result }),
        3 => select(vec!["taken-on", "taken-on", "declined"])
            .prop_map(move |state| Step::Transferred { state, to }),
        1 => Just(Step::Reopened),
    ];
    prop_oneof![(Just(0), by_school), (Just(3), by_borough), (Just(4), by_county),]
}

fn step() -> impl Strategy<Value = Step> {
    let state = select(vec!["proposed", "proposed", "taken-on", "declined"]);
    prop_oneof![
        2 => Just(Step::Completed),
        3 => select(vec!["checked", "returned"]).prop_map(|result| Step::Checked { result }),
        3 => (state, select(vec!["county", "county", "borough"]))
            .prop_map(|(state, to)| Step::Transferred { state, to }),
        2 => select(CLOSURES.to_vec()).prop_map(|code| Step::Closed { code }),
        1 => Just(Step::Reopened),
        1 => Just(Step::Withdrawn),
    ]
}

impl Said {
    /// As it happened: by the moment, then by the message.
    pub(super) fn happened(&self) -> String {
        let day = format!("2026-11-{:02}", 5 + self.day);
        if self.to_the_hour { format!("{day}T09:30:00Z") } else { day }
    }

    /// The message with that number.
    pub(super) fn message(&self, number: u128) -> Message {
        let data = self.data();
        let (sender, id, kind) =
            (agency(self.by), MessageId::from_uuid(Uuid::from_u128(number)), data.message_type());
        let local = Subject::parse(&format!("local:c{}", self.record));
        let subject = match &self.what {
            What::Practitioner { .. } | What::PractitionerEnded => None,
            What::Child { .. }
            | What::Restricted { .. }
            | What::Lifted { .. }
            | What::Involvement { .. }
            | What::InvolvementEnded { .. }
            | What::Started { .. }
            | What::Step { .. } => local.ok(),
        };
        let body = Accepted {
            id,
            source: sender.clone(),
            time: NOW,
            subject,
            correlation: None,
            causation: None,
            traceparent: None,
            data,
        };
        Message { sender, id, kind, body, received_at: NOW }
    }

    fn data(&self) -> Inbound {
        let on = self.happened();
        match &self.what {
            What::Practitioner { state } => Inbound::PractitionerRecorded(read(json!({
                "practitionerId": "p1", "name": format!("Person {}", letter(self.day)), "job": "other",
                "workPhone": "0116 496 0000", "check": {"state": "held"}, "state": state, "deputy": "p2",
                "authorities": ["borough"], "happenedOn": on, "localRef": "w1",
            }))),
            What::PractitionerEnded => Inbound::PractitionerEnded(read(
                json!({"practitionerId": "p1", "endedOn": on, "localRef": "w2"}),
            )),
            What::Child { by_number, restricted, state } => {
                Inbound::ChildRecorded(read(child(&on, *by_number, restricted, state)))
            }
            What::Restricted { level } => Inbound::RestrictionSet(read(json!({
                "level": level, "reviewOn": "2027-01-01", "happenedOn": on, "localRef": "r1",
            }))),
            What::Lifted { to_address: false } => Inbound::RestrictionLifted(read(json!({
                "level": "none", "happenedOn": on, "localRef": "l1",
            }))),
            What::Lifted { to_address: true } => Inbound::RestrictionLifted(read(json!({
                "level": "address", "reason": "stalking", "reviewOn": "2027-01-01", "happenedOn": on,
                "localRef": "l2",
            }))),
            What::Involvement { number, role, level, sensitive } => {
                Inbound::InvolvementRecorded(read(json!({
                    "serviceName": "Support", "level": level, "startedOn": "2026-11-01", "happenedOn": on,
                    "practitioner": {"id": "p1", "roleInCase": role}, "sensitive": sensitive,
                    "keyWorker": *role == "key-worker", "localRef": format!("i{number}"),
                })))
            }
            What::InvolvementEnded { number } => Inbound::InvolvementEnded(read(json!({
                "involvementRef": format!("i{number}"), "endedOn": on, "endedReason": "work-done",
                "localRef": format!("e{number}"),
            }))),
            What::Started { number, authority } => Inbound::CafStarted(read(json!({
                "cafRef": format!("{}/{number}", agency(self.by)), "startedOn": "2026-11-04",
                "happenedOn": on, "practitioner": {"id": "p1", "roleInCase": "assessor"},
                "formMedium": "paper", "electronicRecording": "agreed", "authority": authority,
                "localRef": format!("f{number}"),
            }))),
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
}

impl Step {
    fn data(self, mut data: Value, on: &str) -> Inbound {
        match self {
            Self::Completed => {
                data["completedOn"] = json!(on);
                data["consentRefs"] = json!(["con-1"]);
                data["manifest"] = json!({
                    "parts": [{"part": "identity", "state": "filled"}], "assessorSignedOn": "2026-11-02",
                    "agreedBy": [], "excludedRecorded": "yes", "safeguardingConsidered": "yes",
                    "safeguardingActed": "not-applicable", "singleAgencyTried": "yes", "copyGiven": [],
                });
                Inbound::CafCompleted(read(data))
            }
            Self::Checked { result } => {
                data["checkedOn"] = json!(on);
                data["result"] = json!(result);
                Inbound::CafChecked(read(data))
            }
            Self::Transferred { state, to } => {
                data["on"] = json!(on);
                data["transfer"] = json!({
                    "fromAuthority": "borough", "toAuthority": to, "movedOn": "2026-11-04", "state": state,
                });
                Inbound::CafTransferred(read(data))
            }
            Self::Closed { code } => {
                data["closedOn"] = json!(on);
                data["closureCode"] = json!(code);
                Inbound::CafClosed(read(data))
            }
            Self::Reopened => {
                data["reopenedOn"] = json!(on);
                data["consentRef"] = json!("con-2");
                Inbound::CafReopened(read(data))
            }
            Self::Withdrawn => {
                data["withdrawnOn"] = json!(on);
                data["reasonCode"] = json!("wrong-child");
                Inbound::CafWithdrawn(read(data))
            }
        }
    }
}

/// Half of the records have the number, the others only what describes the child.
fn child(on: &str, by_number: bool, restricted: &str, state: &str) -> Value {
    let mut child = json!({
        "names": {"given": ["Ada"], "family": "Example"}, "gender": "female",
        "birth": {"date": "2015-03-12", "precision": "exact"}, "childState": state,
        "addresses": [{"kind": "home", "lines": ["1 Invented Row"], "postcode": "ZZ1 1AA", "showTo": "ordinary"}],
        "authority": "borough", "happenedOn": on, "localRef": "k1",
    });
    if by_number {
        child["identifiers"] = json!([{"kind": "nhs-number", "value": "9990000018"}]);
    }
    if restricted != "none" {
        child["restricted"] = json!(restricted);
    }
    child
}

pub(super) fn agency(at: usize) -> AgencyId {
    AgencyId::parse(AGENCIES[at].0).expect("an agency id")
}

fn letter(number: u8) -> char {
    char::from(b'A' + number)
}

fn read<T: serde::de::DeserializeOwned>(data: Value) -> T {
    serde_json::from_value(data).expect("a message's data")
}

/// The moment at which it holds, for the order of happening.
pub(super) fn effective(said: &Said) -> OffsetDateTime {
    schemas::Happened::parse(&said.happened()).expect("a moment").effective_at()
}
