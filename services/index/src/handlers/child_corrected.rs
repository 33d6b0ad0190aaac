//! `child.corrected`: a field of the agency's own record was wrong. It may come before the record.

use kit::Message;
use kit::handler::Outcome;
use schemas::{AuthorityId, ChildCorrected, Correction};
use time::OffsetDateTime;

use super::statements::State;
use crate::error::Refusal;
use kit::moment::{Moment, not_in_future};

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &ChildCorrected,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    not_in_future(data.happened_on, now, "/data/happenedOn")?;
    if let Some(authority) = authority(data) {
        state.known.authority(authority, "/data/value")?;
    }
    let record = state.child(message)?;
    let which = (message.sender.clone(), data.local_ref.clone());
    let moment = Moment::new(data.happened_on.effective_at(), message.id);
    state.changes.corrections.fold(which, moment, || (record, data.correction.clone()));
    Ok(Outcome::recorded(Some(record)))
}

/// The authority that it names.
pub(super) const fn authority(data: &ChildCorrected) -> Option<&AuthorityId> {
    match &data.correction {
        Correction::Authority(authority) => Some(authority),
        Correction::Names(_)
        | Correction::Birth(_)
        | Correction::Gender(_)
        | Correction::Identifiers(_)
        | Correction::Addresses(_)
        | Correction::Carers(_)
        | Correction::Setting(_)
        | Correction::GpPractice(_)
        | Correction::ChildState(_) => None,
    }
}
