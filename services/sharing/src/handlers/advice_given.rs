//! `advice.given`: what an adviser said about a request (D-S8). It binds what its holder releases from then on.

use deciding::Advice;
use kit::Message;
use kit::handler::Outcome;
use kit::moment::not_in_future;
use schemas::AdviceGiven;
use serde_json::json;
use time::OffsetDateTime;

use super::advice_asked::{Said, concerned};
use super::sharing::{Fresh, State};
use crate::error::Refusal;

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &AdviceGiven,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    not_in_future(data.answered_on, now, "/data/answeredOn")?;
    let concerned = concerned(state, message, data.request)?;
    if state.note(message, AdviceGiven::TYPE, &data.local_ref, data) == Fresh::Known {
        return Ok(Outcome::recorded(Some(concerned.record)));
    }
    let said = Said {
        local_ref: &data.local_ref,
        role: data.role,
        advice: Advice::from(data.answer),
        // An answer of the day of its question comes after it.
        at: data.answered_on.ends_at(),
        due_at: None,
        texts: json!({ "reasonsText": data.reasons_text }),
    };
    Ok(Outcome::recorded(Some(said.keep(state, message, &concerned))))
}
