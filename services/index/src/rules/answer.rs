//! What a lookup is answered, and what is recorded of it (D-I5, D-I6, G5).

use std::collections::BTreeSet;

use schemas::{
    AccessNoticeKind, AgencyId, AgencyKind, AskFor, CafMark, ChildRef, Identifier, IdentifierKind,
    IndexAnswered, Outcome, SafetyNote, Sensitivity,
};
use time::OffsetDateTime;

use super::contacts::{CafShown, Naming, caf_shown, contacts, shown_of};
use super::covered::as_covered;
use super::decision::{Asked, Decision, Reason};
use super::found::{Found, admitted, in_reach};
use super::standing::Entry;
use super::world::{KnownAs, Record, Selector, Supplier, Training, World};
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
    /// Of the agency, or of what the practitioner does in it (D-I6).
    pub sensitivity: Sensitivity,
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
    let refuse = |(refusal, reason)| Verdict {
        reply: Err(refusal),
        decision: Decision::showing_nothing(question.asked.clone(), reason, Vec::new()),
        alias: None,
    };
    let asker = match admitted(asker) {
        Ok(asker) => asker,
        Err(why) => return refuse(why),
    };
    match in_reach(world, question) {
        Ok(pool) => {
            let seen = as_covered(asker, &pool, now.date());
            let pool: Vec<&Record> = seen.iter().map(AsRef::as_ref).collect();
            let found = Found::among(&question.asked.agency, asker.kind, &question.selector, &pool);
            verdict(&found, asker, question, new_ref, now)
        }
        Err(why) => refuse(why),
    }
}

fn verdict(
    found: &Found<'_>,
    asker: &Asker,
    question: &Question,
    new_ref: ChildRef,
    now: OffsetDateTime,
) -> Verdict {
    let query = question.asked.query;
    let matches = found.matches();
    let decision = |reason| Decision::showing_nothing(question.asked.clone(), reason, found.concerned());
    let nothing = IndexAnswered::nothing_to_show(query, asker.safety_note.clone());
    match matches.as_slice() {
        [] => Verdict { reply: Ok(nothing), decision: decision(found.why_nothing()), alias: None },
        [group] => {
            let (child_ref, alias) = reference(&question.asked.agency, group, new_ref);
            let reason = if found.keeps_back() { Reason::MatchInPart } else { Reason::Match };
            let (reply, shown) = shown(found, &question.asked.agency, group, nothing, child_ref, now);
            Verdict { reply: Ok(reply), decision: Decision { shown, ..decision(reason) }, alias }
        }
        // More than one child: neither is shown, nor how many there are.
        [_, _, ..] => {
            let ask_for = ask_for(&question.selector);
            let reply = IndexAnswered { outcome: Outcome::AskFor, ask_for, ..nothing };
            Verdict { reply: Ok(reply), decision: decision(Reason::SeveralMatches), alias: None }
        }
    }
}

fn shown(
    found: &Found<'_>,
    agency: &AgencyId,
    group: &[&Record],
    nothing: IndexAnswered,
    child_ref: ChildRef,
    now: OffsetDateTime,
) -> (IndexAnswered, BTreeSet<(ChildRef, AccessNoticeKind)>) {
    let contacts = contacts(agency, group, now);
    let (caf_mark, caf, caf_contact) = match caf_shown(agency, group, &found.lives, &contacts, now) {
        CafShown::None => (CafMark::NoneShown, None, None),
        CafShown::Open(caf, contact) => (CafMark::Open, Some(caf), Some(contact)),
        CafShown::ClosedRecently(caf, contact) => (CafMark::ClosedRecently, Some(caf), Some(contact)),
    };
    let shown = shown_of(agency, group, Naming::Everybody, caf.as_ref(), now);
    let child_ref = Some(child_ref);
    let answered =
        IndexAnswered { outcome: Outcome::Match, child_ref, caf_mark, contacts, caf_contact, ..nothing };
    (answered, shown)
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
        Selector::Described { .. } | Selector::Demographics(_) | Selector::Child(_) | Selector::Local(_) => {
            Vec::new()
        }
    };
    let by_postcode = match selector {
        Selector::Demographics(_) | Selector::Described { .. } => None,
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
