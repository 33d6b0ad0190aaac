//! `child.recorded`: what an agency holds of a child, as far as the index may (D-I1).

use kit::Message;
use kit::handler::Outcome;
use schemas::{AgencyKind, ChildRecorded, Restriction};
use time::OffsetDateTime;

use super::statements::State;
use crate::error::Refusal;
use crate::rules::permission::may_restrict;
use kit::moment::{Moment, not_in_future};

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &ChildRecorded,
    kind: AgencyKind,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    let level = data.restricted.unwrap_or(Restriction::None);
    may_restrict(kind, level, "/data/restricted")?;
    not_in_future(data.happened_on, now, "/data/happenedOn")?;
    state.known.authority(&data.authority, "/data/authority")?;
    let record = state.child(message)?;
    let moment = Moment::new(data.happened_on.effective_at(), message.id);
    state.changes.children.fold(record, moment, || data.clone());
    // D-I6: a restriction is raised by whichever statement says so, and lowered by no record.
    state.changes.restrict(record, level, moment);
    Ok(Outcome::recorded(Some(record)))
}
