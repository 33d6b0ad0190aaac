//! What agencies say of consent and of what they share, with nothing missing; a story says what is otherwise.

use schemas::AgencyId;
use serde_json::{Value, json};

use crate::facts::with;

/// The day on which everything here was said and done.
const DAY: &str = "2026-11-19";

/// Rosa Example, the mother in most stories.
#[must_use]
pub fn mother() -> Value {
    json!({"is": "adult", "relationship": "mother", "name": "Rosa Example"})
}

/// Her consent, by parental responsibility, that these agencies see all parts for whatever fits.
#[must_use]
pub fn consent(agencies: &[&AgencyId], more: &Value) -> Value {
    let given = json!({
        "person": mother(),
        "capacity": "parent-with-pr",
        "acts": ["store-and-share"],
        "decision": "given",
        "manner": {"kind": "written"},
        "explained": [
            "what-is-recorded", "how-stored", "who-sees", "purposes", "voluntary", "no-service-promised",
            "may-share-without-consent-for-protection", "can-change-mind", "existence-goes-to-index",
            "copy-offered",
        ],
        "scope": {
            "agencies": {"named": agencies},
            "parts": {"included": "all"},
            "aboutPersons": [{"is": "child"}],
        },
        "saidOn": DAY,
        "from": DAY,
        "reviewBy": "2027-11-19",
    });
    with(given, more)
}

/// A request to an agency for parts of the form, on consent.
#[must_use]
pub fn request(holder: &AgencyId, parts: &[&str], recipient: &str, more: &Value) -> Value {
    let request = json!({
        "holder": {"agencyId": holder},
        "parts": parts,
        "purpose": "agree-or-deliver-plan",
        "whyNecessaryText": "To plan the help with the family.",
        "practiceBasis": "consent",
        "urgency": "routine",
        "namedRecipients": [recipient],
        "happenedOn": DAY,
    });
    with(request, more)
}

/// An item about the child, seen by who says it.
#[must_use]
pub fn item(text: &str, more: &Value) -> Value {
    let item = json!({
        "itemText": text,
        "about": {"is": "child"},
        "nature": "fact",
        "source": "seen",
        "identifiesInformant": "no",
        "agreedToRecord": "yes",
    });
    with(item, more)
}

/// The content of a part.
#[must_use]
pub fn part(part: &str, items: &[Value]) -> Value {
    json!({"part": part, "items": items})
}

/// What is released, as its holder judges: on consent, for direct care.
#[must_use]
pub fn released(parts: &[Value], judge: &str, more: &Value) -> Value {
    let released = json!({
        "parts": parts,
        "judgedBy": judge,
        "practiceBasis": "consent",
        "lawfulBasis": {
            "art6": "public-task",
            "art9": "health-or-social-care",
            "crimeData": "no",
            "confidentialityBasis": "consent-express",
        },
        "accuracyAsOf": DAY,
        "happenedOn": DAY,
    });
    with(released, more)
}

/// One of those to whom something is offered: a practitioner, on consent.
#[must_use]
pub fn recipient(agency: &AgencyId, person: &str) -> Value {
    json!({
        "agencyId": agency, "person": person, "purpose": "agree-or-deliver-plan", "practiceBasis": "consent",
    })
}

/// Fields by which a holder releases in the public interest, without the family's consent (D-S4, D-S5).
#[must_use]
pub fn in_the_public_interest(ground: &str) -> Value {
    json!({
        "practiceBasis": "public-interest",
        "ground": ground,
        "consentPosition": "not-asked",
        "whyNotAsked": "asking-would-raise-risk",
        "reasonsText": "A child may be harmed, and asking could make it worse.",
        "lawfulBasis": {
            "art6": "public-task",
            "art9": "substantial-public-interest-safeguarding",
            "crimeData": "no",
            "confidentialityBasis": "public-interest",
        },
        "familyTold": {"when": "not-told", "reason": "risk-to-child", "reviewOn": "2026-12-19"},
    })
}
