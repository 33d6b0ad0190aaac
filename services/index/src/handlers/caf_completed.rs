//! `caf.completed`: the form is done and goes to the CAF team, with its completeness manifest (D-I7).

use kit::Message;
use kit::handler::Outcome;
use schemas::{AgencyKind, CafCompleted};
use time::OffsetDateTime;

use super::caf_step::{Step, take_down};
use super::statements::State;
use crate::error::Refusal;
use crate::rules::life::{Copy, What};
use crate::rules::permission::own_caf_or_for_its_assessor;

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &CafCompleted,
    kind: AgencyKind,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    own_caf_or_for_its_assessor(&message.sender, kind, &data.caf_ref, data.on_behalf_of.as_ref())?;
    let step = Step {
        caf_ref: &data.caf_ref,
        local_ref: &data.local_ref,
        authority: &data.authority,
        happened: (data.completed_on, "/data/completedOn"),
        effective: data.happened_on,
        what: What::Completed(if data.sent_to_caf_team_on.is_some() { Copy::Sent } else { Copy::Awaited }),
        // Structs of references, codes and days: their keys are all names.
        data: serde_json::json!(data),
    };
    take_down(state, message, step, now)
}
