//! `restriction.lifted`: what was restricted for safety no longer is, or less so (D-I6). It lifts what
//! stands on the agency's own record, and may come before it.

use kit::Message;
use kit::handler::Outcome;
use schemas::{AgencyKind, RestrictionLifted};
use time::OffsetDateTime;

use super::statements::State;
use crate::error::Refusal;
use crate::rules::permission::may_lift;
use kit::moment::{Moment, not_in_future};

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &RestrictionLifted,
    kind: AgencyKind,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    may_lift(kind, "/data/level")?;
    not_in_future(data.happened_on, now, "/data/happenedOn")?;
    let record = state.child(message)?;
    let which = (message.sender.clone(), data.local_ref.clone());
    let moment = Moment::new(data.happened_on.effective_at(), message.id);
    state.changes.lifted.fold(which, moment, || (record, data.clone()));
    Ok(Outcome::recorded(Some(record)))
}
