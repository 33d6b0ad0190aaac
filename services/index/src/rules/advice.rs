//! The advice before a CAF is started (D-I4). It informs; it does not block. A restricted child and one
//! whom only a sensitive service knows are answered exactly as an unknown one (D-I6, G5).

use std::collections::BTreeSet;

use schemas::{
    AdviceCode, AdviceContact, AgencyId, CafRef, ChildRef, PartialDate, ProtectionConcern, Sensitivity,
};
use time::{Date, OffsetDateTime};

use super::answer::{Asker, Question};
use super::contacts::{CafShown, Naming, caf_shown, contacts, may_reopen, shown_of, specialist};
use super::covered::as_covered;
use super::decision::{Decision, Reason};
use super::found::{Found, admitted, in_reach};
use super::intention::{Intention, Key, concerns, keys_of_record};
use super::standing::Standing;
use super::task::TaskKind;
use super::world::{AgencyState, Record, World};
use crate::error::Refusal;

/// What is asked besides the child.
#[derive(Clone, Debug)]
pub struct Intending<'a> {
    pub concern: ProtectionConcern,
    /// By what the child was described, if it was.
    pub keys: &'a BTreeSet<Key>,
    pub birth: Option<PartialDate>,
    /// To which birthday the authority's index reaches.
    pub index_age: i32,
    /// Whether who asks works in a sensitive service.
    pub asker: Sensitivity,
    /// Others' intentions that may be about the child.
    pub others: &'a [Intention],
}

/// What comes of it.
#[derive(Clone, Debug)]
pub struct Advised<'a> {
    pub reply: Result<Advice<'a>, Refusal>,
    pub decision: Decision,
}

/// The advice, and what follows from it.
#[derive(Clone, Debug)]
pub struct Advice<'a> {
    pub code: AdviceCode,
    pub contact: Option<AdviceContact>,
    pub caf_ref: Option<CafRef>,
    /// The asker's own record of the child.
    pub own: Option<ChildRef>,
    /// Those who are told to liaise, too.
    pub liaise: Vec<&'a Intention>,
    /// For the CAF team: never seen by the asker.
    pub task: Option<TaskKind>,
}

/// Decides.
#[must_use]
pub fn advise<'a>(
    world: &World,
    asker: Option<&Asker>,
    question: &Question,
    intending: &Intending<'a>,
    now: OffsetDateTime,
) -> Advised<'a> {
    let refuse = |(refusal, reason)| Advised {
        reply: Err(refusal),
        decision: Decision::showing_nothing(question.asked.clone(), reason, Vec::new()),
    };
    let (asker, pool) = match admitted(asker).and_then(|asker| Ok((asker, in_reach(world, question)?))) {
        Ok(admitted) => admitted,
        Err(why) => return refuse(why),
    };
    let agency = &question.asked.agency;
    let seen = as_covered(asker, &pool, now.date());
    let pool: Vec<&Record> = seen.iter().map(AsRef::as_ref).collect();
    let found = Found::among(agency, asker.kind, &question.selector, &pool);
    let matches = found.matches();
    let reason = match matches.len() {
        0 => found.why_nothing(),
        1 if found.keeps_back() => Reason::MatchInPart,
        1 => Reason::Match,
        _ => Reason::SeveralMatches,
    };
    let own = |record: &&&Record| record.supplier.agency == *agency;
    let mut advice = match matches.as_slice() {
        [] => of_one(agency, &found, &[], intending, now),
        [group] => Advice {
            own: group.iter().find(own).map(|record| record.id),
            ..of_one(agency, &found, group, intending, now)
        },
        [_, _, ..] => {
            Advice { task: Some(TaskKind::WhichChild), ..Advice::of(AdviceCode::BeingCheckedByAPerson) }
        }
    };
    if intending.concern == ProtectionConcern::Yes {
        let Advice { own, task, liaise, .. } = advice;
        advice = Advice { own, liaise, task, ..Advice::of(AdviceCode::SafeguardingProcedureNow) };
    }
    let shown = match matches.as_slice() {
        [group] => {
            let naming = Naming::Only(advice.contact.as_ref());
            shown_of(agency, group, naming, advice.caf_ref.as_ref(), now)
        }
        [] | [_, _, ..] => BTreeSet::new(),
    };
    let decision = Decision { asked: question.asked.clone(), reason, records: found.concerned(), shown };
    Advised { reply: Ok(advice), decision }
}

/// The first that applies (codes §3), of the child as the asker may see it.
fn of_one<'a>(
    agency: &AgencyId,
    found: &Found<'_>,
    group: &[&Record],
    intending: &Intending<'a>,
    now: OffsetDateTime,
) -> Advice<'a> {
    let keys: BTreeSet<Key> = group
        .iter()
        .flat_map(|record| keys_of_record(record))
        .chain(intending.keys.iter().cloned())
        .collect();
    let others: Vec<&Intention> = intending
        .others
        .iter()
        .filter(|other| is_shown(agency, found, other) && concerns(other, group, &keys))
        .collect();
    let task = task_of(found).or((!others.is_empty()).then_some(TaskKind::TwoIntentions));
    // Both are told, whatever else is to be said. D-I6: a sensitive service is not betrayed by a word.
    let liaise = if intending.asker == Sensitivity::Ordinary { others.clone() } else { Vec::new() };
    let of_others: Vec<&Record> =
        group.iter().filter(|record| record.supplier.agency != *agency).copied().collect();
    let of = |code| Advice { liaise: liaise.clone(), task, ..Advice::of(code) };
    let with = |code, contact, caf_ref| Advice { contact: Some(contact), caf_ref, ..of(code) };
    let people = contacts(agency, group, now);
    if let CafShown::Open(caf_ref, contact) = caf_shown(agency, group, &found.lives, &people, now) {
        return with(AdviceCode::OpenCafSpeakToLead, contact.into(), Some(caf_ref));
    }
    if let Some(contact) = specialist(agency, &of_others, now) {
        return with(AdviceCode::SpecialistInvolvedSpeakToKeyWorker, contact.into(), None);
    }
    if let Some((caf_ref, contact)) = may_reopen(agency, group, &found.lives, now) {
        return with(AdviceCode::ClosedRecentlyMayReopen, contact.into(), Some(caf_ref));
    }
    if let Some(first) = others.first() {
        return with(AdviceCode::OthersIntendTooLiaise, contact_of(first), None);
    }
    if let Some(contact) = contacts(agency, &of_others, now).into_iter().next() {
        return with(AdviceCode::OthersInvolvedLiaise, contact.into(), None);
    }
    let birth =
        intending.birth.or_else(|| group.iter().find_map(|record| Some(record.facts.as_ref()?.birth)));
    let code = if birth.is_some_and(|birth| is_over(birth, intending.index_age, now.date())) {
        AdviceCode::OutsideIndexAgeAskCafTeam
    } else {
        AdviceCode::NothingAgainstStarting
    };
    of(code)
}

/// D-I6: the asker is told nothing of it; a person of the CAF team sees to the child.
fn task_of(found: &Found<'_>) -> Option<TaskKind> {
    match found.why_hidden() {
        Some(Reason::Restricted) => Some(TaskKind::RestrictedIntended),
        Some(Reason::SensitiveOnly) => Some(TaskKind::SensitiveIntended),
        Some(_) | None => None,
    }
}

/// Of a child who is hidden no intention of others is shown either: it would say where to look.
fn is_shown(asker: &AgencyId, found: &Found<'_>, other: &Intention) -> bool {
    found.why_hidden().is_none()
        && other.supplier.agency != *asker
        && other.supplier.state == AgencyState::Active
        && other.sensitivity == Sensitivity::Ordinary
}

fn contact_of(intention: &Intention) -> AdviceContact {
    let agency_name = intention.supplier.shown_name.clone();
    match intention.practitioner.standing() {
        Standing::Active(person) => {
            AdviceContact { name: Some(person.name.clone()), agency_name, phone: person.work_phone.clone() }
        }
        Standing::Away | Standing::Unknown => {
            AdviceContact { name: None, agency_name, phone: intention.supplier.duty_desk.clone() }
        }
    }
}

/// Whether even the youngest whom the date may mean has had that birthday (D-I3).
fn is_over(birth: PartialDate, age: i32, today: Date) -> bool {
    let latest = birth.last_day();
    let birthday = latest.replace_year(latest.year() + age);
    // Born on 29 February: 1 March of a common year.
    birthday.map_or(latest.year() + age < today.year(), |birthday| birthday <= today)
}

impl Advice<'_> {
    const fn of(code: AdviceCode) -> Self {
        Self { code, contact: None, caf_ref: None, own: None, liaise: Vec::new(), task: None }
    }
}

#[cfg(test)]
#[path = "advice_tests.rs"]
mod tests;
