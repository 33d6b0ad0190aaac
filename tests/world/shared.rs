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

/// What a holder gives on request: `consent`, or another basis with what goes with it.
#[must_use]
pub fn supplied(parts: &[Value], judge: &str, basis: &str, more: &Value) -> Value {
    with(released(parts, judge, &json!({"practiceBasis": basis})), more)
}

/// What is given unasked, each recipient on its own basis.
#[must_use]
pub fn offered(recipients: &[Value], parts: &[Value], judge: &str, more: &Value) -> Value {
    with(released(parts, judge, &json!({"recipients": recipients, "urgency": "routine"})), more)
}

/// For direct care, as its holder judges.
fn released(parts: &[Value], judge: &str, more: &Value) -> Value {
    let released = json!({
        "parts": parts,
        "judgedBy": judge,
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

/// That nothing is released.
#[must_use]
pub fn declined(judge: &str, code: &str, more: &Value) -> Value {
    with(json!({"declineCode": code, "judgedBy": judge, "happenedOn": DAY}), more)
}

/// What became of a message that was delivered.
#[must_use]
pub fn acknowledged(outcome: &str, more: &Value) -> Value {
    with(json!({"outcome": outcome, "at": "2026-11-21T10:00:00Z"}), more)
}

/// A practitioner to whom something is offered.
#[must_use]
pub fn recipient(agency: &AgencyId, person: &str, basis: &str) -> Value {
    json!({
        "agencyId": agency, "person": person, "purpose": "agree-or-deliver-plan", "practiceBasis": basis,
    })
}

/// What goes with a release in the public interest, without the family's consent (D-S4, D-S5).
#[must_use]
pub fn in_the_public_interest(ground: &str) -> Value {
    json!({
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
        "familyTold": {"when": "not-told", "code": "risk-to-child", "reviewOn": "2026-12-19"},
    })
}

#[cfg(test)]
mod tests {
    use caf::client::{Outgoing, TypeName};
    use schemas::catalogue::MessageType;

    use super::*;

    fn is_taken(kind: &str, subject: Option<&str>, data: Value) {
        let message = Outgoing::new("school", TypeName::parse(kind).expect("a type"), subject, data);
        let of = MessageType::parse(message.message_type().name()).expect("a type of the catalogue");
        let checked = schemas::check::check(of, &Value::Object(message.envelope().clone()));
        assert!(checked.is_ok(), "{kind}: {:?}", checked.err());
    }

    #[test]
    fn what_is_said_here_is_as_the_contract_wants_it() {
        let gp = AgencyId::parse("northside-surgery").expect("an agency id");
        let child = Some("local:c1");
        let by = |role: &str, data: Value| {
            with(data, &json!({"localRef": "x-1", "practitioner": {"id": "t1", "roleInCase": role}}))
        };
        let nothing = json!({});
        let parts = [part("reason", &[item("She sleeps badly.", &nothing)])];
        let of = json!({"request": "019ab5d0-1c00-7000-8000-000000000001"});
        is_taken("consent.recorded", child, by("assessor", consent(&[&gp], &nothing)));
        let asked = request(&gp, &["reason"], "t1", &nothing);
        is_taken("share.requested", child, by("team-member", asked));
        let without = in_the_public_interest("reasonable-cause-suffering");
        for (basis, more) in [("consent", &nothing), ("public-interest", &without)] {
            let supplied = with(supplied(&parts, "t1", basis, more), &of);
            is_taken("share.supplied", None, by("contributor", supplied));
            let offered = offered(&[recipient(&gp, "g1", basis)], &parts, "t1", more);
            is_taken("share.offered", child, by("contributor", offered));
        }
        let declined = with(declined("t1", "not-held", &nothing), &of);
        is_taken("share.declined", None, by("contributor", declined));
        let message = json!({"message": "019ab5d0-1c00-7000-8000-000000000001"});
        is_taken("delivery.acknowledged", None, acknowledged("acted", &message));
    }
}
