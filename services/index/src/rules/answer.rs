//! What a lookup is answered, and what is recorded of it (D-I5, D-I6, G5).

use std::collections::BTreeSet;

use schemas::{
    AgencyId, AgencyKind, AskFor, CafMark, ChildRef, Identifier, IdentifierKind, IndexAnswered, Outcome,
    SafetyNote,
};
use time::OffsetDateTime;

use super::contacts::{caf_contact, contacts};
use super::decision::{Asked, Decision, Reason};
use super::linking::{Groups, groups};
use super::standing::{Entry, Standing};
use super::visibility::{Hidden, hidden_from};
use super::world::{AgencyState, KnownAs, Record, Selector, Supplier, Training, World};
use crate::error::Refusal;

/// The question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub asked: Asked,
    pub selector: Selector,
    pub training: Training,
}

/// Who asks, as the registers say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    pub supplier: Supplier,
    pub kind: AgencyKind,
    pub practitioner: Entry,
    /// With the number of the asker's own authority, whatever was found: the number must not tell.
    pub safety_note: SafetyNote,
}

/// What comes of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub reply: Result<IndexAnswered, Refusal>,
    pub decision: Decision,
    /// The asker's own reference, where the answer gives it one for the first time.
    pub alias: Option<Alias>,
}

/// A row by which an agency knows a child whom it has no record of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alias {
    pub id: ChildRef,
    pub of: ChildRef,
}

/// Decides. `new_ref` is a fresh reference, used only where the asker has none for the child.
#[must_use]
pub fn decide(
    world: &World,
    asker: Option<&Asker>,
    question: &Question,
    new_ref: ChildRef,
    now: OffsetDateTime,
) -> Verdict {
    let refuse = |refusal, reason| Verdict {
        reply: Err(refusal),
        decision: Decision { asked: question.asked.clone(), reason, records: Vec::new() },
        alias: None,
    };
    let asker = match asker {
        Some(asker) if asker.supplier.state == AgencyState::Active => asker,
        Some(_) | None => return refuse(Refusal::UnknownAgency, Reason::UnknownAgency),
    };
    match asker.practitioner.standing() {
        Standing::Active(_) => {}
        Standing::Away | Standing::Unknown => {
            return refuse(Refusal::UnknownPractitioner, Reason::UnknownPractitioner);
        }
    }
    let agency = &question.asked.agency;
    if let Selector::Child(reference) = question.selector
        && world.record(reference).is_none_or(|record| record.supplier.agency != *agency)
    {
        return refuse(Refusal::UnknownChild, Reason::UnknownReference);
    }
    let reached = world.reach(agency, &question.selector);
    let pool: Vec<&Record> =
        reached.into_iter().filter(|record| takes_part(world, record, question.training)).collect();
    Found::among(agency, asker.kind, &question.selector, &pool).verdict(asker, question, new_ref, now)
}

/// Training children and real ones never meet. A record without facts has not taken effect (G7); an
/// alias is on its record's side.
fn takes_part(world: &World, record: &Record, training: Training) -> bool {
    match (&record.facts, &record.known_as) {
        (Some(facts), _) => facts.training == training,
        (None, KnownAs::AliasOf(target)) => {
            let target = world.record(*target).and_then(|target| target.facts.as_ref());
            target.is_none_or(|facts| facts.training == training)
        }
        (None, KnownAs::Local(_)) => false,
    }
}

/// The records in reach, split by what the asker may see.
struct Found<'a> {
    pool: &'a [&'a Record],
    /// As the index knows them.
    whole: Groups,
    /// As if nothing hidden were there: indices into `visible`.
    seen: Groups,
    visible: Vec<&'a Record>,
    hidden: Vec<Option<Hidden>>,
    /// Which of `pool` the question names.
    named: BTreeSet<usize>,
}

impl<'a> Found<'a> {
    fn among(agency: &AgencyId, kind: AgencyKind, selector: &Selector, pool: &'a [&'a Record]) -> Self {
        let hidden = hidden_from(agency, kind, pool);
        let visible: Vec<&Record> =
            pool.iter().zip(&hidden).filter(|(_, hidden)| hidden.is_none()).map(|(r, _)| *r).collect();
        let named = (0..pool.len()).filter(|i| selector.names(agency, pool[*i])).collect();
        Self { pool, whole: groups(pool), seen: groups(&visible), visible, hidden, named }
    }

    fn verdict(self, asker: &Asker, question: &Question, new_ref: ChildRef, now: OffsetDateTime) -> Verdict {
        let query = question.asked.query;
        let matches = self.matches();
        let decision = |reason| Decision { asked: question.asked.clone(), reason, records: self.concerned() };
        let nothing = IndexAnswered::nothing_to_show(query, asker.safety_note.clone());
        match matches.as_slice() {
            [] => Verdict { reply: Ok(nothing), decision: decision(self.why_nothing()), alias: None },
            [group] => {
                let (child_ref, alias) = reference(&question.asked.agency, group, new_ref);
                let reason = if self.keeps_back() { Reason::MatchInPart } else { Reason::Match };
                let reply = shown(&question.asked.agency, group, nothing, child_ref, now);
                Verdict { reply: Ok(reply), decision: decision(reason), alias }
            }
            // More than one child: neither is shown, nor how many there are.
            [_, _, ..] => {
                let ask_for = ask_for(&question.selector);
                let reply = IndexAnswered { outcome: Outcome::AskFor, ask_for, ..nothing };
                Verdict { reply: Ok(reply), decision: decision(Reason::SeveralMatches), alias: None }
            }
        }
    }

    /// The children that match, as the asker may see them.
    fn matches(&self) -> Vec<Vec<&'a Record>> {
        let named: BTreeSet<ChildRef> = self.named.iter().map(|i| self.pool[*i].id).collect();
        self.seen
            .iter()
            .map(|group| group.iter().map(|i| self.visible[*i]).collect::<Vec<_>>())
            .filter(|group| group.iter().any(|record| named.contains(&record.id)))
            .collect()
    }

    /// The children that the question was really about, for the record.
    fn concerned(&self) -> Vec<ChildRef> {
        let about = |group: &&Vec<usize>| group.iter().any(|i| self.named.contains(i));
        let records = self.whole.iter().filter(about).flatten();
        records
            .filter(|i| self.pool[**i].facts.is_some() || self.named.contains(i))
            .map(|i| self.pool[*i].id)
            .collect()
    }

    fn why_nothing(&self) -> Reason {
        let hidden = self.named.iter().filter_map(|i| self.hidden[*i]).max();
        hidden.map_or(Reason::NoRecord, Reason::from)
    }

    fn keeps_back(&self) -> bool {
        let about = |group: &&Vec<usize>| group.iter().any(|i| self.named.contains(i));
        self.whole.iter().filter(about).flatten().any(|i| self.hidden[*i].is_some())
    }
}

fn shown(
    agency: &AgencyId,
    group: &[&Record],
    nothing: IndexAnswered,
    child_ref: ChildRef,
    now: OffsetDateTime,
) -> IndexAnswered {
    let contacts = contacts(agency, group, now);
    let caf_contact = caf_contact(agency, group, &contacts, now);
    IndexAnswered {
        outcome: Outcome::Match,
        child_ref: Some(child_ref),
        caf_mark: if caf_contact.is_some() { CafMark::Open } else { CafMark::NoneShown },
        contacts,
        caf_contact,
        ..nothing
    }
}

/// The asker's own reference for the child: its record's, else its alias's, else a new alias of the
/// oldest record that it may see.
fn reference(agency: &AgencyId, group: &[&Record], new_ref: ChildRef) -> (ChildRef, Option<Alias>) {
    let own = |record: &&&Record| record.supplier.agency == *agency;
    let by_kind = |record: &&&Record| match record.known_as {
        KnownAs::Local(_) => (0, record.id),
        KnownAs::AliasOf(_) => (1, record.id),
    };
    if let Some(own) = group.iter().filter(own).min_by_key(by_kind) {
        return (own.id, None);
    }
    match group.iter().filter(|record| record.facts.is_some()).min_by_key(by_kind) {
        Some(record) => (new_ref, Some(Alias { id: new_ref, of: record.id })),
        // A question names records with facts or of the asker's own, so that one of them is there.
        None => (new_ref, None),
    }
}

/// What would tell two children apart: every kind that was not given. Never what they have.
fn ask_for(selector: &Selector) -> Vec<AskFor> {
    let given: Vec<IdentifierKind> = match selector {
        Selector::Identifiers(identifiers) => identifiers.iter().map(Identifier::kind).collect(),
        Selector::Demographics(_) | Selector::Child(_) | Selector::Local(_) => Vec::new(),
    };
    let by_postcode = match selector {
        Selector::Demographics(_) => None,
        Selector::Identifiers(_) | Selector::Child(_) | Selector::Local(_) => Some(AskFor::Postcode),
    };
    let kinds = [
        (IdentifierKind::NhsNumber, AskFor::NhsNumber),
        (IdentifierKind::Upn, AskFor::Upn),
        (IdentifierKind::Uln, AskFor::Uln),
        (IdentifierKind::Local, AskFor::Local),
    ];
    let missing = kinds.into_iter().filter(|(kind, _)| !given.contains(kind)).map(|(_, ask)| ask);
    missing.chain(by_postcode).collect()
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
