//! `caf.withdrawn`: the CAF was recorded in error.

use kit::Message;
use kit::handler::Outcome;
use schemas::{AgencyKind, CafWithdrawn};
use time::OffsetDateTime;

use super::caf_step::{Step, take_down};
use super::statements::State;
use crate::error::Refusal;
use crate::rules::life::What;
use crate::rules::permission::own_caf_or_team;

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &CafWithdrawn,
    kind: AgencyKind,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    own_caf_or_team(&message.sender, kind, &data.caf_ref)?;
    let step = Step {
        caf_ref: &data.caf_ref,
        local_ref: &data.local_ref,
        authority: &data.authority,
        happened: (data.withdrawn_on, "/data/withdrawnOn"),
        effective: data.happened_on,
        what: What::Withdrawn(data.reason_code),
        // Structs of references, codes and days: their keys are all names.
        data: serde_json::json!(data),
    };
    take_down(state, message, step, now)
}
