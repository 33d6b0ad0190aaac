//! `index.looked-up`: a registered practitioner asks, for a stated purpose (D-I5).

use kit::Message;
use schemas::{IndexLookedUp, LookupBy, Subject};
use time::OffsetDateTime;

use super::queries::State;
use crate::error::Refusal;
use crate::rules::answer::{Question, Verdict, decide};
use crate::rules::decision::Asked;
use crate::rules::demographics::DemographicsKey;
use crate::rules::world::{Selector, Training};

/// The question that a message puts.
pub(super) fn question(message: &Message, data: &IndexLookedUp) -> Question {
    Question {
        asked: Asked {
            agency: message.sender.clone(),
            query: message.id,
            practitioner: data.practitioner.id.clone(),
            purpose: data.purpose,
            reason_text: data.reason_text.clone(),
        },
        selector: selector(message, data),
        training: Training::marked(data.synthetic),
    }
}

fn selector(message: &Message, data: &IndexLookedUp) -> Selector {
    match (&message.body.subject, &data.by) {
        (Some(Subject::Child(reference)), _) => Selector::Child(*reference),
        (Some(Subject::Local(id)), _) => Selector::Local(id.clone()),
        (None, Some(LookupBy::Identifiers(identifiers))) => Selector::Identifiers(identifiers.clone()),
        (None, Some(LookupBy::Demographics { names, birth, postcode })) => {
            Selector::Demographics(DemographicsKey::of(names, birth, postcode, data.synthetic))
        }
        // The schema wants one of them; without any, nothing is found.
        (None, None) => Selector::Demographics(None),
    }
}

/// Decides one question and takes down the decision, shown or not, refused or not: pure.
pub(super) fn answer(
    state: &mut State,
    message: &Message,
    data: &IndexLookedUp,
    now: OffsetDateTime,
) -> Result<serde_json::Value, Refusal> {
    let question = question(message, data);
    let allotted = state.allotted(message)?;
    let asker = state.asker(&message.sender, &data.practitioner.id).cloned();
    let Verdict { reply, decision, alias } =
        decide(&state.world, asker.as_ref(), &question, allotted.reference, now);
    if let (Some(alias), Some(asker)) = (alias, &asker) {
        state.name(asker, alias);
    }
    state.take_down(allotted.decision, now, decision);
    // A struct of texts, lists and flags: its keys are all names.
    reply.map(|answered| serde_json::json!(answered))
}
