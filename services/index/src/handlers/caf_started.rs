//! `caf.started`: the mark that a CAF was started, and by whom (D-I1, D-I2). Any agency may say so
//! of a CAF of its own.

use kit::Message;
use kit::handler::Outcome;
use schemas::CafStarted;
use time::OffsetDateTime;

use super::statements::State;
use crate::error::Refusal;
use kit::moment::{Moment, not_in_future};

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &CafStarted,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    if *data.caf_ref.agency() != message.sender {
        return Err(Refusal::AnothersCaf);
    }
    let (happened, at) = match data.happened_on {
        Some(happened) => (happened, "/data/happenedOn"),
        None => (data.started_on, "/data/startedOn"),
    };
    not_in_future(happened, now, at)?;
    state.known.authority(&data.authority, "/data/authority")?;
    let record = state.child(message)?;
    let moment = Moment::new(happened.effective_at(), message.id);
    state.changes.cafs.fold(data.caf_ref.clone(), moment, || (record, data.clone()));
    Ok(Outcome::recorded(Some(record)))
}
