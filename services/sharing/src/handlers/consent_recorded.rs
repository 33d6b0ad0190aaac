//! `consent.recorded`: what a person agreed to or refused (D-C1 to D-C8). Whoever got something by a consent that ends
//! with it is told, and what is asked of them; where electronic recording is refused, what rests here is deleted.

use kit::Message;
use kit::handler::{Notice, Outcome};
use kit::moment::not_in_future;
use schemas::{AgencyId, ConsentAct, ConsentRecorded, Decided, ElectronicRecording};
use serde_json::json;
use time::OffsetDateTime;

use super::after_withdrawal::{Gone, Said, protection};
use super::consent_widened;
use super::sharing::{Fresh, Ids, State, named_as};
use super::showing;
use crate::error::Refusal;
use crate::rules::changes::{Changes, Plain, Private, Stated};
use crate::rules::consent::{self, Delivery, Statement, act_for, is_reviewed_too_late, taken_away};
use crate::rules::consent_due::Told;
use crate::rules::delivery::Sent;
use crate::rules::judge::recipient;
use crate::rules::watch::Watch;
use crate::rules::world::{Record, World};

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &ConsentRecorded,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    not_in_future(data.said_on, now, "/data/saidOn")?;
    if let Decided::Given(agreed) | Decided::GivenWithLimits(agreed) | Decided::Renewed(agreed) =
        &data.decided
    {
        let said = data.said_on.effective_at().date();
        if is_reviewed_too_late(said, agreed.review_by.date()) {
            return Err(Refusal::ReviewTooLate);
        }
    }
    let subject = message.body.subject.clone().ok_or(Refusal::NoSubject)?;
    let own = state.world.named(&message.sender, &subject).map(|record| record.child.record);
    if state.note(message, ConsentRecorded::TYPE, &data.local_ref, data) == Fresh::Known {
        return Ok(Outcome::recorded(own));
    }
    let statement = Statement::received(
        message.sender.clone(),
        message.id,
        message.received_at,
        data,
        &|relationship, name| state.people.token(relationship, name),
    );
    let child = match own {
        Some(record) => state.own_name(record),
        None => named_as(&subject),
    };
    let private = Private { agency: message.sender.clone(), child, plain: Plain(json!(data)) };
    state.changes.statements.push(Stated { statement: statement.clone(), subject, private });
    let record = own.and_then(|own| state.world.record(own)).cloned();
    showing::said(state, record.as_ref(), &statement, now);
    let notices = match record {
        Some(record) => takes_effect(state, message, (&record, &statement), now),
        // G7: it takes effect when the child is known.
        None => Vec::new(),
    };
    Ok(Outcome::told(own, notices))
}

fn takes_effect(state: &mut State, message: &Message, said: Said<'_>, now: OffsetDateTime) -> Vec<Notice> {
    let mut ids = state.ids(message);
    // What is due of what others recorded may be due no more, and what waited may pass.
    let watched = state.world.whom_it_governs(said.0).into_iter().map(|one| one.child.record);
    let watched: Vec<_> = watched.map(|one| (Watch::Consent(one).timer(), now)).collect();
    state.changes.timers.extend(watched);
    let widenings = consent_widened::widenings(state, said, now);
    let mut notices = withdrawn(state, said, &mut ids, now);
    // By an earlier version, too: what it agreed to may be agreed to no more.
    let of_recording = |one: &Statement| one.acts.contains(&ConsentAct::RecordElectronically);
    if state.world.consented_for(said.0).iter().any(|of| of.statements.iter().any(of_recording)) {
        rests_no_more(&state.world, said.0, &mut state.changes, now);
    }
    notices.extend(protection(&state.world, said, now));
    state.changes.consent_told.extend(Told::of_protection(said.1).map(|told| (told, now)));
    notices.extend(consent_widened::told(state, widenings, &mut ids, now));
    notices
}

/// Adds the statement to what is known, and tells whoever got something that it no longer covers.
fn withdrawn(
    state: &mut State,
    (record, statement): Said<'_>,
    ids: &mut Ids,
    now: OffsetDateTime,
) -> Vec<Notice> {
    let holders: Vec<Record> = state.world.whom_it_governs(record).into_iter().cloned().collect();
    // An agency to which something was released is on the register.
    let known = |sent: Sent| Some((recipient(state.world.agencies.get(&sent.recipient)?), sent));
    let mut released = Vec::new();
    for holder in &holders {
        let sent = state.sent_of(holder.child.record).into_iter().filter_map(known);
        let sent: Vec<(consent::Recipient, Sent)> = sent.collect();
        if !sent.is_empty() {
            released.push((holder, sent, state.world.consents(holder)));
        }
    }
    state.world.add_statement(record.child.record, statement.clone());
    // A clock that is ahead takes back no less.
    let at = now.max(statement.said_on.effective_at());
    let mut all = Gone::default();
    for (holder, sent, before) in &released {
        let after = state.world.consents(holder);
        let deliveries: Vec<Delivery<'_>> =
            sent.iter().map(|(to, sent)| delivery(&holder.child.agency_id, to, sent)).collect();
        for gone in taken_away(&before.at(at), &after.at(at), statement, &deliveries) {
            all.add(holder, (&sent[gone.delivery].1, &gone), statement, &mut state.changes, now);
        }
    }
    all.told(&state.world, &mut state.changes, (record, statement), ids, now)
}

/// D-C7 (b): where electronic recording is refused of what a record governs, no content rests here either.
pub(super) fn rests_no_more(world: &World, recorded: &Record, changes: &mut Changes, now: OffsetDateTime) {
    let refused = |holder: &&Record| {
        let consents = world.consents(holder);
        world.electronic_recording(holder, &consents.at(now)) == Some(ElectronicRecording::Refused)
    };
    let holders = world.whom_it_governs(recorded).into_iter().filter(refused);
    changes.not_kept.extend(holders.map(|holder| holder.child.record));
}

/// A release as it meets what was said.
pub(super) fn delivery<'a>(
    holder: &'a AgencyId,
    recipient: &'a consent::Recipient,
    sent: &'a Sent,
) -> Delivery<'a> {
    Delivery {
        holder,
        recipient,
        items: &sent.items,
        act: act_for(sent.purpose),
        purpose: sent.purpose,
        released_at: sent.sent_at,
    }
}

/// The agencies that what is given names.
pub(super) fn agencies_named(data: &ConsentRecorded) -> &[AgencyId] {
    match &data.decided {
        Decided::Given(agreed) | Decided::GivenWithLimits(agreed) | Decided::Renewed(agreed) => {
            agreed.scope.as_ref().map_or(&[], |scope| &scope.agencies.named)
        }
        Decided::Refused { .. }
        | Decided::Withdrawn { .. }
        | Decided::NotAbleToDecide
        | Decided::NotAsked(_) => &[],
    }
}
