//! `caf.checked`: the CAF team has checked the form; the assessor's agency is told by `caf.returned`
//! (D-I7).

use kit::Message;
use kit::handler::{Notice, Outcome};
use schemas::catalogue::AgencyQueue;
use schemas::{AgencyKind, CafChecked, CafReturned, CheckResult, Day};
use time::{Duration, OffsetDateTime};

use super::caf_step::{Step, take_down};
use super::statements::State;
use crate::error::Refusal;
use crate::rules::changes::Changes;
use crate::rules::life::What;
use crate::rules::permission::team_only;
use crate::rules::task::{Task, TaskKind};
use crate::rules::world::AgencyState;

/// A form that was returned is expected back, unless the CAF team says until when.
const BACK_WITHIN: Duration = Duration::days(14);

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &CafChecked,
    kind: AgencyKind,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    team_only(kind)?;
    // Of a CAF that is not known yet nobody is told: the statement waits for it (G7).
    let known = state.known.caf(&data.caf_ref).cloned();
    let is_of = |authority: &String| state.known.team_of(&message.sender).contains(authority);
    if !is_of(&data.authority.to_string()) {
        return Err(Refusal::TeamOnly);
    }
    // G7, G5: of another authority's CAF it is taken down without effect, as of one that is not known,
    // until a transfer to this team says otherwise.
    let of_another = known.as_ref().is_some_and(|caf| !caf.authorities.iter().any(is_of));
    let step = Step {
        caf_ref: &data.caf_ref,
        local_ref: &data.local_ref,
        authority: &data.authority,
        on_behalf_of: data.on_behalf_of.as_ref(),
        happened: (data.checked_on, "/data/checkedOn"),
        effective: data.happened_on,
        what: What::Checked(data.result),
        // Structs of references, codes and days: their keys are all names.
        data: serde_json::json!(data),
    };
    let outcome = take_down(state, message, kind, step, now)?;
    if of_another {
        return Ok(outcome);
    }
    let about = data.caf_ref.to_string();
    let Changes { tasks, forms_checked, .. } = &mut state.changes;
    tasks.retain(|task| task.kind != TaskKind::FormReturned || task.about != about);
    match data.result {
        CheckResult::Checked => {
            forms_checked.insert(data.caf_ref.clone());
        }
        CheckResult::Returned => {
            forms_checked.remove(&data.caf_ref);
            tasks.push(Task {
                kind: TaskKind::FormReturned,
                authority: data.authority.clone(),
                about,
                record: None,
                opened_at: now,
                due_on: data.due_by.map_or_else(|| (now + BACK_WITHIN).date(), Day::date),
            });
        }
    }
    if known.is_none_or(|caf| caf.assessors != AgencyState::Active) {
        return Ok(outcome);
    }
    let returned = CafReturned {
        caf_ref: data.caf_ref.clone(),
        result: data.result,
        codes: data.codes.clone(),
        due_by: data.due_by,
    };
    Ok(outcome.and_tells(Notice {
        to: data.caf_ref.agency().clone(),
        queue: AgencyQueue::Inbox,
        kind: CafReturned::TYPE,
        // A struct of references and codes: its keys are all names.
        data: serde_json::json!(returned),
    }))
}
