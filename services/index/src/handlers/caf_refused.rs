//! `caf.refused`: a family refused a CAF. To the CAF team's log and nowhere else (D-C7): it names no
//! record, is linked with none, and no answer, advice or notice reads it.

use kit::Message;
use kit::handler::Outcome;
use schemas::CafRefused;
use time::{Duration, OffsetDateTime};

use super::statements::State;
use crate::error::Refusal;
use crate::rules::task::{Task, TaskKind};
use kit::moment::{Moment, not_in_future};

/// A person of the CAF team looks whether there is a pattern.
const LOOKED_AT_WITHIN: Duration = Duration::days(14);

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &CafRefused,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    not_in_future(data.refused_on, now, "/data/refusedOn")?;
    state.known.authority(&data.authority, "/data/authority")?;
    let which = (message.sender.clone(), data.local_ref.clone());
    let moment = Moment::new(data.refused_on.effective_at(), message.id);
    state.changes.tasks.push(Task {
        kind: TaskKind::FamilyRefusal,
        authority: data.authority.clone(),
        about: format!("{}/{}", message.sender, data.local_ref),
        record: None,
        opened_at: now,
        due_on: (now + LOOKED_AT_WITHIN).date(),
    });
    state.changes.refusals.fold(which, moment, || data.clone());
    Ok(Outcome::recorded(None))
}
