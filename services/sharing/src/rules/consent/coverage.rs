//! Whose word counts for a child, and what it comes to (D-C3, D-C4, D-C6).
//!
//! 1. What a child who understands refused, withdrew or excluded stands against everybody; also where another agency
//!    recorded that the child agrees since, until that is confirmed, or that the child is not able to decide any more.
//! 2. What such a child agreed to suffices.
//! 3. From 16, once the young person made a statement, no parent's counts. Until then what a parent gave
//!    before the 16th birthday covers, and the young person is to be asked. Who decides in the best
//!    interests of one who lacks capacity decides what the young person did not. From 18 no parent's counts.
//! 4. Else one person who has parental responsibility suffices, unless another one said no to that very
//!    thing, or the child did whose understanding is in doubt: a conflict, which waits for advice.
//! 5. Where nobody covers it, the fact is the first of all their positions in the order of [`ConsentFact`];
//!    that of somebody who cannot decide only where nobody else said anything.

use deciding::{AboutConsent, ConsentFact};
use schemas::{ConsentAct, ConsentCapacity};

use super::age::{ABLE, ADULT};
use super::held::{Asked, Days, Held, NotAble, Position};
use super::scope::{About, Question};
use super::state::Then;
use super::statement::{AdultKey, Decided, PersonKey, Statement, StatementVersion, Whose};
use super::validity::{Competence, competence, has_capacity};

/// What the consents in force say to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    pub fact: ConsentFact,
    /// The statements that it rests on, for the record (D-S7).
    pub rests_on: Vec<StatementVersion>,
    pub replacement: Replacement,
}

/// Whether a consent is to be replaced by the young person's own (D-C3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement {
    NotDue,
    AskTheYoungPerson,
}

/// How a person who speaks for the child stands to a question.
struct Voice<'a> {
    position: Position<'a>,
    replacement: Replacement,
}

impl<'a> Then<'a> {
    /// What the consents for the child's information say to a release.
    #[must_use]
    pub fn coverage(&self, question: &Question) -> Coverage {
        self.decided(question.act, Some(question), Days::Heeded)
    }

    /// Whether the person whom an item is about agrees to its release (D-C8): an adult's information is the
    /// adult's alone; for a sibling or another person nobody here can agree.
    #[must_use]
    pub fn about_consent(&self, question: &Question) -> (AboutConsent, Vec<StatementVersion>) {
        let adult = match question.about {
            About::Child => return (AboutConsent::NotNeeded, Vec::new()),
            About::Sibling | About::OtherPerson => return (AboutConsent::NotCovered, Vec::new()),
            About::Parent(adult) => *adult,
        };
        let position = self.adults_own(adult, question, Days::Heeded);
        let covers = position.fact == ConsentFact::Covered;
        let fact = if covers { AboutConsent::Covered } else { AboutConsent::NotCovered };
        (fact, versions(&[position]))
    }

    pub(super) fn adults_own(&self, adult: AdultKey, question: &Question, days: Days) -> Position<'a> {
        let held = self.held(PersonKey::Adult(adult), question.act, Whose::Own);
        held.position(self, Some(question), days, |_| true)
    }

    pub(super) fn decided(&self, act: ConsentAct, asked: Asked<'_>, days: Days) -> Coverage {
        let child = self.held(PersonKey::Child, act, Whose::Childs);
        let own = self.childs(child, asked, days);
        if own.waits_to_lift() {
            return coverage(&[own], own.fact, Replacement::NotDue);
        }
        match own.fact {
            ConsentFact::CompetentRefusal
            | ConsentFact::Refused
            | ConsentFact::Withdrawn
            | ConsentFact::ExcludedAgency
            | ConsentFact::ExcludedPart
            | ConsentFact::Covered => return coverage(&[own], own.fact, Replacement::NotDue),
            ConsentFact::Conflict
            | ConsentFact::WrongPerson
            | ConsentFact::NotValid
            | ConsentFact::UnconfirmedWidening
            | ConsentFact::PastReview
            | ConsentFact::OtherAct
            | ConsentFact::NotAsked
            | ConsentFact::None
            | ConsentFact::NotNamed => {}
        }
        let others = self.voices(act, Whose::Childs).filter(|(person, _)| *person != PersonKey::Child);
        let voices: Vec<Voice> = others.map(|(_, held)| self.voice(held, child, asked, days)).collect();
        self.weighed(act, own, &voices)
    }

    /// The child's own position; `Conflict` is a refusal by one of whom it is in doubt.
    fn childs(&self, held: &Held<'a>, asked: Asked<'_>, days: Days) -> Position<'a> {
        let able = |statement: &Statement| competence(statement, self.ages) == Competence::Able;
        let position = held.position(self, asked, days, able);
        let by_able = position.by.is_some_and(able);
        let under_age = !self.ages.is_surely(ADULT, self.at.date());
        let doubted = || {
            let mut taken = held.taken(asked).map(|taking| taking.statement);
            taken.find(|statement| competence(statement, self.ages) == Competence::InDoubt)
        };
        let fact = match position.fact {
            ConsentFact::Refused if under_age => ConsentFact::CompetentRefusal,
            ConsentFact::ExcludedAgency | ConsentFact::ExcludedPart if !by_able => ConsentFact::NotValid,
            fact => fact,
        };
        match (fact, doubted()) {
            (ConsentFact::None, Some(by)) => Position { fact: ConsentFact::Conflict, by: Some(by) },
            (fact, _) => Position { fact, by: position.by },
        }
    }

    fn voice(&self, held: &Held<'a>, child: &Held<'a>, asked: Asked<'_>, days: Days) -> Voice<'a> {
        // Who takes away what they cannot decide takes away their own word, and no other's.
        let counts = |statement: &Statement| self.standing(statement, child) != Standing::None;
        let position = held.position(self, asked, days, counts);
        let Some(by) = position.by else {
            return Voice { position, replacement: Replacement::NotDue };
        };
        let (fact, replacement) = match self.standing(by, child) {
            Standing::None => (ConsentFact::WrongPerson, Replacement::NotDue),
            Standing::Decides => (position.fact, Replacement::NotDue),
            Standing::UntilAsked => (position.fact, Replacement::AskTheYoungPerson),
        };
        Voice { position: Position { fact, by: Some(by) }, replacement }
    }

    /// Whether this statement of an adult counts for the child now (D-C3).
    fn standing(&self, statement: &Statement, child: &Held) -> Standing {
        let (today, said) = (self.at.date(), statement.said_on.effective_at().date());
        let takes = statement.takes_away();
        if !has_capacity(statement, self.ages) {
            return Standing::None;
        }
        match statement.capacity {
            ConsentCapacity::PregnantWoman if self.ages.is_unborn(today) => Standing::Decides,
            ConsentCapacity::BestInterests if self.ages.is_surely(ABLE, today) => {
                if takes || self.lacks_capacity(child) { Standing::Decides } else { Standing::None }
            }
            ConsentCapacity::AttorneyOrDeputy if self.ages.is_surely(ADULT, today) => Standing::Decides,
            // What a mother refused before the birth she refused.
            ConsentCapacity::PregnantWoman if !takes => Standing::None,
            ConsentCapacity::PregnantWoman
            | ConsentCapacity::ParentWithPr
            | ConsentCapacity::SpecialGuardian
            | ConsentCapacity::AdoptiveParent
            | ConsentCapacity::LocalAuthorityCareOrder
            | ConsentCapacity::DelegatedCarer
            | ConsentCapacity::CourtOrder => {
                if self.ages.is_unborn(today) || self.ages.may_be(ADULT, today) {
                    Standing::None
                } else if !self.ages.may_be(ABLE, today) || self.lacks_capacity(child) {
                    Standing::Decides
                } else if self.decided_from_16(child) || (!takes && self.ages.may_be(ABLE, said)) {
                    Standing::None
                } else {
                    Standing::UntilAsked
                }
            }
            ConsentCapacity::BestInterests
            | ConsentCapacity::AttorneyOrDeputy
            | ConsentCapacity::AdultAboutSelf
            | ConsentCapacity::YoungPerson1617
            | ConsentCapacity::Child1215Understands
            | ConsentCapacity::ChildUnder12Understands
            | ConsentCapacity::Adult18Plus => Standing::None,
        }
    }

    /// Whether a young person was found not able to decide it: who was younger is presumed able from 16 (D-C3).
    fn lacks_capacity(&self, child: &Held) -> bool {
        matches!(child.not_able, NotAble::Found(on) if self.ages.may_be(ABLE, on))
    }

    /// Whether the young person said something of it since the 16th birthday.
    pub(super) fn decided_from_16(&self, child: &Held) -> bool {
        child.decided_on.is_some_and(|day| self.ages.may_be(ABLE, day))
    }

    fn weighed(&self, act: ConsentAct, child: Position<'a>, voices: &[Voice<'a>]) -> Coverage {
        let covers = |voice: &&Voice| voice.position.fact == ConsentFact::Covered;
        let covering: Vec<&Voice> = voices.iter().filter(covers).collect();
        let no = [
            ConsentFact::Refused,
            ConsentFact::Withdrawn,
            ConsentFact::ExcludedAgency,
            ConsentFact::ExcludedPart,
        ];
        let positions = voices.iter().map(|voice| voice.position);
        let opposes = |position: &Position| no.contains(&position.fact) || position.waits_to_lift();
        let mut opposing: Vec<Position> = positions.clone().filter(opposes).collect();
        opposing.extend((child.fact == ConsentFact::Conflict).then_some(child));
        let replacement = if covering.iter().all(|voice| voice.replacement == Replacement::NotDue) {
            Replacement::NotDue
        } else {
            Replacement::AskTheYoungPerson
        };
        let agreed: Vec<Position> = covering.iter().map(|voice| voice.position).collect();
        if agreed.is_empty() {
            let all: Vec<Position> = positions.chain([child]).collect();
            return self.uncovered(act, &all);
        }
        if opposing.is_empty() {
            return coverage(&agreed, ConsentFact::Covered, replacement);
        }
        coverage(&[agreed, opposing].concat(), ConsentFact::Conflict, replacement)
    }

    fn uncovered(&self, act: ConsentAct, all: &[Position<'a>]) -> Coverage {
        let spoke =
            |position: &&Position| !matches!(position.fact, ConsentFact::None | ConsentFact::WrongPerson);
        let said = all.iter().filter(spoke).map(|position| position.fact).min();
        let wrong = all.iter().find(|position| position.fact == ConsentFact::WrongPerson);
        let ended = all.iter().any(|position| position.by.is_some());
        let other = || {
            let mut others = self.statements.iter().filter(|statement| !statement.acts.contains(&act));
            others.any(|statement| matches!(statement.decided, Decided::Given(_)))
        };
        let fact = said
            .or(wrong.map(|position| position.fact))
            .unwrap_or_else(|| if !ended && other() { ConsentFact::OtherAct } else { ConsentFact::None });
        let by: Vec<Position> = all.iter().filter(|position| position.fact == fact).copied().collect();
        coverage(&by, fact, Replacement::NotDue)
    }
}

/// Whether an adult's statement counts for a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Decides,
    /// A parent's of before the 16th birthday.
    UntilAsked,
    None,
}

fn versions(positions: &[Position]) -> Vec<StatementVersion> {
    positions.iter().filter_map(|position| position.by).map(|by| by.version.clone()).collect()
}

fn coverage(by: &[Position], fact: ConsentFact, replacement: Replacement) -> Coverage {
    Coverage { fact, rests_on: versions(by), replacement }
}

#[cfg(test)]
#[path = "coverage_tests.rs"]
mod tests;
