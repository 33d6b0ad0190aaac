//! `delivery.acknowledged`: a receiver's system has what it was sent, or a person has (LG App. G). Content leaves the
//! exchange with the first; chasing ends with the second. What a receiver cannot do, and that it took on who was
//! referred to it, is told to those who have to act on it.

use kit::Message;
use kit::handler::{Notice, Outcome};
use kit::moment::not_in_future;
use schemas::{Became, DeliveryAcknowledged, LocalRef, ReminderKind, ReminderRef, ReminderRole};
use time::OffsetDateTime;

use super::consent_widened;
use super::reminders::{remind, remind_team};
use super::sharing::State;
use crate::error::Refusal;
use crate::rules::delivery::{Acknowledged, Origin, Refers, SentTo, Word};

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &DeliveryAcknowledged,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    not_in_future(data.at, now, "/data/at")?;
    let id = data.message.as_uuid();
    let sent = state.sent_to.get_mut(&id).filter(|sent| sent.agency == message.sender);
    let sent = sent.ok_or(Refusal::UnknownMessage)?;
    let news = word(&data.became).filter(|word| sent.said.insert(*word));
    let sent = sent.clone();
    let notices = if let Some(asked) = state.consent_asked.get(&id).cloned() {
        consent_widened::acknowledged(state, &asked, &data.became, now);
        Vec::new()
    } else {
        news.map(|word| told(state, (data, word), &sent, now)).unwrap_or_default()
    };
    state.changes.acknowledged.push(Acknowledged {
        message: id,
        by: message.sender.clone(),
        became: data.became.clone(),
        at: data.at.effective_at(),
    });
    Ok(Outcome::told(None, notices))
}

const fn word(became: &Became) -> Option<Word> {
    match became {
        Became::ReceivedBySystem | Became::ReceivedByPerson { .. } => None,
        Became::Acted => Some(Word::Acted),
        Became::Cannot { .. } => Some(Word::Cannot),
    }
}

fn told(
    state: &State,
    (data, word): (&DeliveryAcknowledged, Word),
    sent: &SentTo,
    now: OffsetDateTime,
) -> Vec<Notice> {
    let supplier = |kind| {
        let Origin { supplier, local_ref, record, .. } = sent.from.as_ref()?;
        let reference = ReminderRef::Statement(local_ref.clone());
        Some(remind(&state.world, supplier, kind, reference, ReminderRole::Owner, now).about(*record))
    };
    match word {
        Word::Acted => {
            let refers = sent.from.as_ref().filter(|from| from.refers == Refers::Somebody);
            let Some(from) = refers else {
                return Vec::new();
            };
            let kind = ReminderKind::ReferralTakenOn;
            let record = from.record.and_then(|record| state.world.record(record));
            let team = record.and_then(|record| {
                remind_team(&state.world, kind, (record, from.share), ReminderRole::Owner, now)
            });
            supplier(kind).into_iter().chain(team).collect()
        }
        // D-A3: the CAF team sees to what a receiver cannot do; who sent it knows what it was.
        Word::Cannot => {
            let kind = ReminderKind::ReceiverCannot;
            let receiver = state.world.agencies.get(&sent.agency);
            let team = receiver.and_then(|receiver| receiver.authorities.first()?.caf_team.as_ref());
            let team = team.filter(|team| **team != sent.agency);
            let reference = LocalRef::parse(&data.message.to_string()).map(ReminderRef::Statement);
            let team = team.zip(reference.ok()).map(|(team, reference)| {
                remind(&state.world, team, kind, reference, ReminderRole::SecondOwner, now)
            });
            supplier(kind).into_iter().chain(team).collect()
        }
    }
}
