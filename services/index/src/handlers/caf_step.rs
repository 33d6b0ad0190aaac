//! What the statements about a CAF after its start have in common. Each is kept, also before the CAF
//! itself is known (G7); what it comes to is folded when the CAF is read (`rules::life`).

use kit::Message;
use kit::handler::Outcome;
use schemas::{AuthorityId, CafRef, Happened, LocalRef, OnBehalfOf};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::statements::State;
use crate::error::Refusal;
use crate::rules::changes::Said;
use crate::rules::life::What;
use crate::rules::teller::Teller;
use kit::moment::{Moment, not_in_future};

/// The fields that these messages share.
pub(super) struct Step<'a> {
    pub(super) caf_ref: &'a CafRef,
    pub(super) local_ref: &'a LocalRef,
    pub(super) authority: &'a AuthorityId,
    /// When it happened, and where the message says so.
    pub(super) happened: (Happened, &'static str),
    /// From when the statement holds, if that is another moment.
    pub(super) effective: Option<Happened>,
    pub(super) what: What,
    /// The whole of the message's data.
    pub(super) data: Value,
}

/// Checks and takes down.
pub(super) fn take_down(
    state: &mut State,
    message: &Message,
    step: Step<'_>,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    let (happened, at) = step.happened;
    not_in_future(happened, now, at)?;
    if let Some(effective) = step.effective {
        not_in_future(effective, now, "/data/happenedOn")?;
    }
    state.known.authority(step.authority, "/data/authority")?;
    let record = state.child(message)?;
    let key = (message.sender.clone(), step.what.stored().0, step.local_ref.clone());
    let in_whose_name = match step.what {
        What::Reopened => state.known.reopens_for(&message.sender),
        What::Completed(_)
        | What::Checked(..)
        | What::Transferred(..)
        | What::Closed(_)
        | What::Withdrawn(_) => state.known.team_of(&message.sender),
    };
    let said = Said {
        record,
        caf_ref: step.caf_ref.clone(),
        what: step.what,
        happened_at: happened.effective_at(),
        data: kept(step.data, message.body.data.on_behalf_of()),
        team_of: in_whose_name.to_vec(),
        received_at: now,
    };
    let moment = Moment::new(step.effective.unwrap_or(happened).effective_at(), message.id);
    state.changes.caf_steps.fold(key, moment, || said);
    Ok(Outcome::recorded(Some(record)))
}

/// The index holds no address beside a child's own record, and no name of whoever told a CAF team.
fn kept(mut data: Value, on_behalf_of: Option<&OnBehalfOf>) -> Value {
    if let Some(transfer) = data.get_mut("transfer").and_then(Value::as_object_mut) {
        transfer.remove("newAddress");
    }
    if let Some(told_by) = on_behalf_of {
        data["onBehalfOf"] = json!(Teller::from(told_by));
    }
    data
}
