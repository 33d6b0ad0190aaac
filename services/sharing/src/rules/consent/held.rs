//! What one person said of one act, folded (D-C6), and how it meets a question.
//!
//! What is given, with limits or renewed too, says anew what the person agrees to; what is refused or
//! withdrawn takes away from what was given before it. What is given and is no consent (D-C2) takes the
//! place of the one before, and lifts nothing that was taken away. Who is found not able to decide agrees to nothing
//! any more; what they refused, withdrew or excluded while they were able stands (D-C4).

use std::collections::{BTreeMap, BTreeSet};

use deciding::ConsentFact;
use schemas::AgencyId;
use time::Date;

use super::age::Ages;
use super::scope::{About, Meets, Question, Scope};
use super::state::Then;
use super::statement::{Decided, Evidence, Given, Statement};
use super::validity::{Flaw, flaw};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Held<'a> {
    /// All that the person said of it, in its order.
    statements: Vec<&'a Statement>,
    pub(super) given: Option<Giving<'a>>,
    /// What was taken away since.
    pub(super) takings: Vec<Taking<'a>>,
    pub(super) not_able: NotAble,
    not_asked: Option<&'a Statement>,
    /// The last day on which something of it was said.
    pub(super) decided_on: Option<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Giving<'a> {
    pub(super) statement: &'a Statement,
    pub(super) given: &'a Given,
    pub(super) flaw: Option<Flaw>,
}

/// Something that was refused or withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taking<'a> {
    pub(super) statement: &'a Statement,
    scope: Option<&'a Scope>,
    fact: ConsentFact,
}

/// D-C3: who is not able decides nothing, until a later statement says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum NotAble {
    Found(Date),
    #[default]
    No,
}

/// Whether the days of a consent are heeded: what rested on it while it was in date rests on it still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Days {
    Heeded,
    Past,
}

/// What is asked of an act: a release, or the act itself, which no scope limits.
pub(super) type Asked<'q> = Option<&'q Question<'q>>;

/// How a person stands to a question.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position<'a> {
    pub(super) fact: ConsentFact,
    /// The statement that says so.
    pub(super) by: Option<&'a Statement>,
}

impl Position<'_> {
    /// Whether it is a refusal that another agency's record lifts, which nobody confirmed.
    pub(super) fn waits_to_lift(&self) -> bool {
        self.fact == ConsentFact::UnconfirmedWidening && self.by.is_some_and(Statement::takes_away)
    }
}

impl<'a> Held<'a> {
    pub(super) fn of(statements: Vec<&'a Statement>, ages: Ages) -> Self {
        let mut held = Self::default();
        for statement in &statements {
            held.add(statement, ages);
        }
        let given = held.given.iter().map(|giving| giving.statement);
        let said = given.chain(held.takings.iter().map(|taking| taking.statement));
        held.decided_on = said.map(|statement| statement.said_on.effective_at().date()).max();
        held.statements = statements;
        held
    }

    fn add(&mut self, statement: &'a Statement, ages: Ages) {
        let (scope, fact) = match &statement.decided {
            Decided::Given(given) => {
                let flaw = flaw(statement, given, ages);
                if flaw.is_none() {
                    self.takings.clear();
                    self.not_able = NotAble::No;
                }
                self.given = Some(Giving { statement, given, flaw });
                return;
            }
            Decided::NotAbleToDecide => {
                self.not_able = NotAble::Found(statement.said_on.effective_at().date());
                self.not_asked = None;
                if let Some(giving) = self.given.as_mut().filter(|one| one.flaw != Some(Flaw::WrongPerson)) {
                    giving.flaw = Some(Flaw::NotAbleSince);
                }
                return;
            }
            Decided::NotAsked => {
                self.not_asked = Some(statement);
                return;
            }
            Decided::Refused(scope) => (scope.as_ref(), ConsentFact::Refused),
            Decided::Withdrawn(scope) => (scope.as_ref(), ConsentFact::Withdrawn),
        };
        self.not_able = NotAble::No;
        self.takings.push(Taking { statement, scope, fact });
    }

    /// Those of what was taken away that meet the question, the latest first.
    pub(super) fn taken(&self, asked: Asked<'_>) -> impl Iterator<Item = &Taking<'a>> {
        self.takings.iter().rev().filter(move |taking| match (taking.scope, asked) {
            (Some(scope), Some(question)) => scope.takes(question),
            (None, _) | (_, None) => true,
        })
    }

    /// Whether all that was given was taken away again.
    pub(super) fn was_taken_whole(&self) -> bool {
        self.takings.iter().any(|taking| taking.scope.is_none())
    }

    /// How the person stands to it: what was taken away, as far as it `counts`; then what was given.
    pub(super) fn position(
        &self,
        then: &Then,
        asked: Asked<'_>,
        days: Days,
        counts: impl Fn(&Statement) -> bool,
    ) -> Position<'a> {
        let mut taken = self.taken(asked).peekable();
        let was_taken = taken.peek().is_some();
        if let Some(taking) = taken.find(|taking| counts(taking.statement)) {
            return Position { fact: taking.fact, by: Some(taking.statement) };
        }
        if let Some(taking) = self.not_lifted(then, asked).find(|taking| counts(taking.statement)) {
            let waits = asked.map(|_| ConsentFact::UnconfirmedWidening);
            return Position { fact: waits.unwrap_or(taking.fact), by: Some(taking.statement) };
        }
        let given = self.given_position(then, asked, days);
        let excludes = matches!(given.fact, ConsentFact::ExcludedAgency | ConsentFact::ExcludedPart);
        if was_taken && !excludes { Position { fact: ConsentFact::None, by: None } } else { given }
    }

    /// What the holder's own record of the person's word excludes, and another agency's later record leaves out or says
    /// in vain: it stands as long as the holder, or the CAF team, did not confirm that one.
    fn still_excludes(&self, then: &Then, asked: Asked<'_>) -> Option<Position<'a>> {
        let (question, given) = (asked?, self.given?.statement);
        if then.is_confirmed(&given.version, question.holder) {
            return None;
        }
        let earlier = self.recorded_before(then, given, question.holder)?.given?;
        let fact = earlier.reaches(then, asked, Days::Past);
        let excludes = matches!(fact, ConsentFact::ExcludedAgency | ConsentFact::ExcludedPart);
        excludes.then_some(Position { fact, by: Some(earlier.statement) })
    }

    /// The first that holds: by the wrong person, ended, excluded, not valid, not named, widening what
    /// another agency recorded, past its review, covered.
    fn given_position(&self, then: &Then, asked: Asked<'_>, days: Days) -> Position<'a> {
        let Some(giving) = self.given else {
            let fact = if self.not_asked.is_some() { ConsentFact::NotAsked } else { ConsentFact::None };
            return Position { fact, by: self.not_asked };
        };
        let past_review = days == Days::Heeded && giving.given.review_by < then.at.date();
        let fact = match giving.reaches(then, asked, days) {
            ConsentFact::Covered if self.widens(then, giving.statement, asked) => {
                ConsentFact::UnconfirmedWidening
            }
            ConsentFact::Covered if past_review => ConsentFact::PastReview,
            // LG 3.11: the CAF team's copy needs no name, and a consent in force all the same.
            ConsentFact::NotNamed if past_review && asked.is_some_and(Question::is_to_caf_team) => {
                ConsentFact::PastReview
            }
            fact @ (ConsentFact::NotNamed | ConsentFact::NotValid | ConsentFact::None) => {
                return self
                    .still_excludes(then, asked)
                    .unwrap_or(Position { fact, by: Some(giving.statement) });
            }
            fact => fact,
        };
        Position { fact, by: Some(giving.statement) }
    }

    /// Whether it covers what another agency's record of the same person's word did not: then that agency
    /// parts with nothing of its own on the strength of it until it, or the CAF team, said that it is so;
    /// and where there is nothing to show for it, nobody does.
    fn widens(&self, then: &Then, given: &Statement, asked: Asked<'_>) -> bool {
        let Some(question) = asked else {
            return false;
        };
        let beyond = |held: Held<'_>| !held.covers_by_itself(then, asked);
        let confirmed = then.is_confirmed(&given.version, question.holder);
        if !confirmed && self.recorded_before(then, given, question.holder).is_some_and(beyond) {
            return true;
        }
        given.evidence == Evidence::NotSaid && self.recorded_by_others(then, given).any(beyond)
    }

    /// What was refused or withdrawn by the record of another agency, and lifted by what was given: it stands until
    /// that agency, or the CAF team, said that it is so. Of an act that no scope limits for everybody (D-C7 b), of a
    /// release for what that agency holds; where there is nothing to show for what was given, for everybody.
    fn not_lifted(&self, then: &Then, asked: Asked<'_>) -> impl Iterator<Item = Taking<'a>> {
        let stands = move |giving: Giving<'a>| {
            let (given, shown) = (giving.statement, giving.statement.evidence == Evidence::Held);
            let concerned =
                move |agency: &&AgencyId| !shown || asked.is_none_or(|question| question.holder == *agency);
            let open = move |agency: &&AgencyId| !shown || !then.is_confirmed(&given.version, agency);
            let recorders = self.recorders().into_iter().filter(concerned).filter(open);
            recorders.filter_map(move |agency| {
                self.recorded_before(then, given, agency)?.taken(asked).next().copied()
            })
        };
        self.given.into_iter().flat_map(stands)
    }

    /// Whoever recorded something that the person said.
    pub(super) fn recorders(&self) -> BTreeSet<&'a AgencyId> {
        self.statements.iter().map(|statement| &statement.version.agency).collect()
    }

    /// Whether an agency stands for it that the person agreed by this statement: it recorded it, or that the person
    /// agreed so, or it confirmed it.
    pub(super) fn is_vouched_for(
        &self,
        then: &Then,
        agency: &AgencyId,
        by: &Statement,
        asked: Asked<'_>,
    ) -> bool {
        let own = self.statements.iter().copied().filter(|said| said.version.agency == *agency);
        by.version.agency == *agency
            || then.is_confirmed(&by.version, agency)
            || Held::of(own.collect(), then.ages).covers_by_itself(then, asked)
    }

    /// What another agency had recorded of the person's word before this was said, with what it, or the CAF
    /// team, confirmed since. None: it recorded no decision.
    pub(super) fn recorded_before(&self, then: &Then, given: &Statement, agency: &AgencyId) -> Option<Self> {
        let own = |said: &&Statement| said.version.agency == *agency;
        let counts = |said: &&Statement| own(said) || then.is_confirmed(&said.version, agency);
        let decides = self.before(given).filter(own).any(Statement::is_decision);
        (given.version.agency != *agency && decides)
            .then(|| Held::of(self.before(given).filter(counts).collect(), then.ages))
    }

    /// What each other agency alone had recorded of the person's word before this was said.
    fn recorded_by_others(&self, then: &Then, given: &Statement) -> impl Iterator<Item = Self> {
        let mut recorded: BTreeMap<&AgencyId, Vec<&'a Statement>> = BTreeMap::new();
        for statement in self.before(given).filter(|said| said.version.agency != given.version.agency) {
            recorded.entry(&statement.version.agency).or_default().push(statement);
        }
        let decisions =
            recorded.into_values().filter(|said| said.iter().copied().any(Statement::is_decision));
        decisions.map(|said| Held::of(said, then.ages))
    }

    fn before(&self, given: &Statement) -> impl Iterator<Item = &'a Statement> {
        self.statements.iter().copied().filter(|statement| statement.place() < given.place())
    }

    /// The agencies that what was said lists, to let them see or not.
    pub(super) fn agencies_listed(&self) -> impl Iterator<Item = &'a AgencyId> {
        self.scopes().flat_map(|scope| scope.agencies.excluded.iter().chain(&scope.agencies.named))
    }

    /// Whose items what was said leaves out of a part.
    pub(super) fn items_excluded(&self) -> impl Iterator<Item = About> {
        self.scopes().flat_map(|scope| scope.parts.items_excluded.iter().map(|(_, about)| *about))
    }

    fn scopes(&self) -> impl Iterator<Item = &'a Scope> {
        let given = self.given.and_then(|giving| giving.given.scope.as_ref());
        given.into_iter().chain(self.takings.iter().filter_map(|taking| taking.scope))
    }

    /// Whether it names what is asked and nothing took it away, whatever the day and whoever else spoke.
    pub(super) fn covers_by_itself(&self, then: &Then, asked: Asked<'_>) -> bool {
        let covers = |giving: Giving| giving.reaches(then, asked, Days::Past) == ConsentFact::Covered;
        self.taken(asked).next().is_none() && self.given.is_some_and(covers)
    }
}

impl Giving<'_> {
    fn reaches(&self, then: &Then, asked: Asked<'_>, days: Days) -> ConsentFact {
        if self.flaw == Some(Flaw::WrongPerson) {
            return ConsentFact::WrongPerson;
        }
        if days == Days::Heeded && self.given.ends_on.is_some_and(|last| last < then.at.date()) {
            return ConsentFact::None;
        }
        let meets = match (&self.given.scope, asked) {
            (Some(scope), Some(question)) => scope.meets(question),
            (None, Some(_)) => Meets::NotNamed,
            (_, None) => Meets::Named,
        };
        match (meets, self.flaw) {
            (Meets::ExcludedAgency, _) => ConsentFact::ExcludedAgency,
            (Meets::ExcludedPart, _) => ConsentFact::ExcludedPart,
            (_, Some(Flaw::NotAbleSince)) => ConsentFact::None,
            (_, Some(_)) => ConsentFact::NotValid,
            (Meets::NotNamed, None) => ConsentFact::NotNamed,
            (Meets::Named, None) => ConsentFact::Covered,
        }
    }
}
