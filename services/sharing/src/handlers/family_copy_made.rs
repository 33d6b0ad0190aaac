//! `family.copy-made`: what of the assessment the family was given, or why nothing was (D-S9). It is kept, and nobody
//! is told.

use kit::Message;
use kit::handler::Outcome;
use kit::moment::not_in_future;
use schemas::{FamilyCopyMade, Happened, Person, Subject};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::sharing::{Fresh, State, named_as};
use crate::error::Refusal;
use crate::rules::changes::{Plain, Private};
use crate::rules::family_copy::Copied;

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &FamilyCopyMade,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    let made_on = Happened::Day(data.on);
    not_in_future(made_on, now, "/data/on")?;
    let subject = message.body.subject.clone().ok_or(Refusal::NoSubject)?;
    let own = state.world.named(&message.sender, &subject).map(|record| record.child.record);
    if own.is_none() && matches!(subject, Subject::Child(_)) {
        return Err(Refusal::UnknownChild);
    }
    if state.note(message, FamilyCopyMade::TYPE, &data.local_ref, data) == Fresh::Known {
        return Ok(Outcome::recorded(own));
    }
    let child = own.map_or_else(|| named_as(&subject), |record| state.own_name(record));
    let plain = Plain(json!({ "to": data.to, "language": data.language }));
    state.changes.copies.push(Copied {
        agency: message.sender.clone(),
        message: message.id,
        local_ref: data.local_ref.clone(),
        subject,
        made: made(data),
        made_at: made_on.effective_at(),
        received_at: message.received_at,
        private: Private { agency: message.sender.clone(), child, plain },
    });
    Ok(Outcome::recorded(own))
}

/// All but names and words.
fn made(data: &FamilyCopyMade) -> Value {
    let to = match &data.to {
        Person::Child => json!({ "is": "child" }),
        Person::Adult { relationship, .. } => json!({ "is": "adult", "relationship": relationship }),
    };
    json!({
        "to": to, "parts": data.parts, "marksLeftOut": data.marks_left_out,
        "withheldReason": data.withheld_reason, "howGiven": data.how_given, "by": data.by, "on": data.on,
    })
}
