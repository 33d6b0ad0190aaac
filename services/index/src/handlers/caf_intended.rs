//! `caf.intended`: who intends a CAF is advised at once (D-I4). A statement that is answered like a
//! question, on the lane of queries.

use std::collections::BTreeSet;

use kit::Message;
use kit::handler::{Notice, Outcome};
use schemas::catalogue::AgencyQueue;
use schemas::{
    AdviceCode, AgencyId, CafAdvised, CafIntended, Day, LocalRef, Purpose, ReminderIssued, ReminderKind,
    ReminderRef, ReminderRole, Sensitivity, Subject,
};
use time::{Duration, OffsetDateTime};

use super::queries::State;
use crate::error::Refusal;
use crate::rules::advice::{Advice, Advised, Intending, advise};
use crate::rules::answer::Question;
use crate::rules::decision::Asked;
use crate::rules::demographics::keys_at;
use crate::rules::intention::{Intended, Key, keys_of_question, lapses_on};
use crate::rules::permission::may_speak_for;
use crate::rules::register::Locality;
use crate::rules::task::Task;
use crate::rules::teller::Teller;
use crate::rules::world::{Selector, Training};
use kit::moment::{Moment, not_in_future};

/// A person of the CAF team looks within so many days.
const PERSON_LOOKS: Duration = Duration::days(2);

/// The question that a message puts.
pub(super) fn question(message: &Message, data: &CafIntended) -> Question {
    Question {
        asked: Asked {
            agency: message.sender.clone(),
            query: message.id,
            practitioner: data.practitioner.id.clone(),
            purpose: Purpose::AvoidDuplicateAssessment,
            reason_text: None,
        },
        selector: selector(message, data),
        training: Training::marked(data.child.as_ref().is_some_and(|child| child.synthetic)),
    }
}

fn selector(message: &Message, data: &CafIntended) -> Selector {
    match (&message.body.subject, &data.child) {
        (Some(Subject::Child(reference)), _) => Selector::Child(*reference),
        (Some(Subject::Local(id)), _) => Selector::Local(id.clone()),
        (None, Some(child)) => Selector::Described {
            identifiers: child.identifiers.clone(),
            keys: keys_at(&child.names, &child.birth, &child.addresses, child.synthetic),
        },
        // The schema wants one of them; without any, nothing is found.
        (None, None) => Selector::Demographics(None),
    }
}

/// By what others may have described the child.
pub(super) fn keys(message: &Message, data: &CafIntended) -> BTreeSet<Key> {
    keys_of_question(&selector(message, data), data)
}

/// Advises, takes the decision down and keeps the intention: pure.
pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &CafIntended,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    let asker = state.asker(&message.sender, &data.practitioner.id).cloned();
    if let Some(asker) = &asker {
        may_speak_for(asker.kind, data.on_behalf_of.as_ref())?;
    }
    not_in_future(data.happened_on, now, "/data/happenedOn")?;
    let area = state.area(&data.authority)?.clone();
    let mut question = question(message, data);
    // What is named by a reference is what its record says that it is.
    let own = state.world.own(&message.sender, &question.selector);
    question.training = own.map_or(question.training, |record| state.world.training(record));
    let own = own.map(|record| record.id);
    let keys = keys(message, data);
    let intending = Intending {
        concern: data.protection_concern,
        keys: &keys,
        birth: data.child.as_ref().map(|child| child.birth.date()),
        index_age: area.terms.index_age,
        asker: asker.as_ref().map_or(Sensitivity::Sensitive, |asker| asker.sensitivity),
        others: &state.intentions,
    };
    let Advised { reply, decision } = advise(&state.world, asker.as_ref(), &question, &intending, now);
    let outcome = reply.and_then(|advice| match (own.or(advice.own), &question.selector) {
        // What is to be met later has to be known by something.
        (None, Selector::Local(_)) => Err(Refusal::UnknownChild),
        (own, _) => Ok((own, told(message, &data.local_ref, &advice, &area, now), advice.task)),
    });
    let id = state.allotted(message)?.decision;
    state.take_down(id, now, decision);
    let (own, notices, task) = outcome?;
    let intended = Intended {
        record: own,
        keys,
        practitioner: data.practitioner.id.clone(),
        authority: data.authority.clone(),
        asked_by: data.asked_by,
        training: question.training,
        told_by: data.on_behalf_of.as_ref().map(Teller::from),
        lapses_on: lapses_on(now, area.terms.intention_days),
    };
    state.intend(
        Moment::new(data.happened_on.effective_at(), message.id),
        message,
        &data.local_ref,
        intended,
    );
    if let Some(kind) = task {
        let task = Task {
            kind,
            authority: data.authority.clone(),
            about: format!("{}/{}", message.sender, data.local_ref),
            record: own,
            opened_at: now,
            due_on: (now + PERSON_LOOKS).date(),
        };
        state.tasks.push(task);
    }
    Ok(Outcome::told(own, notices))
}

/// The advice itself, and a word to those who intend one, too.
fn told(
    message: &Message,
    local_ref: &LocalRef,
    advice: &Advice<'_>,
    area: &Locality,
    now: OffsetDateTime,
) -> Vec<Notice> {
    let by_a_person = advice.code == AdviceCode::BeingCheckedByAPerson;
    let asks_the_team = by_a_person || advice.code == AdviceCode::OutsideIndexAgeAskCafTeam;
    let advised = CafAdvised {
        intention: message.id,
        code: advice.code,
        contact: advice.contact.clone().or_else(|| asks_the_team.then(|| area.desk.clone().into())),
        caf_ref: advice.caf_ref.clone(),
        valid_until: Day::from_date(lapses_on(now, area.terms.intention_days)),
        due_by: by_a_person.then(|| Day::from_date((now + PERSON_LOOKS).date())),
        safety_note: area.safety_note.clone(),
    };
    let answer = Notice::new(message.sender.clone(), AgencyQueue::Answers, CafAdvised::TYPE, &advised);
    let liaise = |agency: &AgencyId, local_ref: &LocalRef| {
        let reminder = ReminderIssued {
            kind: ReminderKind::TwoIntentions,
            reference: ReminderRef::Statement(local_ref.clone()),
            due: Day::from_date((now + PERSON_LOOKS).date()),
            role: ReminderRole::Owner,
        };
        Notice::new(agency.clone(), AgencyQueue::Inbox, ReminderIssued::TYPE, &reminder)
    };
    let others = advice.liaise.iter().map(|other| liaise(&other.supplier.agency, &other.local_ref));
    // Both are told; the asker by the advice, unless something else came first.
    let by_advice = advice.liaise.is_empty() || advice.code == AdviceCode::OthersIntendTooLiaise;
    let asker = (!by_advice).then(|| liaise(&message.sender, local_ref));
    std::iter::once(answer).chain(others).chain(asker).collect()
}
