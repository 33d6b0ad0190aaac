//! `practitioner.recorded`: an entry on the agency's register (D-A2).

use kit::Message;
use kit::handler::Outcome;
use schemas::PractitionerRecorded;
use time::OffsetDateTime;

use super::statements::State;
use crate::error::Refusal;
use kit::moment::{Moment, not_in_future};

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &PractitionerRecorded,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    not_in_future(data.happened_on, now, "/data/happenedOn")?;
    for authority in &data.authorities {
        state.known.authority(authority, "/data/authorities")?;
    }
    let who = (message.sender.clone(), data.practitioner_id.clone());
    let moment = Moment::new(data.happened_on.effective_at(), message.id);
    state.changes.practitioners.fold(who, moment, || data.clone());
    Ok(Outcome::recorded(None))
}
