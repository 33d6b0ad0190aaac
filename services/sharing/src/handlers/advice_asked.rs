//! `advice.asked`: somebody is in doubt about a request (D-S8). What its holder would release waits for the answer;
//! what the asker asks its own adviser is kept, and holds up nothing: the judgement is the holder's (D-S5).

use deciding::Advice;
use kit::Message;
use kit::handler::Outcome;
use kit::moment::not_in_future;
use schemas::{AdviceAsked, AdviserRole, ChildRef, LocalRef, MessageId};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::sharing::{Fresh, State};
use crate::error::Refusal;
use crate::rules::advice::Advised;
use crate::rules::changes::{Plain, Private};
use crate::rules::deadline::end_of;
use crate::rules::share;
use crate::rules::watch::Watch;

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &AdviceAsked,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    not_in_future(data.happened_on, now, "/data/happenedOn")?;
    let concerned = concerned(state, message, data.request)?;
    if state.note(message, AdviceAsked::TYPE, &data.local_ref, data) == Fresh::Known {
        return Ok(Outcome::recorded(Some(concerned.record)));
    }
    let due = end_of(data.due_by);
    state.changes.timers.push((Watch::Advice(message.id.as_uuid()).timer(), due));
    let said = Said {
        local_ref: &data.local_ref,
        role: data.asked_of.role,
        advice: Advice::Asked,
        at: data.happened_on.effective_at(),
        due_at: Some(due),
        texts: json!({ "nameText": data.asked_of.name_text, "questionText": data.question_text }),
    };
    Ok(Outcome::recorded(Some(said.keep(state, message, &concerned))))
}

/// What was said about a request.
#[derive(Debug)]
pub(super) struct Said<'a> {
    pub(super) local_ref: &'a LocalRef,
    pub(super) role: AdviserRole,
    pub(super) advice: Advice,
    pub(super) at: OffsetDateTime,
    pub(super) due_at: Option<OffsetDateTime>,
    pub(super) texts: Value,
}

impl Said<'_> {
    /// The sender's own record of the child.
    pub(super) fn keep(self, state: &mut State, message: &Message, concerned: &Concerned) -> ChildRef {
        let record = concerned.record;
        let child = state.own_name(record);
        let private = Private { agency: message.sender.clone(), child, plain: Plain(self.texts) };
        if concerned.side == Side::Holder {
            for share in &concerned.shares {
                let taken = state.advised.entry(*share).or_default();
                taken.add(self.local_ref.clone(), self.at, self.advice);
            }
        }
        state.changes.advice.extend(concerned.shares.iter().map(|share| Advised {
            share: *share,
            agency: message.sender.clone(),
            local_ref: self.local_ref.clone(),
            message: message.id,
            role: self.role,
            advice: self.advice,
            said_at: self.at,
            due_at: self.due_at,
            received_at: message.received_at,
            private: private.clone(),
        }));
        record
    }
}

/// On which side of a request the sender is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Holder,
    Asker,
}

/// The requests that a message names: an asker's one message may have gone to several holders.
#[derive(Debug)]
pub(super) struct Concerned {
    side: Side,
    shares: Vec<Uuid>,
    /// The sender's.
    pub(super) record: ChildRef,
}

/// A request that the sender was asked, or itself made.
pub(super) fn concerned(state: &State, message: &Message, request: MessageId) -> Result<Concerned, Refusal> {
    let requests = || state.shares.values().filter(|share| share.kind == share::Kind::Request);
    let mut asked =
        requests().filter(|share| share.id == request.as_uuid() && share.state != share::State::Refused);
    let held = asked.find_map(|share| {
        let held = share.holder.as_ref().filter(|held| held.agency == message.sender)?;
        Some(Concerned { side: Side::Holder, shares: vec![share.id], record: held.record })
    });
    if let Some(held) = held {
        return Ok(held);
    }
    let own = || requests().filter(|share| share.agency == message.sender && share.message == request);
    let record = own().find_map(|share| share.record);
    let Some(record) = record else {
        return Err(if own().next().is_some() { Refusal::NotYetKnown } else { Refusal::UnknownRequest });
    };
    Ok(Concerned { side: Side::Asker, shares: own().map(|share| share.id).collect(), record })
}
