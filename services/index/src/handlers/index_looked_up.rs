//! `index.looked-up`: a registered practitioner asks, for a stated purpose (D-I5).

use kit::Message;
use schemas::{IndexLookedUp, LookupBy, Subject};

use crate::rules::answer::Question;
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
