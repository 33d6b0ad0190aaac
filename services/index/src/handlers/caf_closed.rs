//! `caf.closed`: by the lead's agency, by the assessor's where there is no lead, or by the CAF team.
//! Who leads is known from other statements, whatever their order: it is judged when the life is read.

use kit::Message;
use kit::handler::Outcome;
use schemas::CafClosed;
use time::OffsetDateTime;

use super::caf_step::{Step, take_down};
use super::statements::State;
use crate::error::Refusal;
use crate::rules::life::What;

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &CafClosed,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    let step = Step {
        caf_ref: &data.caf_ref,
        local_ref: &data.local_ref,
        authority: &data.authority,
        happened: (data.closed_on, "/data/closedOn"),
        effective: data.happened_on,
        what: What::Closed(data.closure_code),
        // Structs of references, codes and days: their keys are all names.
        data: serde_json::json!(data),
    };
    take_down(state, message, step, now)
}
