//! `caf.reopened`: through the CAF team or by its leave, with a new consent (D-I4, LG 3.3).

use kit::Message;
use kit::handler::Outcome;
use schemas::{AgencyKind, CafReopened};
use time::OffsetDateTime;

use super::caf_step::{Step, take_down};
use super::statements::State;
use crate::error::Refusal;
use crate::rules::life::What;
use crate::rules::permission::may_reopen;

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &CafReopened,
    kind: AgencyKind,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    may_reopen(kind, state.known.reopens_for(&message.sender), &data.authority)?;
    let step = Step {
        caf_ref: &data.caf_ref,
        local_ref: &data.local_ref,
        authority: &data.authority,
        happened: (data.reopened_on, "/data/reopenedOn"),
        effective: data.happened_on,
        what: What::Reopened,
        // Structs of references, codes and days: their keys are all names.
        data: serde_json::json!(data),
    };
    take_down(state, message, step, now)
}
