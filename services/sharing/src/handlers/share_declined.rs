//! `share.declined`: the holder sends nothing, or not yet. Code and words are for the record; who asked is told one of
//! the few phrases (codes §6).

use deciding::Stage;
use kit::Message;
use kit::handler::Outcome;
use kit::moment::not_in_future;
use schemas::{DeclineCode, ShareDecision, ShareDeclined, ToldCode};
use serde_json::json;
use std::collections::BTreeSet;
use time::OffsetDateTime;

use super::share_supplied::{asked_of, refused};
use super::sharing::{Fresh, State};
use crate::error::Refusal;
use crate::rules::beside::HOLDER_DECLINED;
use crate::rules::changes::{Plain, Private};
use crate::rules::decision::{Decided, Matter};
use crate::rules::declined::withheld;
use crate::rules::share;

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &ShareDeclined,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    not_in_future(data.happened_on, now, "/data/happenedOn")?;
    let holder = state.sender(message)?;
    state.at_work(&holder.agency_id, &data.judged_by, "/data/judgedBy")?;
    let (share, record) = asked_of(state, message, data.request)?;
    let asker = state.world.agencies.get(&share.agency).cloned().ok_or(Refusal::UnknownRequest)?;
    let own = Some(record.child.record);
    if state.note(message, ShareDeclined::TYPE, &data.local_ref, data) == Fresh::Known {
        return Ok(Outcome::recorded(own));
    }
    if data.decline_code == DeclineCode::MoreDetrimentalToChild {
        let at = data.happened_on.ends_at();
        let judged = state.detrimental_at.entry(share.id).or_insert(at);
        *judged = at.max(*judged);
    }
    // D-S8: whoever asks for advice still answers.
    let waits = data.decline_code == DeclineCode::SeekingAdvice;
    let tells = !waits && share.state == share::State::Wanted;
    let outcome = if waits { ShareDecision::PendingAdvice } else { ShareDecision::DoNotShare };
    let child = state.own_name(record.child.record);
    let plain = Plain(json!({ "declineText": data.decline_text }));
    let mut ids = state.ids(message);
    for to in &share.asked.recipients {
        state.changes.decisions.push(Decided {
            id: ids.next(),
            decided_at: now,
            stage: Stage::Release,
            outcome,
            matter: Matter { message: (message.sender.clone(), message.id), ..share.matter(to) },
            consents: BTreeSet::new(),
            cases: json!({"declineCode": data.decline_code, "declinedOn": data.happened_on,
                          "parts": share.asked.parts, "outcome": outcome,
                          "code": withheld(data.decline_code, share.asked.basis),
                          "policies": [HOLDER_DECLINED]}),
            decided_by: Some(data.judged_by.clone()),
            supplied_by: None,
            told: tells.then_some(ToldCode::NotShared),
            family_told: None,
            private: Some(Private {
                agency: holder.agency_id.clone(),
                child: child.clone(),
                plain: plain.clone(),
            }),
        });
    }
    if !tells {
        return Ok(Outcome::recorded(own));
    }
    let notice = refused(state, &share, &asker, ToldCode::NotShared);
    state.stands(share.id, share::State::Answered);
    Ok(Outcome::told(own, vec![notice]))
}
