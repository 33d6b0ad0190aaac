//! `involvement.ended`: an involvement of the sender has ended. It may come before the involvement.

use kit::Message;
use kit::handler::Outcome;
use schemas::InvolvementEnded;
use time::OffsetDateTime;

use super::statements::State;
use crate::error::Refusal;
use kit::moment::{Moment, not_in_future};

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &InvolvementEnded,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    not_in_future(data.ended_on, now, "/data/endedOn")?;
    let record = state.child(message)?;
    let which = (message.sender.clone(), data.involvement_ref.clone());
    let moment = Moment::new(data.ended_on.ends_at(), message.id);
    state.changes.involvement_endings.fold(which, moment, || data.clone());
    Ok(Outcome::recorded(Some(record)))
}
