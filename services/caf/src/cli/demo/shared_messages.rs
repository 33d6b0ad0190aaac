//! The data of the messages that the demo sends where something is shared.

use serde_json::{Value, json};

use super::{
    invented::Child,
    messages::{HEALTH_VISITOR, TEACHER},
};

/// What the mother says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// Two parts may go to this agency.
    Yes,
    /// Nothing more may.
    NoLonger,
}

/// `consent.recorded`, by the teacher.
pub(super) fn consent(child: &Child, health: &str, says: Says, (today, next_year): (&str, &str)) -> Value {
    let mut data = json!({
        "person": { "is": "adult", "relationship": "mother", "name": format!("Rosa {}", child.family) },
        "capacity": "parent-with-pr",
        "acts": ["store-and-share"],
        "practitioner": { "id": TEACHER.id, "roleInCase": "assessor" },
        "saidOn": today,
    });
    let more = match says {
        Says::Yes => json!({
            "decision": "given",
            "manner": { "kind": "written" },
            "explained": [
                "what-is-recorded", "how-stored", "who-sees", "purposes", "voluntary", "no-service-promised",
                "may-share-without-consent-for-protection", "can-change-mind", "existence-goes-to-index",
                "copy-offered",
            ],
            "scope": {
                "agencies": { "named": [health] },
                "parts": { "included": ["identity", "dev-learning"] },
                "aboutPersons": [{ "is": "child" }],
            },
            "from": today,
            "reviewBy": next_year,
            "localRef": format!("{}-consent", child.local_id),
        }),
        Says::NoLonger => json!({
            "decision": "withdrawn",
            "withdrawal": { "effect": "stop-new-use", "riskConsidered": "yes", "wholeCaf": true },
            "localRef": format!("{}-consent-withdrawn", child.local_id),
        }),
    };
    over(&mut data, more);
    data
}

/// `share.requested`, by the health visitor, on consent.
pub(super) fn request(holder: &str, parts: &[&str], reference: &str, today: &str) -> Value {
    json!({
        "holder": { "agencyId": holder },
        "parts": parts,
        "purpose": "assess-need",
        "whyNecessaryText": "To see what helps at home.",
        "practiceBasis": "consent",
        "urgency": "routine",
        "namedRecipients": [HEALTH_VISITOR.id],
        "practitioner": { "id": HEALTH_VISITOR.id, "roleInCase": "team-member" },
        "happenedOn": today,
        "localRef": reference,
    })
}

/// The same without consent, in the public interest: the holder's own judgement is needed.
pub(super) fn request_to_protect(
    holder: &str,
    parts: &[&str],
    reference: &str,
    (today, next_year): (&str, &str),
) -> Value {
    let mut data = request(holder, parts, reference, today);
    data["urgency"] = json!("soon");
    over(&mut data, public_interest(next_year));
    data
}

/// `share.supplied`, by the teacher, for what the family agreed to.
pub(super) fn supplied(wanted: &Value, child: &Child, (part, says): (&str, &str), today: &str) -> Value {
    json!({
        "request": wanted["data"]["request"],
        "parts": [{
            "part": part,
            "items": [{
                "itemText": says,
                "about": { "is": "child" },
                "nature": "fact",
                "source": "seen",
                "identifiesInformant": "no",
                "agreedToRecord": "yes",
            }],
        }],
        "practiceBasis": "consent",
        "lawfulBasis": {
            "art6": "public-task",
            "art9": "health-or-social-care",
            "crimeData": "no",
            "confidentialityBasis": "consent-express",
        },
        "judgedBy": TEACHER.id,
        "practitioner": { "id": TEACHER.id, "roleInCase": "contributor" },
        "accuracyAsOf": today,
        "happenedOn": today,
        "localRef": format!("{}-{part}", child.local_id),
    })
}

/// The same on the holder's own judgement, without the family's consent.
pub(super) fn supplied_to_protect(
    wanted: &Value,
    child: &Child,
    what: (&str, &str),
    (today, next_year): (&str, &str),
) -> Value {
    let mut data = supplied(wanted, child, what, today);
    data["lawfulBasis"]["art9"] = json!("substantial-public-interest-safeguarding");
    data["lawfulBasis"]["confidentialityBasis"] = json!("public-interest");
    over(&mut data, public_interest(next_year));
    data
}

/// `delivery.acknowledged`
pub(super) fn acknowledged(message: &Value, outcome: &str, now: &str) -> Value {
    json!({ "message": message["id"], "outcome": outcome, "at": now })
}

fn public_interest(review_on: &str) -> Value {
    json!({
        "practiceBasis": "public-interest",
        "ground": "reasonable-cause-suffering",
        "consentPosition": "not-asked",
        "whyNotAsked": "asking-would-raise-risk",
        "reasonsText": "A child may be harmed, and asking could make it worse.",
        "familyTold": { "when": "not-told", "code": "risk-to-child", "reviewOn": review_on },
    })
}

fn over(data: &mut Value, more: Value) {
    if let (Some(fields), Value::Object(more)) = (data.as_object_mut(), more) {
        fields.extend(more);
    }
}
