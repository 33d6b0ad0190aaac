//! `restriction.set`: a child is restricted for safety (D-I6).

use kit::Message;
use kit::handler::Outcome;
use schemas::{AgencyKind, RestrictionSet};
use time::OffsetDateTime;

use super::statements::State;
use crate::error::Refusal;
use crate::rules::permission::may_restrict;
use kit::moment::{Moment, not_in_future};

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &RestrictionSet,
    kind: AgencyKind,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    may_restrict(kind, data.level, "/data/level")?;
    not_in_future(data.happened_on, now, "/data/happenedOn")?;
    let record = state.child(message)?;
    let which = (message.sender.clone(), data.local_ref.clone());
    let moment = Moment::new(data.happened_on.effective_at(), message.id);
    state.changes.restrictions.fold(which, moment, || (record, data.clone()));
    state.changes.restrict(record, data.level, moment);
    Ok(Outcome::recorded(Some(record)))
}
