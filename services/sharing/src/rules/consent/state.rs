//! All that was said about one child, and what of it holds at a moment.

use std::collections::{BTreeMap, BTreeSet};

use schemas::{AgencyId, ConsentAct, LocalRef, MessageId};
use time::OffsetDateTime;

use super::age::Ages;
use super::held::Held;
use super::statement::{PersonKey, Statement, StatementVersion, Whose};
use super::validity::Flaw;

/// Which statements were confirmed, by which agency whose own they widen, or by a CAF team for all (none); and since when
/// that is known. A message's id is its sender's alone, so that another agency's may be the same.
pub(crate) type Confirmed = BTreeMap<(AgencyId, MessageId, Option<AgencyId>), OffsetDateTime>;

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

    /// Since when it is known that a statement was confirmed by anybody.
    #[must_use]
    pub fn confirmed_at(&self, version: &StatementVersion) -> Option<OffsetDateTime> {
        let of = |(agency, message, _): &(AgencyId, MessageId, Option<AgencyId>)| {
            (agency, *message) == (&version.agency, version.message)
        };
        self.confirmed.iter().filter(|(key, _)| of(key)).map(|(_, at)| *at).min()
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
        let held = folded(&statements, self.ages);
        let nothing = Held::default();
        Then { statements, held, nothing, ages: self.ages, confirmed: &self.confirmed, at }
    }
}

/// What held at a moment.
#[derive(Clone, Debug)]
pub struct Then<'a> {
    /// In their order (D-C6).
    pub(super) statements: Vec<&'a Statement>,
    /// Folded once, however many persons spoke and however much is asked.
    held: BTreeMap<(ConsentAct, Whose), Voices<'a>>,
    nothing: Held<'a>,
    pub(super) ages: Ages,
    confirmed: &'a Confirmed,
    pub(super) at: OffsetDateTime,
}

/// What of each person's word holds.
type Voices<'a> = BTreeMap<PersonKey, Held<'a>>;

/// What each person said, by what it is of, in the order given.
fn folded<'a>(statements: &[&'a Statement], ages: Ages) -> BTreeMap<(ConsentAct, Whose), Voices<'a>> {
    let mut said: BTreeMap<(ConsentAct, Whose), BTreeMap<PersonKey, Vec<&Statement>>> = BTreeMap::new();
    for statement in statements {
        for act in &statement.acts {
            for whose in Whose::ALL.into_iter().filter(|whose| statement.is_about(*whose)) {
                said.entry((*act, whose)).or_default().entry(statement.person).or_default().push(statement);
            }
        }
    }
    let voices = |said: BTreeMap<PersonKey, Vec<&'a Statement>>| {
        said.into_iter().map(|(person, said)| (person, Held::of(said, ages))).collect()
    };
    said.into_iter().map(|(of, said)| (of, voices(said))).collect()
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
    /// When it held.
    #[must_use]
    pub const fn moment(&self) -> OffsetDateTime {
        self.at
    }

    /// The same word, as it counted on an earlier day: a parent's before the child came of age.
    pub(super) fn as_on(&self, at: OffsetDateTime) -> Self {
        Self { at, ..self.clone() }
    }

    /// Whether a statement was confirmed by this agency, or by the CAF team.
    pub(super) fn is_confirmed(&self, version: &StatementVersion, by: &AgencyId) -> bool {
        let key = |by| (version.agency.clone(), version.message, by);
        [None, Some(by.clone())].into_iter().any(|by| self.confirmed.contains_key(&key(by)))
    }

    pub(super) fn held(&self, person: PersonKey, act: ConsentAct, whose: Whose) -> &Held<'a> {
        let of_act = self.held.get(&(act, whose));
        of_act.and_then(|voices| voices.get(&person)).unwrap_or(&self.nothing)
    }

    /// Everybody who said something of this act, with what it comes to.
    pub(super) fn voices(
        &self,
        act: ConsentAct,
        whose: Whose,
    ) -> impl Iterator<Item = (PersonKey, &Held<'a>)> {
        let of_act = self.held.get(&(act, whose)).into_iter().flatten();
        of_act.map(|(person, held)| (*person, held))
    }

    /// What stands, person by person and act by act.
    #[must_use]
    pub fn in_force(&self) -> Vec<InForce> {
        let mut found = Vec::new();
        for act in ConsentAct::ALL {
            let mut said: BTreeMap<PersonKey, Vec<&Statement>> = BTreeMap::new();
            for statement in self.statements.iter().filter(|statement| statement.acts.contains(act)) {
                said.entry(statement.person).or_default().push(statement);
            }
            for (person, said) in said {
                let held = Held::of(said, self.ages);
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
