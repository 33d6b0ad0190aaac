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
    let facts: Vec<Map<String, Value>> = verdict.cases.iter().map(|case| map_of(&case.facts)).collect();
    let shared = in_common(&facts);
    let own = |facts: Map<String, Value>| -> Map<String, Value> {
        facts.into_iter().filter(|(name, _)| !shared.contains_key(name)).collect()
    };
    let kept: Vec<Kept<'_>> = verdict
        .cases
        .iter()
        .zip(facts)
        .map(|(Case { decision, items, .. }, facts)| Kept {
            facts: own(facts),
            items,
            outcome: decision.outcome,
            code: decision.code,
            policies: &decision.policies,
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

fn in_common(all: &[Map<String, Value>]) -> Map<String, Value> {
    let Some((first, rest)) = all.split_first() else {
        return Map::new();
    };
    let everywhere = |name: &String, value: &Value| rest.iter().all(|one| one.get(name) == Some(value));
    first
        .iter()
        .filter(|(name, value)| everywhere(name, value))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect()
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
