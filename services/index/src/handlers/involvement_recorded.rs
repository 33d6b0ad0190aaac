//! `involvement.recorded`: a practitioner works with a child (D-I1). It shows once child and
//! practitioner are known too.

use kit::Message;
use kit::handler::Outcome;
use schemas::InvolvementRecorded;
use time::OffsetDateTime;

use super::statements::State;
use crate::error::Refusal;
use kit::moment::{Moment, not_in_future};

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &InvolvementRecorded,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    let (happened, at) = match data.happened_on {
        Some(happened) => (happened, "/data/happenedOn"),
        None => (data.started_on, "/data/startedOn"),
    };
    not_in_future(happened, now, at)?;
    let record = state.child(message)?;
    let which = (message.sender.clone(), data.local_ref.clone());
    let moment = Moment::new(happened.effective_at(), message.id);
    state.changes.involvements.fold(which, moment, || (record, data.clone()));
    Ok(Outcome::recorded(Some(record)))
}
