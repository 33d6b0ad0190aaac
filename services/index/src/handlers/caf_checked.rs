//! `caf.checked`: the CAF team has checked the form (D-I7). Where it has an effect, a look at the CAF tells the
//! assessor's agency by `caf.returned`, whatever came first (G7).

use kit::Message;
use kit::handler::Outcome;
use schemas::{AgencyKind, CafChecked, Day};
use time::OffsetDateTime;

use super::caf_step::{Step, take_down};
use super::statements::State;
use crate::error::Refusal;
use crate::rules::life::What;
use crate::rules::permission::team_only;

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &CafChecked,
    kind: AgencyKind,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    team_only(kind)?;
    if !state.known.team_of(&message.sender).contains(&data.authority.to_string()) {
        return Err(Refusal::TeamOnly);
    }
    let step = Step {
        caf_ref: &data.caf_ref,
        local_ref: &data.local_ref,
        authority: &data.authority,
        happened: (data.checked_on, "/data/checkedOn"),
        effective: data.happened_on,
        what: What::Checked(data.result, data.due_by.map(Day::date)),
        // Structs of references, codes and days: their keys are all names.
        data: serde_json::json!(data),
    };
    take_down(state, message, step, now)
}
