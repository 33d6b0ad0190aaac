//! `practitioner.ended`: an entry of the agency's register has ended; it takes effect at once.

use kit::Message;
use kit::handler::Outcome;
use schemas::PractitionerEnded;
use time::OffsetDateTime;

use super::statements::State;
use crate::error::Refusal;
use kit::moment::{Moment, not_in_future};

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &PractitionerEnded,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    not_in_future(data.ended_on, now, "/data/endedOn")?;
    let who = (message.sender.clone(), data.practitioner_id.clone());
    let moment = Moment::new(data.ended_on.ends_at(), message.id);
    state.changes.practitioner_endings.fold(who, moment, || data.clone());
    Ok(Outcome::recorded(None))
}
