//! `caf.transferred`: the CAF moves with the child to another authority; both CAF teams take part and
//! no clock starts anew.

use kit::Message;
use kit::handler::Outcome;
use schemas::{AgencyKind, CafTransferred};
use time::OffsetDateTime;

use super::caf_step::{Step, take_down};
use super::statements::State;
use crate::error::Refusal;
use crate::rules::life::What;
use crate::rules::permission::team_only;

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &CafTransferred,
    kind: AgencyKind,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    team_only(kind)?;
    let to = &data.transfer.to_authority;
    state.known.authority(to, "/data/transfer/toAuthority")?;
    let step = Step {
        caf_ref: &data.caf_ref,
        local_ref: &data.local_ref,
        authority: &data.authority,
        happened: (data.on, "/data/on"),
        effective: data.happened_on,
        what: What::Transferred(data.transfer.state, to.clone()),
        // Structs of references, codes and days: their keys are all names.
        data: serde_json::json!(data),
    };
    take_down(state, message, step, now)
}
