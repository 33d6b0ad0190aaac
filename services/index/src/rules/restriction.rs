//! How a record is restricted for safety (D-I6): raised by whichever statement says so, lowered by
//! nothing but what lifts it.

use schemas::Restriction;
use time::OffsetDateTime;

/// What one statement does. Ordered: of one moment, what raises comes last and holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Does {
    /// Leaves no more than its level.
    Lifts,
    /// Restricts at least to its level.
    Raises,
}

/// From when on, what it does, and its level.
pub type Statement = (OffsetDateTime, Does, Restriction);

/// What the statements of one record come to, in any order and however often (G7). Fail closed: what
/// `stands` without any of them saying so, nothing lowers.
#[must_use]
pub fn level(stands: Restriction, statements: &[Statement]) -> Restriction {
    let mut statements = statements.to_vec();
    statements.sort_unstable();
    let accounted = statements.iter().any(|(_, does, to)| *does == Does::Raises && *to >= stands);
    let said = statements.into_iter().fold(Restriction::None, |level, (_, does, to)| match does {
        Does::Lifts => level.min(to),
        Does::Raises => level.max(to),
    });
    if accounted { said } else { said.max(stands) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::Duration;

    use super::*;

    fn at(day: i64) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + Duration::days(day)
    }

    const NONE: Restriction = Restriction::None;
    const ADDRESS: Restriction = Restriction::Address;
    const WHOLE: Restriction = Restriction::WholeRecord;

    #[test]
    fn only_what_lifts_lowers_and_only_what_is_earlier() {
        let raised = (at(5), Does::Raises, WHOLE);
        assert_eq!(level(NONE, &[raised, (at(6), Does::Raises, ADDRESS)]), WHOLE);
        assert_eq!(level(NONE, &[raised, (at(6), Does::Lifts, ADDRESS)]), ADDRESS);
        assert_eq!(level(NONE, &[raised, (at(4), Does::Lifts, NONE)]), WHOLE);
        assert_eq!(level(NONE, &[raised, (at(5), Does::Lifts, NONE)]), WHOLE, "of one moment it holds");
        let again = [raised, (at(6), Does::Lifts, NONE), (at(7), Does::Raises, ADDRESS)];
        assert_eq!(level(NONE, &again), ADDRESS, "set again");
        assert_eq!(level(WHOLE, &[(at(6), Does::Raises, ADDRESS)]), WHOLE, "what nobody lifted");
    }

    fn statement() -> impl Strategy<Value = Statement> {
        let level = proptest::sample::select(vec![NONE, ADDRESS, WHOLE]);
        let does = proptest::sample::select(vec![Does::Lifts, Does::Raises]);
        (0..4_i64, does, level).prop_map(|(day, does, level)| (at(day), does, level))
    }

    proptest! {
        // D-I6
        #[test]
        fn what_nothing_later_lifts_stands(all in proptest::collection::vec(statement(), 0..8)) {
            let lowered_to = |raised: &Statement| {
                let later = |lift: &&Statement| lift.1 == Does::Lifts && lift.0 > raised.0;
                all.iter().filter(later).map(|lift| lift.2).chain([raised.2]).min()
            };
            let raised = all.iter().filter(|said| said.1 == Does::Raises);
            let highest = raised.filter_map(lowered_to).max().unwrap_or(NONE);
            prop_assert_eq!(level(NONE, &all), highest);
        }

        // G7
        #[test]
        fn any_order_with_repetitions_comes_to_the_same(
            (all, shuffled) in proptest::collection::vec(statement(), 0..8).prop_flat_map(|all| {
                let twice = [all.clone(), all.clone()].concat();
                (Just(all), Just(twice).prop_shuffle())
            })
        ) {
            prop_assert_eq!(level(NONE, &all), level(NONE, &shuffled));
        }
    }
}
