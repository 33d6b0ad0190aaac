//! `share.supplied`: the holder answers a request. What it sends is decided again, by the consent that stands now and
//! by its own judgement, and what may pass goes to whom the request named.

use deciding::Advice;
use kit::Message;
use kit::handler::{Notice, Outcome};
use kit::moment::not_in_future;
use schemas::catalogue::AgencyQueue;
use schemas::{
    AgencyNow, DecisionId, FormPart, Happened, OwnBasis, ShareDecision, ShareRefused, ShareSupplied,
    ToldCode, YesNo,
};
use serde_json::json;
use time::OffsetDateTime;

use super::release::{Letter, Sent, Whom, each_once};
use super::sharing::{Fresh, State};
use crate::error::Refusal;
use crate::rules::advice::Taken;
use crate::rules::decision::Decided;
use crate::rules::declined::more_detrimental;
use crate::rules::share::{self, Kind, Share};
use crate::rules::told::safety_note;
use crate::rules::world::Record;

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &ShareSupplied,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    not_in_future(data.happened_on, now, "/data/happenedOn")?;
    let holder = state.sender(message)?;
    state.at_work(&holder.agency_id, &data.judged_by, "/data/judgedBy")?;
    each_once(&data.parts)?;
    let (share, record) = asked_of(state, message, data.request)?;
    let asker = asker_of(state, &share, &record, now)?;
    let own = Some(record.child.record);
    if state.note(message, ShareSupplied::TYPE, &data.local_ref, data) == Fresh::Known {
        return Ok(Outcome::recorded(own));
    }
    let consents = state.world.consents(&record);
    let then = consents.at(now);
    let sent = Sent {
        message,
        local_ref: &data.local_ref,
        holder: &holder,
        record: &record,
        parts: &data.parts,
        judged_by: &data.judged_by,
        lawful: &data.lawful_basis,
        family_told: data.family_told.as_ref().map(|told| json!(told)),
        letter: Letter::Delivery {
            accuracy_as_of: data.accuracy_as_of,
            caveats: &data.caveats,
            referral: None,
        },
        urgency: share.asked.urgency,
        share: share.id,
        request: Some((share.message, share.practitioner.clone())),
        advice: state.advice(share.id),
        more_detrimental: state.more_detrimental(share.id, data.happened_on),
        now,
    };
    let (mut ids, before) = (state.ids(message), state.changes.decisions.len());
    let (mut notices, mut released) = (Vec::new(), Vec::new());
    for to in &share.asked.recipients {
        let only = match data.basis {
            OwnBasis::Consent => Some(share.asked.parts.as_slice()),
            // D-S5: what is necessary the holder judges, and the policies ask whether it is.
            OwnBasis::WithoutConsent { .. } => None,
        };
        let whom = Whom {
            agency: &asker,
            to: to.clone(),
            purpose: share.asked.purpose,
            basis: &data.basis,
            only,
            whole: share.asked.whole && covers(data, &share),
        };
        let gone = sent.release(state, &then, &whom, &mut ids);
        notices.extend(gone.notice);
        released.extend(gone.released);
    }
    if notices.is_empty() && share.state == share::State::Wanted {
        let Some(told) = what_is_told(state, before) else {
            return Ok(Outcome::Recorded { child: own, notices, released });
        };
        notices.push(refused(state, &share, &asker, told));
    }
    state.stands(share.id, share::State::Answered);
    Ok(Outcome::Recorded { child: own, notices, released })
}

/// Who asked, if its record still names the holder's child: what is released comes under its request.
fn asker_of(
    state: &State,
    share: &Share,
    record: &Record,
    now: OffsetDateTime,
) -> Result<AgencyNow, Refusal> {
    let asker = state.world.agencies.get(&share.agency).ok_or(Refusal::UnknownRequest)?;
    let of_asker = || state.world.record_of(asker, record, now).is_some();
    let is_own = |own| state.world.whole_child(record).iter().any(|one| one.child.record == own);
    if share.record.is_none_or(is_own) || of_asker() { Ok(asker.clone()) } else { Err(Refusal::OtherChild) }
}

/// What the asker is told where nothing passes, by the decisions from this place on, and that they told it. None where
/// advice is awaited (D-S8): the request stays wanted, and its time runs on.
fn what_is_told(state: &mut State, from: usize) -> Option<ToldCode> {
    let decided = state.changes.decisions.iter_mut().skip(from);
    let mut told = ToldCode::NotShared;
    let decided: Vec<&mut Decided> = decided.collect();
    for one in &decided {
        match one.outcome {
            ShareDecision::PendingAdvice => return None,
            ShareDecision::PendingConsent => told = ToldCode::AskCafTeam,
            ShareDecision::Share
            | ShareDecision::ShareInPart
            | ShareDecision::DoNotShare
            | ShareDecision::ReferredToHolder => {}
        }
    }
    for one in decided {
        one.told = Some(told);
    }
    Some(told)
}

/// Whether all that was asked for was sent. Of an extract of a record nobody can know.
fn covers(data: &ShareSupplied, share: &Share) -> bool {
    let asked = &share.asked.parts;
    !asked.contains(&FormPart::RecordExtract)
        && asked.iter().all(|part| data.parts.iter().any(|sent| sent.part == *part))
}

/// A request that this holder was asked, and its record of the child.
pub(super) fn asked_of(
    state: &State,
    message: &Message,
    request: schemas::MessageId,
) -> Result<(Share, Record), Refusal> {
    let share = state.shares.get(&request.as_uuid()).filter(|share| share.kind == Kind::Request);
    let share = share.ok_or(Refusal::UnknownRequest)?;
    let held = share.holder.as_ref().filter(|held| held.agency == message.sender);
    let held = held.filter(|_| share.state != share::State::Refused).ok_or(Refusal::UnknownRequest)?;
    let record = state.world.record(held.record).ok_or(Refusal::UnknownRequest)?;
    Ok((share.clone(), record.clone()))
}

/// What an asker is told when nothing comes. The last decision of the batch is the one that it names.
pub(super) fn refused(state: &State, share: &Share, asker: &AgencyNow, told_code: ToldCode) -> Notice {
    let decision = state.changes.decisions.last().map_or(share.id, |decided| decided.id);
    let refused = ShareRefused {
        request: share.message,
        decision: DecisionId::from_uuid(decision),
        told_code,
        safety_note: safety_note(asker),
    };
    Notice::new(share.agency.clone(), AgencyQueue::Inbox, ShareRefused::TYPE, &refused).about(share.record)
}

impl State {
    /// What was advised on a request (D-S8).
    pub(super) fn advice(&self, share: uuid::Uuid) -> Advice {
        self.advised.get(&share).map_or(Advice::None, Taken::advice)
    }

    /// What the holder of a request judged of what it gives (Children Act 2004 s16LA).
    pub(super) fn more_detrimental(&self, share: uuid::Uuid, given_on: Happened) -> YesNo {
        more_detrimental(self.detrimental_at.get(&share).copied(), given_on)
    }

    /// Later messages of the batch see it.
    pub(super) fn stands(&mut self, share: uuid::Uuid, stands: share::State) {
        if let Some(share) = self.shares.get_mut(&share) {
            share.state = stands;
        }
        self.changes.states.insert(share, stands);
    }
}
