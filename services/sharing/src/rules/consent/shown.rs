//! Whether a consent shows that a sensitive service works with the child, and to whom (D-I6): who may be told of it by
//! the index, and who may ask it for something, is the same.
//!
//! A service is shown by its own record of somebody's word alone, or by one that was held against it (`held`): what
//! another agency wrote down opens no service that never spoke with the family.

use std::collections::BTreeSet;

use deciding::ConsentFact;
use schemas::{AgencyId, AgencyKind, ConsentAct, Day, FormPart, Purpose, ShowSensitive};
use time::Date;

use super::age::{ABLE, ADULT};
use super::scope::{About, Agencies, Question, Recipient};
use super::state::Then;
use super::statement::{Decided, Given, Statement, StatementVersion, Whose};

const ACT: ConsentAct = ConsentAct::ShowSensitiveService;
/// Stands for any agency that no statement names.
const ANY: &str = "any-agency";
/// So many names a state holds; where more would have to be told, nobody is shown anything.
const MOST: usize = 200;

impl Statement {
    /// Whether it says anything of showing a sensitive service.
    #[must_use]
    pub fn is_of_showing(&self) -> bool {
        self.acts.contains(&ACT)
    }

    /// The last day on which it may cover something.
    #[must_use]
    pub fn last_day(&self) -> Option<Date> {
        match &self.decided {
            Decided::Given(given) => Some(given.last_day()),
            Decided::Refused(_) | Decided::Withdrawn(_) | Decided::NotAbleToDecide | Decided::NotAsked => {
                None
            }
        }
    }
}

impl Given {
    fn last_day(&self) -> Date {
        self.ends_on.map_or(self.review_by, |last| last.min(self.review_by))
    }
}

/// Whether an agency may know of a sensitive service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown<'a> {
    /// By these statements.
    By(Vec<&'a Statement>),
    No,
}

impl<'a> Then<'a> {
    /// Whether this service is shown to an agency, for finding out who works with the child.
    #[must_use]
    pub fn shows(&self, service: &AgencyId, to: &Recipient) -> Shown<'a> {
        let question = Question {
            holder: service,
            recipient: to,
            part: FormPart::ServicesInvolved,
            about: &About::Child,
            act: ACT,
            purpose: Purpose::FindLeadOrKeyWorker,
        };
        let coverage = self.coverage(&question);
        if coverage.fact != ConsentFact::Covered {
            return Shown::No;
        }
        let rests_on: BTreeSet<&StatementVersion> = coverage.rests_on.iter().collect();
        let own = |by: &&&Statement| {
            let held = self.held(by.person, ACT, Whose::Childs);
            rests_on.contains(&by.version) && held.is_vouched_for(self, service, by, Some(&question))
        };
        let by: Vec<&Statement> = self.statements.iter().filter(own).copied().collect();
        if by.is_empty() { Shown::No } else { Shown::By(by) }
    }

    /// To whom it is shown at all, and until when at least: never to more than [`Then::shows`] has it.
    #[must_use]
    pub fn whom_it_shows(&self, service: &AgencyId) -> Option<ShowSensitive> {
        let any = AgencyId::parse(ANY).ok()?;
        let (listed, kinds_listed) = self.listed();
        if listed.len() > 2 * MOST {
            return None;
        }
        // Of a kind that no statement speaks of.
        let other = AgencyKind::ALL.iter().find(|kind| !kinds_listed.contains(kind))?;
        let mut until: Option<Date> = None;
        let mut shows = |agency: &AgencyId, kind: AgencyKind| {
            let sensitivity = kind.default_sensitivity();
            match self.shows(service, &Recipient { agency: agency.clone(), kind, sensitivity }) {
                Shown::No => false,
                Shown::By(statements) => {
                    until =
                        until.into_iter().chain(statements.into_iter().filter_map(Statement::last_day)).min();
                    true
                }
            }
        };
        let kinds: Vec<AgencyKind> = kinds_listed.iter().copied().filter(|kind| shows(&any, *kind)).collect();
        let agencies: Vec<AgencyId> =
            listed.iter().copied().filter(|agency| shows(agency, *other)).cloned().collect();
        let excluded_kinds =
            kinds_listed.iter().copied().filter(|kind| agencies.iter().any(|agency| !shows(agency, *kind)));
        let excluded_kinds: Vec<AgencyKind> = excluded_kinds.collect();
        let excluded = listed.into_iter().filter(|agency| !agencies.contains(agency));
        let excluded_agencies: Vec<AgencyId> =
            excluded.filter(|agency| kinds.iter().any(|kind| !shows(agency, *kind))).cloned().collect();
        let fits = agencies.len() <= MOST && excluded_agencies.len() <= MOST;
        // Nobody is covered: then nothing bounds it either.
        let until = Day::from_date(self.until(until.filter(|_| fits)?));
        Some(ShowSensitive { agencies, kinds, excluded_agencies, excluded_kinds, until })
    }

    /// The agencies and kinds that anybody spoke of, to let them know or not.
    fn listed(&self) -> (BTreeSet<&'a AgencyId>, BTreeSet<AgencyKind>) {
        let (mut agencies, mut kinds) = (BTreeSet::new(), BTreeSet::new());
        for scope in self.statements.iter().filter(|one| one.is_of_showing()).filter_map(|one| one.scope()) {
            let Agencies { named, kinds: of_kind, excluded, excluded_kinds } = &scope.agencies;
            agencies.extend(named.iter().chain(excluded));
            kinds.extend(of_kind.iter().chain(excluded_kinds).copied());
        }
        (agencies, kinds)
    }

    /// No longer than until the day before a birthday on which somebody else may come to decide (D-C3).
    fn until(&self, last: Date) -> Date {
        let birthdays = [ABLE, ADULT].into_iter().filter_map(|age| self.ages.birthday(age));
        let coming = birthdays.filter(|day| *day > self.at.date()).filter_map(Date::previous_day);
        coming.chain([last]).min().unwrap_or(last)
    }
}
