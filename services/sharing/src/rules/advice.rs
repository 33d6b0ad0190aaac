//! Advice that a practitioner in doubt took about a request (D-S8).

use std::collections::BTreeMap;

use deciding::Advice;
use schemas::{AdviserRole, AgencyId, LocalRef, MessageId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::changes::Private;

/// A question or an answer, as it is kept.
#[derive(Clone, Debug)]
pub struct Advised {
    pub share: Uuid,
    pub agency: AgencyId,
    pub local_ref: LocalRef,
    pub message: MessageId,
    pub role: AdviserRole,
    /// `Asked`, or the answer.
    pub advice: Advice,
    pub said_at: OffsetDateTime,
    /// Of a question.
    pub due_at: Option<OffsetDateTime>,
    pub received_at: OffsetDateTime,
    pub private: Private,
}

/// A question that awaits its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub agency: AgencyId,
    pub local_ref: LocalRef,
    pub due_at: OffsetDateTime,
}

/// What the holder of a request asked and was told: of each statement the latest version.
#[derive(Clone, Debug, Default)]
pub struct Taken(BTreeMap<(LocalRef, Turn), (OffsetDateTime, Advice)>);

/// A question and its answer may have one reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Question,
    Answer,
}

impl Taken {
    pub fn add(&mut self, local_ref: LocalRef, said_at: OffsetDateTime, advice: Advice) {
        let turn = if advice == Advice::Asked { Turn::Question } else { Turn::Answer };
        self.0.insert((local_ref, turn), (said_at, advice));
    }

    /// The latest that was said; of two at once the answer, and of two answers the one that holds back more.
    #[must_use]
    pub fn advice(&self) -> Advice {
        let latest = self.0.values().max_by_key(|(said_at, advice)| (*said_at, holds_back(*advice)));
        latest.map_or(Advice::None, |(_, advice)| *advice)
    }
}

/// How much of a release it holds back; a question less than any answer to it.
const fn holds_back(advice: Advice) -> u8 {
    match advice {
        Advice::None => 0,
        Advice::Asked => 1,
        Advice::Share => 2,
        Advice::ReferSafeguarding => 3,
        Advice::ShareLimited => 4,
        Advice::DoNotShare => 5,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use time::macros::datetime;

    use super::*;

    const MORNING: OffsetDateTime = datetime!(2026-11-23 9:00 UTC);
    const EVENING: OffsetDateTime = datetime!(2026-11-23 17:00 UTC);

    fn taken(said: &[(&str, OffsetDateTime, Advice)]) -> Advice {
        let mut taken = Taken::default();
        for (local_ref, said_at, advice) in said {
            taken.add(LocalRef::parse(local_ref).unwrap(), *said_at, *advice);
        }
        taken.advice()
    }

    #[test]
    fn the_latest_that_was_said_counts_whatever_the_order_in_which_it_came() {
        let asked = ("a1", MORNING, Advice::Asked);
        let answer = ("a1", EVENING, Advice::Share);
        assert_eq!(taken(&[]), Advice::None);
        assert_eq!(taken(&[asked]), Advice::Asked);
        assert_eq!(taken(&[asked, answer]), Advice::Share);
        assert_eq!(taken(&[answer, asked]), Advice::Share);
        let again = ("a2", EVENING + time::Duration::days(1), Advice::Asked);
        assert_eq!(taken(&[again, asked, answer]), Advice::Asked);
    }

    #[test]
    fn of_two_answers_at_once_the_one_counts_that_holds_back_more_and_a_later_version_replaces_its_own() {
        let share = ("a1", EVENING, Advice::Share);
        assert_eq!(taken(&[("a2", EVENING, Advice::DoNotShare), share]), Advice::DoNotShare);
        let refers = ("a3", EVENING, Advice::ReferSafeguarding);
        assert_eq!(taken(&[("a2", EVENING, Advice::DoNotShare), refers]), Advice::DoNotShare);
        assert_eq!(taken(&[("a1", EVENING, Advice::DoNotShare), share]), Advice::Share);
    }
}
