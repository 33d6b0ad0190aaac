//! What of the consents is due, and on which day: each is told of once, by whoever keeps the timers.

use schemas::ConsentAct;
use time::{Date, Duration};

use super::age::{ABLE, ADULT, GENERALLY_ABLE};
use super::state::Then;
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

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    pub on: Date,
    pub timer: Timer,
    pub act: ConsentAct,
    /// What it is about; its agency is asked to see to it.
    pub statement: StatementVersion,
}

/// What will be, or was, due of the consents that stand, the earliest first. A birthday counts only for
/// what was said before it by somebody else, and the 16th while the young person said nothing since.
#[must_use]
pub fn due(then: &Then) -> Vec<Due> {
    let mut all = Vec::new();
    for act in ConsentAct::ALL {
        let child = then.held(PersonKey::Child, *act, Whose::Childs);
        for person in then.persons(*act) {
            let held = then.held(person, *act, Whose::Childs);
            let stands = held.given.filter(|giving| giving.flaw.is_none() && !held.was_taken_whole());
            let Some(giving) = stands else {
                continue;
            };
            let mut add = |on: Option<Date>, timer| {
                let statement = giving.statement.version.clone();
                all.extend(on.map(|on| Due { on, timer, act: *act, statement }));
            };
            let review = giving.given.review_by;
            let ends_first = giving.given.ends_on.is_some_and(|last| last <= review);
            for (days, timer) in [(60, Timer::Review60), (30, Timer::Review30), (7, Timer::Review7)] {
                add((!ends_first).then(|| review - Duration::days(days)), timer);
            }
            add(review.next_day().filter(|_| !ends_first), Timer::ReviewPassed);
            if person == PersonKey::Child {
                continue;
            }
            let said = giving.statement.said_on.effective_at().date();
            let birthday = |age| then.ages.birthday(age).filter(|day| *day > said);
            add(birthday(GENERALLY_ABLE), Timer::ConsiderAskingTheChild);
            add(birthday(ABLE).filter(|_| !then.decided_from_16(&child)), Timer::AskTheYoungPerson);
            add(birthday(ADULT), Timer::ParentalConsentEnds);
        }
    }
    all.sort();
    all
}
