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
use crate::rules::life::What;
use crate::rules::permission::team_only;
use crate::rules::task::{Task, TaskKind};

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
    let assessors = data.caf_ref.agency();
    state.known.kind_of(assessors).map_err(|_| Refusal::UnknownCaf)?;
    let step = Step {
        caf_ref: &data.caf_ref,
        local_ref: &data.local_ref,
        authority: &data.authority,
        on_behalf_of: data.on_behalf_of.as_ref(),
        happened: (data.checked_on, "/data/checkedOn"),
        effective: data.happened_on,
        what: What::Checked(data.result),
    };
    let outcome = take_down(state, message, kind, step, now, |said| {
        said.codes.clone_from(&data.codes);
        said.due_by = data.due_by;
    })?;
    if data.result == CheckResult::Returned {
        state.changes.tasks.push(Task {
            kind: TaskKind::FormReturned,
            authority: data.authority.clone(),
            about: data.caf_ref.to_string(),
            record: None,
            opened_at: now,
            due_on: data.due_by.map_or_else(|| (now + BACK_WITHIN).date(), Day::date),
        });
    }
    let returned = CafReturned {
        caf_ref: data.caf_ref.clone(),
        result: data.result,
        codes: data.codes.clone(),
        due_by: data.due_by,
    };
    Ok(outcome.and_tells(Notice {
        to: assessors.clone(),
        queue: AgencyQueue::Inbox,
        kind: CafReturned::TYPE,
        // A struct of references and codes: its keys are all names.
        data: serde_json::json!(returned),
    }))
}
