//! `share.offered`: content that nobody asked for, to named agencies; decided for each of them. With a referral the
//! area's CAF team gets its copy, too (LG 3.11).

use std::collections::BTreeSet;

use deciding::Advice;
use kit::Message;
use kit::handler::{Notice, Outcome};
use kit::moment::not_in_future;
use schemas::{
    AgencyNow, OwnBasis, Purpose, Recipient, ReminderKind, ReminderRole, ShareOffered, Subject, To, YesNo,
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::release::{Letter, Sent, Whom, each_once};
use super::reminders::remind_team;
use super::sharing::{Fresh, State};
use crate::error::Refusal;
use crate::rules::share::{self, Kind, Share};
use crate::rules::world::Record;

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &ShareOffered,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    not_in_future(data.happened_on, now, "/data/happenedOn")?;
    let holder = state.sender(message)?;
    state.at_work(&holder.agency_id, &data.judged_by, "/data/judgedBy")?;
    each_once(&data.parts)?;
    each_recipient_once(data)?;
    let subject = message.body.subject.clone().ok_or(Refusal::NoSubject)?;
    let record = state.world.named(&holder.agency_id, &subject).cloned().ok_or(match subject {
        Subject::Child(_) => Refusal::UnknownChild,
        Subject::Local(_) => Refusal::NotYetKnown,
    })?;
    let own = Some(record.child.record);
    if state.note(message, ShareOffered::TYPE, &data.local_ref, data) == Fresh::Known {
        return Ok(Outcome::recorded(own));
    }
    let mut ids = state.ids(message);
    let id = ids.next();
    keep(state, message, data, (id, &record));
    let consents = state.world.consents(&record);
    let then = consents.at(now);
    let sent = |referral| Sent {
        message,
        local_ref: &data.local_ref,
        holder: &holder,
        record: &record,
        parts: &data.parts,
        judged_by: &data.judged_by,
        lawful: &data.lawful_basis,
        family_told: data.family_told.as_ref().map(|told| json!(told)),
        letter: Letter::Delivery { accuracy_as_of: data.accuracy_as_of, caveats: &data.caveats, referral },
        urgency: data.urgency,
        share: id,
        request: None,
        advice: Advice::None,
        // Whoever judges so does not offer it.
        more_detrimental: YesNo::No,
        now,
    };
    let (mut notices, mut released) = (Vec::new(), Vec::new());
    for recipient in with_copy(state, &holder, &record, data) {
        // The CAF team's copy refers the child to nobody.
        let sent = sent(data.referral.as_ref().filter(|_| data.recipients.all().contains(&recipient)));
        let Some(agency) = state.world.agencies.get(&recipient.agency_id).cloned() else {
            sent.reaches_nobody(state, &recipient, &mut ids);
            continue;
        };
        let whom = Whom {
            agency: &agency,
            to: recipient.person,
            purpose: recipient.purpose,
            basis: &recipient.basis,
            only: None,
            whole: true,
        };
        let gone = sent.release(state, &then, &whom, &mut ids);
        notices.extend(gone.notice);
        released.extend(gone.released);
    }
    if data.referral.is_some() && !notices.is_empty() {
        notices.extend(referral_sent(state, &record, id, now));
    }
    Ok(Outcome::Recorded { child: own, notices, released })
}

fn each_recipient_once(data: &ShareOffered) -> Result<(), Refusal> {
    let mut known = BTreeSet::new();
    let mut all = data.recipients.all().iter();
    let is_new = |to: &Recipient| known.insert((to.agency_id.clone(), to.person.clone(), to.purpose));
    if all.all(is_new) { Ok(()) } else { Err(Refusal::Twice("/data/recipients")) }
}

fn referral_sent(state: &State, record: &Record, share: Uuid, now: OffsetDateTime) -> Option<Notice> {
    remind_team(&state.world, ReminderKind::ReferralSent, (record, share), ReminderRole::Owner, now)
}

/// The recipients, and the CAF team for its copy of what is referred.
fn with_copy(state: &State, holder: &AgencyNow, record: &Record, data: &ShareOffered) -> Vec<Recipient> {
    let mut recipients = data.recipients.all().to_vec();
    let team = state.world.area(holder, Some(record)).and_then(|area| area.caf_team.clone());
    if let (Some(_), Some(team)) = (&data.referral, team)
        && team != holder.agency_id
        && recipients.iter().all(|recipient| recipient.agency_id != team)
    {
        recipients.push(Recipient {
            agency_id: team,
            person: To::DutyDesk,
            purpose: Purpose::QualityCheck,
            basis: OwnBasis::Consent,
        });
    }
    recipients
}

fn keep(state: &mut State, message: &Message, data: &ShareOffered, (id, record): (Uuid, &Record)) {
    let Some(first) = data.recipients.all().first() else {
        return;
    };
    let share = Share {
        id,
        kind: Kind::Offer,
        agency: message.sender.clone(),
        message: message.id,
        local_ref: data.local_ref.clone(),
        practitioner: data.practitioner.id.clone(),
        record: Some(record.child.record),
        holder: None,
        asked: share::Asked {
            purpose: first.purpose,
            urgency: data.urgency,
            basis: first.basis.practice_basis(),
            parts: data.parts.iter().map(|part| part.part).collect(),
            whole: true,
            recipients: data.recipients.all().iter().map(|recipient| recipient.person.clone()).collect(),
        },
        state: share::State::Released,
        received_at: message.received_at,
        due_at: None,
    };
    state.changes.shares.push((share, None));
}
