//! All that was said about one child, and what of it holds at a moment.

use std::collections::{BTreeMap, BTreeSet};

use schemas::{AgencyId, ConsentAct, LocalRef, MessageId};
use time::OffsetDateTime;

use super::age::Ages;
use super::held::Held;
use super::statement::{PersonKey, Statement, StatementVersion, Whose};
use super::validity::Flaw;

/// Which statements were confirmed, and since when that is known: a message's id is its sender's alone, so that another
/// agency's may be the same.
pub(crate) type Confirmed = BTreeMap<(AgencyId, MessageId), OffsetDateTime>;

/// Every version of every statement about one child.
#[derive(Clone, Debug)]
pub struct State {
    statements: Vec<Statement>,
    ages: Ages,
    confirmed: Confirmed,
}

impl State {
    /// `confirmed`: the versions that another agency acknowledged whose own statement they widen, or the
    /// CAF team confirmed.
    #[must_use]
    pub const fn new(statements: Vec<Statement>, ages: Ages, confirmed: Confirmed) -> Self {
        Self { statements, ages, confirmed }
    }

    /// As it was known at that moment: only what had been received by then counts.
    #[must_use]
    pub fn as_known(&self, known_at: OffsetDateTime) -> Self {
        let mut known = self.clone();
        known.statements.retain(|statement| statement.received_at <= known_at);
        known.confirmed.retain(|_, confirmed_at| *confirmed_at <= known_at);
        known
    }

    /// With these statements alone.
    pub(super) fn of(&self, versions: &BTreeSet<StatementVersion>) -> Self {
        let of = |statement: &&Statement| versions.contains(&statement.version);
        let statements = self.statements.iter().filter(of).cloned().collect();
        Self { statements, ages: self.ages, confirmed: self.confirmed.clone() }
    }

    pub(super) fn add(&mut self, statement: Statement) {
        self.statements.push(statement);
    }

    /// Since when it is known that a statement was confirmed.
    #[must_use]
    pub fn confirmed_at(&self, version: &StatementVersion) -> Option<OffsetDateTime> {
        self.confirmed.get(&(version.agency.clone(), version.message)).copied()
    }

    pub(super) fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter()
    }

    pub(super) fn statement(&self, version: &StatementVersion) -> Option<&Statement> {
        self.statements.iter().find(|statement| statement.version == *version)
    }

    /// What was true at that moment. Of several versions of a statement the latest of then counts (G7).
    #[must_use]
    pub fn at(&self, at: OffsetDateTime) -> Then<'_> {
        let mut latest: BTreeMap<(&str, &LocalRef), &Statement> = BTreeMap::new();
        for statement in self.statements.iter().filter(|statement| statement.counts_from() <= at) {
            let version = &statement.version;
            let counts = latest.entry((version.agency.as_str(), &version.local_ref)).or_insert(statement);
            if statement.moment() > counts.moment() {
                *counts = statement;
            }
        }
        let mut statements: Vec<&Statement> =
            latest.into_values().filter(|statement| statement.starts_at() <= at).collect();
        statements.sort_by(|one, other| one.place().cmp(&other.place()));
        Then { statements, ages: self.ages, confirmed: &self.confirmed, at }
    }
}

/// What held at a moment.
#[derive(Clone, Debug)]
pub struct Then<'a> {
    /// In their order (D-C6).
    pub(super) statements: Vec<&'a Statement>,
    pub(super) ages: Ages,
    confirmed: &'a Confirmed,
    pub(super) at: OffsetDateTime,
}

/// What one person agreed to by one act, and what was taken away from it since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    pub person: PersonKey,
    pub act: ConsentAct,
    /// With what is wrong with it, where it covers nothing.
    pub given: Option<(StatementVersion, Option<Flaw>)>,
    pub taken_away: Vec<StatementVersion>,
}

impl<'a> Then<'a> {
    pub(super) fn is_confirmed(&self, version: &StatementVersion) -> bool {
        self.confirmed.contains_key(&(version.agency.clone(), version.message))
    }

    pub(super) fn held(&self, person: PersonKey, act: ConsentAct, whose: Whose) -> Held<'a> {
        let of = |statement: &&&Statement| {
            statement.person == person && statement.acts.contains(&act) && statement.is_about(whose)
        };
        Held::of(self.statements.iter().filter(of).copied().collect(), self.ages)
    }

    /// Everybody who said something of this act.
    pub(super) fn persons(&self, act: ConsentAct) -> BTreeSet<PersonKey> {
        let of_act = self.statements.iter().filter(|statement| statement.acts.contains(&act));
        of_act.map(|statement| statement.person).collect()
    }

    /// What stands, person by person and act by act.
    #[must_use]
    pub fn in_force(&self) -> Vec<InForce> {
        let mut found = Vec::new();
        for act in ConsentAct::ALL {
            for person in self.persons(*act) {
                let of_act =
                    |statement: &&&Statement| statement.person == person && statement.acts.contains(act);
                let held = Held::of(self.statements.iter().filter(of_act).copied().collect(), self.ages);
                let version = |statement: &Statement| statement.version.clone();
                let given = held.given.map(|giving| (version(giving.statement), giving.flaw));
                let taken_away = held.takings.iter().map(|taking| version(taking.statement)).collect();
                found.push(InForce { person, act: *act, given, taken_away });
            }
        }
        found.retain(|one| one.given.is_some() || !one.taken_away.is_empty());
        found
    }
}
