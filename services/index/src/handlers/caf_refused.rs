//! `caf.refused`: a family refused a CAF. To the CAF team's log and nowhere else (D-C7): it names no
//! record, is linked with none, and no answer, advice or notice reads it.

use kit::Message;
use kit::handler::Outcome;
use schemas::{AgencyKind, CafRefused};
use time::OffsetDateTime;

use super::statements::State;
use crate::error::Refusal;
use crate::rules::moment::{Moment, not_in_future};
use crate::rules::permission::may_speak_for;

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &CafRefused,
    kind: AgencyKind,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    may_speak_for(kind, data.on_behalf_of.as_ref())?;
    not_in_future(data.refused_on, now, "/data/refusedOn")?;
    state.known.authority(&data.authority, "/data/authority")?;
    let which = (message.sender.clone(), data.local_ref.clone());
    let moment = Moment::new(data.refused_on.effective_at(), message.id);
    state.changes.refusals.fold(which, moment, || data.clone());
    Ok(Outcome::recorded(None))
}
