//! `share.requested`: decided at once for what can be decided. What may pass is put to its holder; the rest is
//! refused, and what the asker may not know of is refused just as an unknown child is (D-I6, G5).

use std::collections::BTreeSet;

use deciding::Stage;
use kit::Message;
use kit::handler::{Notice, Outcome};
use kit::moment::not_in_future;
use schemas::catalogue::AgencyQueue;
use schemas::{
    About, AgencyNow, Asked, ChildRef, ConsentExtract, Day, DecisionId, FormPart, MessageId, PractitionerNow,
    Requester, ShareDecision, ShareRefused, ShareRequested, ShareWanted, Subject, To, ToldCode,
};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::awaited;
use super::release::asks_for_desk;
use super::sharing::{Fresh, Ids, State, named_as};
use crate::error::Refusal;
use crate::rules::changes::{Plain, Private};
use crate::rules::consent;
use crate::rules::deadline::{answer_due, calendar, half_way};
use crate::rules::decision::{self, Decided, Matter};
use crate::rules::entitled::{Entitled, holders};
use crate::rules::judge::{Bench, Piece, Towards, Verdict};
use crate::rules::share::{self, Held, Kind, Share};
use crate::rules::told::{refused, safety_note};
use crate::rules::watch::Watch;
use crate::rules::world::Record;

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &ShareRequested,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    not_in_future(data.happened_on, now, "/data/happenedOn")?;
    let asker = state.sender(message)?;
    let person = state.at_work(&asker.agency_id, &data.practitioner.id, "/data/practitioner/id")?;
    let mut known = BTreeSet::new();
    if !data.named_recipients.iter().all(|to| known.insert(to)) {
        return Err(Refusal::Twice("/data/namedRecipients"));
    }
    let subject = message.body.subject.clone().ok_or(Refusal::NoSubject)?;
    let own = state.world.named(&asker.agency_id, &subject).map(|record| record.child.record);
    if own.is_none() && matches!(subject, Subject::Child(_)) {
        return Err(Refusal::UnknownChild);
    }
    if state.note(message, ShareRequested::TYPE, &data.local_ref, data) == Fresh::Known {
        return Ok(Outcome::recorded(own));
    }
    let request = Request { message, data, asker: &asker, person: &person, subject: &subject, own, now };
    let found: Vec<(AgencyNow, Record)> = holders(&state.world, &asker, &subject, &data.holder, now)
        .into_iter()
        .map(|Entitled { agency, record }| (agency.clone(), record.clone()))
        .collect();
    let mut ids = state.ids(message);
    if found.is_empty() {
        let notice = request.reaches_nobody(state, &mut ids);
        return Ok(Outcome::told(own, vec![notice]));
    }
    let notices =
        found.iter().map(|(holder, record)| request.put_to(state, holder, record, &mut ids)).collect();
    Ok(Outcome::told(own, notices))
}

/// A request, and who makes it.
struct Request<'a> {
    message: &'a Message,
    data: &'a ShareRequested,
    asker: &'a AgencyNow,
    person: &'a PractitionerNow,
    subject: &'a Subject,
    /// The asker's record of the child, if it has one.
    own: Option<ChildRef>,
    now: OffsetDateTime,
}

impl Request<'_> {
    /// What is asked for, as parts.
    fn parts(&self) -> Vec<FormPart> {
        match &self.data.asked {
            Asked::Parts(parts) => parts.clone(),
            Asked::RecordExtract(_) => vec![FormPart::RecordExtract],
        }
    }

    fn recipients(&self) -> Vec<To> {
        self.data.named_recipients.iter().cloned().map(To::Practitioner).collect()
    }

    /// There is nobody to whom it may be put, or the asker may not know.
    fn reaches_nobody(&self, state: &mut State, ids: &mut Ids) -> Notice {
        let share = ids.next();
        let first = ids.next();
        let outcome = ShareDecision::DoNotShare;
        for (place, to) in self.recipients().into_iter().enumerate() {
            let id = if place == 0 { first } else { ids.next() };
            let cases = decision::not_shown(&self.parts());
            let decided = self.decided((id, share), None, to, (outcome, Some(refused(outcome))));
            state.changes.decisions.push(Decided { cases, ..decided });
        }
        self.keep(state, share, None, share::State::Refused, Vec::new());
        self.refused(first, outcome)
    }

    /// Decides for one holder; asks it, or refuses.
    fn put_to(&self, state: &mut State, holder: &AgencyNow, record: &Record, ids: &mut Ids) -> Notice {
        let share = ids.next();
        let weighed = self.weigh(state, holder, record);
        let all = weighed.iter().map(|(_, verdict)| verdict.outcome());
        let outcome = all.max_by_key(|outcome| waits(*outcome)).unwrap_or(ShareDecision::DoNotShare);
        let passed = Passed::of(&self.parts(), weighed.iter().map(|(_, verdict)| verdict));
        // One word for all who are named.
        let told = passed.parts.is_empty().then(|| refused(outcome));
        let first = ids.next();
        for (place, (to, verdict)) in weighed.iter().enumerate() {
            let id = if place == 0 { first } else { ids.next() };
            let to_each = (verdict.outcome(), told);
            let decided = self.decided((id, share), Some((holder, record)), to.clone(), to_each);
            let (cases, consents) = (decision::cases(verdict), verdict.weighed.clone());
            state.changes.decisions.push(Decided { consents, cases, ..decided });
        }
        let held = Held { agency: holder.agency_id.clone(), record: record.child.record };
        if passed.parts.is_empty() {
            self.keep(state, share, Some(held), share::State::Refused, Vec::new());
            if waits(outcome) > 0 {
                let what = (share, record.child.record);
                awaited::waits(state, self.message, self.data, what, self.own);
            }
            return self.refused(first, outcome);
        }
        let due_by = self.keep(state, share, Some(held), share::State::Wanted, passed.parts.clone());
        self.wanted(state, (share, due_by), (holder, record), &passed)
    }

    /// Towards each who is named; and, where protection would wait for somebody's check, the duty desk (D-A2).
    fn weigh(&self, state: &State, holder: &AgencyNow, record: &Record) -> Vec<(To, Verdict)> {
        let consents = state.world.consents(record);
        let then = consents.at(self.now);
        let bench = Bench::new(&state.law(), &then, (record, holder), Stage::Request);
        let bench = Bench { by: Some(&self.data.practitioner.id), ..bench };
        let about = match &self.data.asked {
            Asked::Parts(_) => &About::Child,
            Asked::RecordExtract(extract) => &extract.about,
        };
        let pieces: Vec<Piece<'_>> = self.parts().into_iter().map(|part| Piece::asked(part, about)).collect();
        let towards = |to: &To| {
            let towards =
                Towards { agency: self.asker, to, purpose: self.data.purpose, basis: &self.data.basis };
            bench.decide(&towards, &pieces)
        };
        let weighed = self.recipients().into_iter().map(|to| (towards(&to), to));
        let mut weighed: Vec<(To, Verdict)> = weighed.map(|(verdict, to)| (to, verdict)).collect();
        if weighed.iter().any(|(_, verdict)| asks_for_desk(verdict)) {
            weighed.push((To::DutyDesk, towards(&To::DutyDesk)));
        }
        weighed
    }

    fn decided(
        &self,
        (id, share): (Uuid, Uuid),
        holder: Option<(&AgencyNow, &Record)>,
        to: To,
        (outcome, told): (ShareDecision, Option<ToldCode>),
    ) -> Decided {
        let matter = Matter {
            share,
            message: (self.message.sender.clone(), self.message.id),
            asked_by: self.message.sender.clone(),
            practitioner: self.data.practitioner.id.clone(),
            holder: holder.map(|(agency, _)| agency.agency_id.clone()),
            record: holder.map(|(_, record)| record.child.record),
            recipient: self.message.sender.clone(),
            to,
            purpose: self.data.purpose,
            basis: decision::basis(&self.data.basis, self.data.lawful_basis.as_ref()),
        };
        Decided {
            id,
            decided_at: self.now,
            stage: Stage::Request,
            outcome,
            matter,
            consents: BTreeSet::new(),
            cases: json!(null),
            decided_by: None,
            supplied_by: None,
            told,
            family_told: self.data.family_told.as_ref().map(|told| json!(told)),
            private: None,
        }
    }

    /// Keeps the request, with its texts under the asker's key of the child; when its answer is due.
    fn keep(
        &self,
        state: &mut State,
        id: Uuid,
        holder: Option<Held>,
        stands: share::State,
        parts: Vec<FormPart>,
    ) -> OffsetDateTime {
        let calendar = calendar(self.asker.authorities.first());
        let due = answer_due(self.data.urgency, self.data.needed_by, &calendar, self.now);
        let waits = stands == share::State::Wanted;
        let share = Share {
            id,
            kind: Kind::Request,
            agency: self.message.sender.clone(),
            message: self.message.id,
            local_ref: self.data.local_ref.clone(),
            practitioner: self.data.practitioner.id.clone(),
            record: self.own,
            holder,
            asked: share::Asked {
                purpose: self.data.purpose,
                urgency: self.data.urgency,
                basis: self.data.basis.practice_basis(),
                whole: parts.len() == self.parts().len(),
                parts,
                recipients: self.recipients(),
            },
            state: stands,
            received_at: self.message.received_at,
            due_at: waits.then_some(due),
        };
        let child = self.own.map_or_else(|| named_as(self.subject), |record| state.own_name(record));
        let extract = match &self.data.asked {
            Asked::Parts(_) => None,
            Asked::RecordExtract(extract) => Some(extract),
        };
        let plain = Plain(json!({
            "whyNecessaryText": self.data.why_necessary_text, "reasonsText": self.data.basis.reasons(),
            "recordExtract": extract, "onBehalfOf": self.data.on_behalf_of,
        }));
        state
            .changes
            .shares
            .push((share, Some(Private { agency: self.message.sender.clone(), child, plain })));
        if waits {
            state.changes.timers.push((Watch::Answer(id).timer(), half_way(self.now, due)));
        }
        due
    }

    fn refused(&self, decision: Uuid, outcome: ShareDecision) -> Notice {
        let refused = ShareRefused {
            request: self.message.id,
            decision: DecisionId::from_uuid(decision),
            told_code: refused(outcome),
            safety_note: safety_note(self.asker),
        };
        // By its own id of the child no reference comes back: also where there is a record (G5).
        let own = match self.subject {
            Subject::Child(reference) => Some(*reference),
            Subject::Local(_) => None,
        };
        let to = self.message.sender.clone();
        Notice::new(to, AgencyQueue::Inbox, ShareRefused::TYPE, &refused).about(own)
    }

    fn wanted(
        &self,
        state: &State,
        (share, due_by): (Uuid, OffsetDateTime),
        (holder, record): (&AgencyNow, &Record),
        passed: &Passed,
    ) -> Notice {
        let asked = match &self.data.asked {
            Asked::Parts(_) => Asked::Parts(passed.parts.clone()),
            Asked::RecordExtract(extract) => Asked::RecordExtract(extract.clone()),
        };
        let (Some(name), Some(job)) = (self.person.name.clone(), self.person.job) else {
            // Nobody stands on the register as active without them.
            return self.refused(share, ShareDecision::DoNotShare);
        };
        let wanted = ShareWanted {
            request: MessageId::from_uuid(share),
            requester: Requester {
                agency_id: self.asker.agency_id.clone(),
                agency_name: self.asker.shown_name.clone(),
                job,
                name,
            },
            purpose: self.data.purpose,
            urgency: self.data.urgency,
            why_necessary_text: self.data.why_necessary_text.clone(),
            asked,
            judgement_needed: passed.judgement_needed,
            basis_claimed: self.data.basis.practice_basis(),
            reasons_text: self.data.basis.reasons().cloned(),
            consent_extract: passed.rests_on(state, record),
            due_by,
            safety_note: safety_note(holder),
        };
        let to = holder.agency_id.clone();
        Notice::new(to, AgencyQueue::Inbox, ShareWanted::TYPE, &wanted).about(Some(record.child.record))
    }
}

/// What a holder is asked for.
struct Passed {
    parts: Vec<FormPart>,
    judgement_needed: bool,
    consents: Vec<consent::StatementVersion>,
}

impl Passed {
    /// The parts, in the order in which they were asked for, that may pass to anybody named, or that the holder is to
    /// judge (D-S5).
    fn of<'v>(asked: &[FormPart], verdicts: impl Iterator<Item = &'v Verdict>) -> Self {
        let verdicts: Vec<&Verdict> = verdicts.collect();
        let with = |outcome| verdicts.iter().any(|verdict| !verdict.with(outcome).is_empty());
        let judgement_needed = with(deciding::Outcome::ReferredToHolder);
        let outcome =
            if judgement_needed { deciding::Outcome::ReferredToHolder } else { deciding::Outcome::Share };
        let passes = |part: &&FormPart| verdicts.iter().any(|verdict| verdict.with(outcome).contains(part));
        let consents = verdicts.iter().flat_map(|verdict| verdict.consents.iter().cloned()).collect();
        Self { parts: asked.iter().filter(passes).copied().collect(), judgement_needed, consents }
    }

    /// What the holder needs to know of the consent to rely on it.
    fn rests_on(&self, state: &State, record: &Record) -> Option<ConsentExtract> {
        let first = self.consents.first()?;
        let records = state.world.consented_for(record);
        let statement = records
            .iter()
            .flat_map(|record| &record.statements)
            .find(|statement| statement.version == *first)?;
        let consent::Decided::Given(given) = &statement.decided else {
            return None;
        };
        Some(ConsentExtract {
            statement: statement.version.message,
            said_on: statement.said_on,
            capacity: statement.capacity,
            review_by: Day::from_date(given.review_by),
        })
    }
}

/// Of several refusals what a person can still do something about is told.
const fn waits(outcome: ShareDecision) -> u8 {
    match outcome {
        ShareDecision::PendingConsent => 2,
        ShareDecision::PendingAdvice => 1,
        ShareDecision::Share
        | ShareDecision::ShareInPart
        | ShareDecision::DoNotShare
        | ShareDecision::ReferredToHolder => 0,
    }
}
