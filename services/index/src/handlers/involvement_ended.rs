//! `involvement.ended`: an involvement of the sender has ended. It may come before the involvement.

use kit::Message;
use kit::handler::Outcome;
use schemas::{AgencyKind, InvolvementEnded};
use time::OffsetDateTime;

use super::statements::State;
use crate::error::Refusal;
use crate::rules::moment::{Moment, not_in_future};
use crate::rules::permission::may_speak_for;

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &InvolvementEnded,
    kind: AgencyKind,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    may_speak_for(kind, data.on_behalf_of.as_ref())?;
    not_in_future(data.ended_on, now, "/data/endedOn")?;
    let record = state.child(message)?;
    let which = (message.sender.clone(), data.involvement_ref.clone());
    let moment = Moment::new(data.ended_on.ends_at(), message.id);
    state.changes.involvement_endings.fold(which, moment, || data.clone());
    Ok(Outcome::recorded(Some(record)))
}
