//! `delivery.acknowledged`: a receiver's system has what it was sent, or a person has (LG App. G). Content leaves the
//! exchange with the first; chasing ends with the second.

use kit::Message;
use kit::handler::Outcome;
use kit::moment::not_in_future;
use schemas::DeliveryAcknowledged;
use time::OffsetDateTime;

use super::consent_widened;
use super::sharing::State;
use crate::error::Refusal;
use crate::rules::delivery::Acknowledged;

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &DeliveryAcknowledged,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    not_in_future(data.at, now, "/data/at")?;
    let id = data.message.as_uuid();
    if state.sent_to.get(&id) != Some(&message.sender) {
        return Err(Refusal::UnknownMessage);
    }
    if let Some(asked) = state.consent_asked.get(&id).cloned() {
        consent_widened::acknowledged(state, &asked, &data.became, now);
    }
    state.changes.acknowledged.push(Acknowledged {
        message: id,
        by: message.sender.clone(),
        became: data.became.clone(),
        at: data.at.effective_at(),
    });
    Ok(Outcome::recorded(None))
}
