//! What of the consents is due, and on which day: each is told of once, by whoever keeps the timers.

use schemas::{ConsentAct, ConsentCapacity};
use time::{Date, Duration, OffsetDateTime};

use super::age::{ABLE, ADULT, GENERALLY_ABLE};
use super::held::{Giving, Held};
use super::state::{State, Then};
use super::statement::{PersonKey, StatementVersion, Whose};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// So many days before the review (D-C6).
    Review60,
    Review30,
    Review7,
    /// The day after it: what rests on it waits from now on.
    ReviewPassed,
    /// D-C3: at 12 the child may be able to decide.
    ConsiderAskingTheChild,
    /// At 16 the young person is presumed able.
    AskTheYoungPerson,
    /// At 18 (law).
    ParentalConsentEnds,
}

/// Of two of one matter that are due, the later one is told alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    Review,
    Age,
}

impl Timer {
    #[must_use]
    pub const fn matter(self) -> Matter {
        match self {
            Self::Review60 | Self::Review30 | Self::Review7 | Self::ReviewPassed => Matter::Review,
            Self::ConsiderAskingTheChild | Self::AskTheYoungPerson | Self::ParentalConsentEnds => Matter::Age,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    pub on: Date,
    pub timer: Timer,
    /// The review date, or the birthday.
    pub of: Date,
    /// What it is about; its agency is asked to see to it.
    pub statement: StatementVersion,
}

/// What will be, or was, due of the consents that stand, the earliest first: once of a statement, whatever acts it
/// covers. What was due when the consent was given is not: who gave it knew. A birthday counts only for what a parent
/// said before it, the 12th until the 16th, and the 16th while the young person said nothing since.
#[must_use]
pub fn due(then: &Then) -> Vec<Due> {
    let mut all = Vec::new();
    for act in ConsentAct::ALL {
        let child = then.held(PersonKey::Child, *act, Whose::Childs);
        for (_, held) in Whose::ALL.into_iter().flat_map(|whose| then.voices(*act, whose)) {
            let stands = held.given.filter(|giving| giving.flaw.is_none() && !held.was_taken_whole());
            if let Some(giving) = stands {
                add(&mut all, then, child, &giving);
            }
        }
    }
    all.sort();
    all.dedup();
    all
}

fn add(all: &mut Vec<Due>, then: &Then, child: &Held<'_>, giving: &Giving<'_>) {
    let said = giving.statement.said_on.effective_at().date();
    let mut add = |on: Date, timer, of| {
        if on > said {
            all.push(Due { on, timer, of, statement: giving.statement.version.clone() });
        }
    };
    let birthday = |age| then.ages.birthday(age).filter(|_| is_parental(giving.statement.capacity));
    let adult = birthday(ADULT).filter(|day| *day > said);
    let review = giving.given.review_by;
    let ends_first =
        giving.given.ends_on.is_some_and(|last| last <= review) || adult.is_some_and(|adult| adult <= review);
    if !ends_first {
        for (days, timer) in [(60, Timer::Review60), (30, Timer::Review30), (7, Timer::Review7)] {
            add(review - Duration::days(days), timer, review);
        }
        add(review.next_day().unwrap_or(review), Timer::ReviewPassed, review);
    }
    let sixteen = birthday(ABLE);
    let younger = sixteen.is_some_and(|day| then.at.date() < day);
    let ages = [
        (birthday(GENERALLY_ABLE).filter(|_| younger), Timer::ConsiderAskingTheChild),
        (sixteen.filter(|_| !then.decided_from_16(child)), Timer::AskTheYoungPerson),
        (adult, Timer::ParentalConsentEnds),
    ];
    for (day, timer) in ages {
        if let Some(day) = day {
            add(day, timer, day);
        }
    }
}

/// Whether it is the word of whoever decides for a child, and no longer for an adult.
const fn is_parental(capacity: ConsentCapacity) -> bool {
    match capacity {
        ConsentCapacity::ParentWithPr
        | ConsentCapacity::SpecialGuardian
        | ConsentCapacity::AdoptiveParent
        | ConsentCapacity::LocalAuthorityCareOrder
        | ConsentCapacity::DelegatedCarer
        | ConsentCapacity::CourtOrder => true,
        ConsentCapacity::YoungPerson1617
        | ConsentCapacity::Child1215Understands
        | ConsentCapacity::ChildUnder12Understands
        | ConsentCapacity::Adult18Plus
        | ConsentCapacity::BestInterests
        | ConsentCapacity::AttorneyOrDeputy
        | ConsentCapacity::AdultAboutSelf
        | ConsentCapacity::PregnantWoman => false,
    }
}

impl State {
    /// When the next of what was said begins to hold.
    #[must_use]
    pub fn next_start(&self, after: OffsetDateTime) -> Option<OffsetDateTime> {
        self.statements().map(super::Statement::starts_at).filter(|start| *start > after).min()
    }
}

#[cfg(test)]
mod tests {
    use schemas::ConsentAct;

    use super::super::Statement;
    use super::super::invented::{NOW, agency, born, day, father, given, mother, state};
    use super::*;

    fn timers(said: &[Statement], born_on: &str) -> Vec<(String, Timer)> {
        let due = due(&state(said, born(born_on)).at(NOW));
        due.into_iter().map(|due| (due.on.to_string(), due.timer)).collect()
    }

    fn of(said: &[Statement], born_on: &str, matter: Matter) -> Vec<Timer> {
        let all = timers(said, born_on).into_iter().map(|(_, timer)| timer);
        all.filter(|timer| timer.matter() == matter).collect()
    }

    #[test]
    fn a_statement_of_several_acts_is_due_once() {
        let mut both = given(1, mother(), "2026-03-01");
        let one = timers(&[both.clone()], "2017-05-01");
        both.acts.insert(ConsentAct::AssessAndRecord);
        assert_eq!(timers(&[both], "2017-05-01"), one);
    }

    #[test]
    fn what_was_due_when_it_was_said_is_not_told() {
        let soon = given(1, mother(), "2026-11-01").giving(|given| given.review_by = day("2026-11-20"));
        assert_eq!(of(&[soon], "2017-05-01", Matter::Review), [Timer::Review7, Timer::ReviewPassed]);
    }

    #[test]
    fn what_is_said_of_ages_is_said_of_a_parents_word_alone_and_while_it_matters() {
        let parents = || given(1, mother(), "2026-03-01");
        let at = |born_on| of(&[parents()], born_on, Matter::Age);
        let later = [Timer::AskTheYoungPerson, Timer::ParentalConsentEnds];
        assert_eq!(at("2014-05-01")[0], Timer::ConsiderAskingTheChild);
        assert_eq!(at("2014-05-01")[1..], later);
        assert_eq!(at("2010-05-01"), later, "twelve long ago");
        assert_eq!(at("2009-05-01"), later[1..], "sixteen when it was said");
        let mut own = parents();
        own.capacity = ConsentCapacity::AdultAboutSelf;
        assert_eq!(of(&[own.clone()], "2010-05-01", Matter::Age), []);
        assert_eq!(
            of(&[own], "2010-05-01", Matter::Review).len(),
            4,
            "an adult's own consent is reviewed, too"
        );
    }

    #[test]
    fn what_ends_at_eighteen_is_reviewed_no_more() {
        let parents = given(1, father(), "2026-03-01");
        assert_eq!(of(&[parents], "2009-05-01", Matter::Review), []);
    }

    #[test]
    fn what_another_agency_recorded_anew_of_the_same_person_is_due_in_its_place() {
        let renewed = given(2, mother(), "2026-04-01").by("surgery");
        let due = due(&state(&[given(1, mother(), "2026-03-01"), renewed], born("2017-05-01")).at(NOW));
        assert!(due.iter().all(|due| due.statement.agency == agency("surgery")));
    }

    #[test]
    fn what_begins_later_is_met_again_when_it_begins() {
        let later = given(1, mother(), "2026-11-01").giving(|given| given.from = day("2026-12-01"));
        let said = state(&[later], born("2017-05-01"));
        assert_eq!(due(&said.at(NOW)), []);
        assert_eq!(said.next_start(NOW), Some(day("2026-12-01").midnight().assume_utc()));
    }
}
