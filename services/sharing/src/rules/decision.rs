//! What is recorded of every decision to share or not to share (D-S7, G3), and of what left.

use std::collections::BTreeSet;

use deciding::{Facts, PolicyId};
use schemas::{
    AgencyId, ChildRef, FormPart, LocalRef, MessageId, MessageType, OwnBasis, PracticeBasis, PractitionerId,
    Purpose, ReferralKind, ShareDecision, To, ToldCode, WithheldCode,
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::beside::{NOT_ON_THE_REGISTER, NOT_SHOWN};
use super::changes::Private;
use super::consent::{About, StatementVersion};
use super::delivery::Sent;
use super::judge::{Case, Verdict};

/// Where in its course.
pub use deciding::Stage;

/// What is decided about: who asked or offered what, of whom, and for which one recipient.
#[derive(Clone, Debug)]
pub struct Matter {
    pub share: Uuid,
    /// The message that led to it.
    pub message: (AgencyId, MessageId),
    /// Who asked or offered.
    pub asked_by: AgencyId,
    pub practitioner: PractitionerId,
    pub holder: Option<AgencyId>,
    /// The holder's, or the sender's of an offer.
    pub record: Option<ChildRef>,
    pub recipient: AgencyId,
    pub to: To,
    pub purpose: Purpose,
    pub basis: Value,
}

/// One decision.
#[derive(Clone, Debug)]
pub struct Decided {
    pub id: Uuid,
    pub decided_at: OffsetDateTime,
    pub stage: Stage,
    pub outcome: ShareDecision,
    pub matter: Matter,
    pub consents: BTreeSet<StatementVersion>,
    pub cases: Value,
    /// The holder's practitioner who judged; none: by rule.
    pub decided_by: Option<PractitionerId>,
    /// The holder's practitioner who sent it, on whatever basis.
    pub supplied_by: Option<PractitionerId>,
    pub told: Option<ToldCode>,
    pub family_told: Option<Value>,
    pub private: Option<Private>,
}

/// What was released to one recipient.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// The message's id.
    pub id: Uuid,
    pub kind: MessageType,
    pub decision: Uuid,
    pub share: Uuid,
    pub supplier: AgencyId,
    pub supplier_ref: LocalRef,
    pub record: Option<ChildRef>,
    pub recipient: AgencyId,
    /// The recipient's own reference of the child.
    pub to_child: Option<ChildRef>,
    pub to: To,
    pub purpose: Purpose,
    pub basis: PracticeBasis,
    pub consents: BTreeSet<StatementVersion>,
    /// A part, and whom the item was about.
    pub items: Vec<(FormPart, About)>,
    pub sent_at: OffsetDateTime,
    pub ack_by: OffsetDateTime,
    pub referral: Option<ReferralKind>,
    /// The message's data, until its receiver's system has it.
    pub content: Private,
}

impl Delivered {
    /// As a withdrawal needs it; none where it does not rest on consent.
    #[must_use]
    pub fn by_consent(&self) -> Option<Sent> {
        (self.basis == PracticeBasis::Consent).then(|| Sent {
            id: self.id,
            supplier_ref: self.supplier_ref.clone(),
            recipient: self.recipient.clone(),
            purpose: self.purpose,
            items: self.items.clone(),
            consents: self.consents.clone(),
            sent_at: self.sent_at,
            taken_back_at: None,
        })
    }
}

/// The name of the part among the facts.
const PART: &str = "part";

/// A case as it is kept: what the facts of a decision have in common stands once.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kept<'a> {
    facts: Map<String, Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    items: &'a [usize],
    outcome: deciding::Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<WithheldCode>,
    policies: &'a [PolicyId],
}

/// The cases of a verdict for the record.
#[must_use]
pub fn cases(verdict: &Verdict) -> Value {
    let parts: BTreeSet<FormPart> = verdict.cases.iter().map(|case| case.facts.part).collect();
    // Most parts have the same facts: each is written once.
    let mut alike: Vec<(Facts, Map<String, Value>)> = Vec::new();
    let mut places = Vec::with_capacity(verdict.cases.len());
    for case in &verdict.cases {
        let part = alike.first().map_or(case.facts.part, |(first, _)| first.part);
        let facts = Facts { part, ..case.facts.clone() };
        let known = alike.iter().position(|(known, _)| *known == facts);
        places.push(known.unwrap_or_else(|| {
            let written = map_of(&facts);
            alike.push((facts, written));
            alike.len() - 1
        }));
    }
    let mut shared = in_common(&alike);
    if parts.len() > 1 {
        shared.remove(PART);
    }
    let own = |place: usize, case: &Case| -> Map<String, Value> {
        let mut own = alike[place].1.clone();
        own.retain(|name, _| !shared.contains_key(name));
        if let Some(part) = own.get_mut(PART) {
            *part = json!(case.facts.part);
        }
        own
    };
    let kept: Vec<Kept<'_>> = verdict
        .cases
        .iter()
        .zip(places)
        .map(|(case, place)| Kept {
            facts: own(place, case),
            items: &case.items,
            outcome: case.decision.outcome,
            code: case.decision.code,
            policies: &case.decision.policies,
        })
        .collect();
    json!({"facts": shared, "cases": kept})
}

/// The record of a request that reached nobody: never weighed, since nothing may be known.
#[must_use]
pub fn not_shown(parts: &[FormPart]) -> Value {
    json!({"parts": parts, "outcome": "do-not-share", "code": WithheldCode::UnknownChild,
           "policies": [NOT_SHOWN]})
}

/// The record of an offer to an agency that is not on the register.
#[must_use]
pub fn not_registered(parts: &[FormPart]) -> Value {
    json!({"parts": parts, "outcome": "do-not-share", "code": WithheldCode::PractitionerNotRegistered,
           "policies": [NOT_ON_THE_REGISTER]})
}

/// What came of a part, as the record has it: for whoever reads it, and to decide it anew by other rules.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Came {
    pub part: FormPart,
    /// None where nothing was weighed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<Facts>,
    /// The places of the items in the part that was sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<usize>,
    pub outcome: deciding::Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<WithheldCode>,
    pub policies: Vec<PolicyId>,
}

/// The cases of a record, each whole again.
#[must_use]
pub fn came(cases: &Value) -> Vec<Came> {
    let parts = |of: &Value| -> Vec<FormPart> { read(&of["parts"]).unwrap_or_default() };
    if cases["cases"].is_null() {
        let of = |part| with_outcome(cases, part, None);
        return parts(cases).into_iter().filter_map(of).collect();
    }
    let shared = cases["facts"].as_object();
    let of = |case: &Value| {
        let mut facts = shared.cloned().unwrap_or_default();
        facts.extend(case["facts"].as_object().cloned().unwrap_or_default());
        let facts: Facts = read(&Value::Object(facts))?;
        with_outcome(case, facts.part, Some(facts))
    };
    let unasked = &cases["unasked"];
    let not_necessary = |part| Came {
        part,
        facts: None,
        items: Vec::new(),
        outcome: deciding::Outcome::DoNotShare,
        code: read(&unasked["code"]),
        policies: read(&unasked["policies"]).unwrap_or_default(),
    };
    let weighed = cases["cases"].as_array().into_iter().flatten().filter_map(of);
    weighed.chain(parts(unasked).into_iter().map(not_necessary)).collect()
}

fn with_outcome(of: &Value, part: FormPart, facts: Option<Facts>) -> Option<Came> {
    Some(Came {
        part,
        facts,
        items: read(&of["items"]).unwrap_or_default(),
        outcome: read(&of["outcome"])?,
        code: read(&of["code"]),
        policies: read(&of["policies"]).unwrap_or_default(),
    })
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

fn map_of(facts: &Facts) -> Map<String, Value> {
    match json!(facts) {
        Value::Object(map) => map,
        // A struct is an object always.
        _ => Map::new(),
    }
}

fn in_common(all: &[(Facts, Map<String, Value>)]) -> Map<String, Value> {
    let Some(((_, first), rest)) = all.split_first() else {
        return Map::new();
    };
    let mut shared = first.clone();
    shared.retain(|name, value| rest.iter().all(|(_, one)| one.get(name) == Some(value)));
    shared
}

/// The bases, kept apart: in practice, in data-protection law, and of confidence.
#[must_use]
pub fn basis(basis: &OwnBasis, lawful: Option<&schemas::LawfulBasis>) -> Value {
    let mut kept = json!({"practiceBasis": basis.practice_basis()});
    if let OwnBasis::WithoutConsent { because, consent, .. } = basis {
        kept["ground"] = json!(basis.ground());
        kept["consentPosition"] = json!(consent.position());
        if let schemas::ConsentStands::NotAsked(why) = consent {
            kept["whyNotAsked"] = json!(why);
        }
        if let schemas::Because::LegalDutyOrOrder(cited) = because {
            kept["legalRef"] = json!(cited);
        }
    }
    if let Some(lawful) = lawful {
        kept["lawfulBasis"] = json!(lawful);
    }
    kept
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use deciding::{Decision, Outcome};

    use super::*;

    fn case(part: &str, consent: &str, items: &[usize]) -> Case {
        let facts = json!({
            "stage": "request", "recipient": "southgate-housing", "recipientKind": "housing",
            "standing": "checked", "part": part, "purpose": "refer-for-service", "basis": "consent",
            "judged": "not-judged", "reasons": "yes", "consent": consent, "about": "child",
            "aboutConsent": "not-needed", "confidential": "yes", "notFor": "no", "informant": "no",
            "sensitiveService": "not-concerned", "restriction": "none", "cleared": "no", "ownTeam": "no", "advice": "none",
            "moreDetrimental": "no"
        });
        let decision = Decision { outcome: Outcome::Share, code: None, policies: Vec::new() };
        Case { facts: serde_json::from_value(facts).unwrap(), decision, items: items.to_vec() }
    }

    // D-S7
    #[test]
    fn every_fact_of_every_case_is_read_back_from_its_record_and_what_all_share_stands_once() {
        let of = |cases: &[Case]| Verdict {
            cases: cases.to_vec(),
            consents: BTreeSet::new(),
            weighed: BTreeSet::new(),
        };
        for verdict in [
            of(&[]),
            of(&[case("identity", "covered", &[])]),
            of(&[case("identity", "covered", &[0]), case("identity", "excluded-part", &[1, 2])]),
            of(&[
                case("identity", "covered", &[]),
                case("household", "excluded-part", &[]),
                case("reason", "covered", &[]),
            ]),
        ] {
            let kept = cases(&verdict);
            let read: Vec<_> = came(&kept).into_iter().map(|one| (one.facts.unwrap(), one.items)).collect();
            let said = verdict.cases.iter().map(|case| (case.facts.clone(), case.items.clone()));
            assert_eq!(read, said.collect::<Vec<_>>());
            let own = kept["cases"].as_array().unwrap().iter().map(|case| &case["facts"]);
            assert!(own.into_iter().all(|facts| facts.as_object().unwrap().len() <= 2), "{kept:#}");
        }
    }
}
