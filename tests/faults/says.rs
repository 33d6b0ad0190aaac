//! What each agency of a run goes on saying, and what comes back for it.

use caf::client::{Outgoing, TypeName};
use schemas::AgencyId;
use serde_json::{Value, json};

use super::shares::Shares;
use crate::facts::{caf, child, intention, manifest, restriction, step, under};

/// CAFs of one child, one after the other. A child does not have thousands.
const CAFS_OF_ONE: u64 = 4;
/// So long ago was the form of the last of them done that its copy is overdue on the day of the run.
pub(super) const LONG_AGO: &str = "2026-10-20";

const RECEIPT: &str = "uk.caf.receipt.issued.v1";

/// What comes back for a message of a type, each exactly once.
pub(super) fn awaited(of_type: &str) -> &'static [&'static str] {
    match of_type {
        "uk.caf.index.looked-up.v1" => &["uk.caf.index.answered.v1"],
        "uk.caf.caf.intended.v1" => &[RECEIPT, "uk.caf.caf.advised.v1"],
        _ => &[RECEIPT],
    }
}

/// Who speaks.
#[derive(Clone, Debug)]
pub(super) enum Says {
    /// Of each CAF the start, the form, the end. The last of a child's stays open, and another family refuses.
    School,
    /// Looks up.
    Visitors,
    /// Restricts a child, lifts it, and intends a CAF for another.
    Police,
    /// The CAF team that keeps the log checks the forms of some CAFs, again and again, and offers others
    /// to the next team.
    Keeper {
        checked: Vec<String>,
        moved: Vec<String>,
    },
    /// The next team takes them on, or declines.
    Taker {
        moved: Vec<String>,
    },
    Shares(Shares),
}

type Said = (&'static str, Option<String>, Value);

impl Says {
    /// The `n`th message.
    pub(super) fn message(&self, agency: &AgencyId, n: u64) -> Outgoing {
        let (kind, subject, data) = match self {
            Self::School => of_caf(agency, n),
            Self::Visitors => {
                let by = json!({"identifiers": [{"kind": "nhs-number", "value": "9990000018"}]});
                let data = json!({"purpose": "assess-need", "practitioner": {"id": "hv1"}, "by": by});
                ("index.looked-up", None, data)
            }
            Self::Police => of_police(n),
            Self::Keeper { checked, .. } if n.is_multiple_of(2) => {
                let gaps = json!({"checkedOn": "2026-11-04", "result": "returned", "codes": ["not-signed"],
                    "dueBy": "2026-11-18"});
                of_team("caf.checked", checked, n / 2, &gaps)
            }
            Self::Keeper { moved, .. } => transfer(moved, n / 2, "proposed"),
            Self::Taker { moved } if n.is_multiple_of(2) => transfer(moved, n / 2, "taken-on"),
            Self::Taker { moved } => transfer(moved, n / 2, "declined"),
            Self::Shares(shares) => shares.message(n),
        };
        Outgoing::new(agency.as_str(), TypeName::parse(kind).expect("a type"), subject.as_deref(), data)
    }
}

impl Says {
    /// What it says to something that came.
    pub(super) fn reply(&self, agency: &AgencyId, came: &Value) -> Option<Outgoing> {
        match self {
            Self::Shares(_) => Shares::reply(agency, came),
            Self::School | Self::Visitors | Self::Police | Self::Keeper { .. } | Self::Taker { .. } => None,
        }
    }
}

/// Of the `n / 3`th CAF the start, the form, the end.
fn of_caf(agency: &AgencyId, n: u64) -> Said {
    let (which, of_child) = (n / 3, n / 3 / CAFS_OF_ONE);
    let stays_open = which % CAFS_OF_ONE == CAFS_OF_ONE - 1;
    let id = format!("f-{which}");
    let caf_ref = format!("{agency}/{id}");
    let says = |more| under(&id, step(&caf_ref, ("t1", "assessor"), &more));
    let child = Some(format!("local:n{of_child}"));
    match n % 3 {
        0 => ("caf.started", child, under(&id, caf(&caf_ref, "t1"))),
        1 => {
            let on = if stays_open { LONG_AGO } else { "2026-11-02" };
            let form = json!({"completedOn": on, "manifest": manifest(), "consentRefs": ["con-1"]});
            ("caf.completed", child, says(form))
        }
        _ if stays_open => ("caf.refused", None, under(&format!("r-{which}"), refusal())),
        _ => {
            let told = json!({"when": "before"});
            let end = json!({"closedOn": "2026-11-12", "closureCode": "needs-met", "familyTold": told});
            ("caf.closed", child, says(end))
        }
    }
}

fn refusal() -> Value {
    json!({
        "child": {
            "names": {"given": ["Dot"], "family": "Example"},
            "birth": {"date": "2016-05-06", "precision": "exact"},
            "address": {"kind": "home", "lines": ["2 Invented Row"], "postcode": "ZZ1 1AC", "showTo": "ordinary"},
        },
        "practitioner": {"id": "t1"}, "refusedOn": "2026-11-12", "authority": "borough",
    })
}

/// Of the `n / 3`th child that it is restricted, and that it no longer is; and that a CAF is intended for another.
fn of_police(n: u64) -> Said {
    let restricted = Some(format!("local:r{}", n / 3));
    let id = format!("d-{}", n / 3);
    match n % 3 {
        0 => ("restriction.set", restricted, under(&id, restriction("address"))),
        1 => {
            let lifted = json!({"level": "none", "happenedOn": "2026-10-06"});
            ("restriction.lifted", restricted, under(&id, lifted))
        }
        _ => {
            let family: String = n.to_string().bytes().map(|digit| char::from(digit + 49)).collect();
            let mut data = under(&id, intention("b1"));
            data["child"] = child("Cem", &family, "2015-06-07", None, "ZZ1 1AB");
            for name in ["childState", "authority", "happenedOn"] {
                data["child"].as_object_mut().expect("an object").remove(name);
            }
            ("caf.intended", None, data)
        }
    }
}

fn transfer(cafs: &[String], n: u64, state: &'static str) -> Said {
    let moved = json!({"fromAuthority": "borough", "toAuthority": "county", "movedOn": "2026-11-03",
        "consentRef": "con-2", "state": state});
    let more = json!({"on": "2026-11-04", "transfer": moved, "familyTold": {"when": "before"}});
    let (kind, subject, mut data) = of_team("caf.transferred", cafs, n, &more);
    data["localRef"] = json!(format!("{state}-{n}"));
    (kind, subject, data)
}

/// A CAF team's statement about the next of these CAFs.
fn of_team(kind: &'static str, cafs: &[String], n: u64, more: &Value) -> Said {
    let next = usize::try_from(n).expect("not that many") % cafs.len();
    let data = under(&format!("s-{n}"), step(&cafs[next], ("co1", "coordinator"), more));
    (kind, Some("local:k1".to_owned()), data)
}
