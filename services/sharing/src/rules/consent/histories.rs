//! What holds of every history of statements.
#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::BTreeSet;

use deciding::ConsentFact;
use proptest::prelude::*;
use proptest::sample::select;
use schemas::{AgencyKind, ConsentAct, ConsentCapacity, FormPart, Relationship, UnderstandingJudgement};
use time::Duration;

use super::held::Held;
use super::invented::*;
use super::statement::Whose;
use super::*;

/// One statement, drawn by chance: of three agencies, of one of three persons, on one of a few days, to one
/// of two recipients and parts.
fn statement() -> impl Strategy<Value = Statement> {
    let who = select(vec![PersonKey::Child, mother(), father(), adult(Relationship::FosterCarer)]);
    let days = select(vec!["2026-03-02", "2026-03-02", "2026-04-01T09:00:00Z", "2026-04-01", "2026-06-01"]);
    let what = (0..8_u8, 0..8_u8, 0..8_u8);
    let of = (select(vec!["school", "surgery", "team"]), 0..40_u128, 0..3_u128, any::<bool>());
    let judged = select(vec![
        None,
        Some(UnderstandingJudgement::Understands),
        Some(UnderstandingJudgement::DoesNotYet),
        Some(UnderstandingJudgement::InDoubtAdviceAsked),
    ]);
    let received = 0..5_i64;
    (who, days, what, of, judged, received).prop_map(
        |(person, on, (kind, named, parts), (by, number, version, evidence), judged, received)| {
            let day = &on[..10];
            let drawn = match kind {
                0..=3 => given(number, person, day),
                4 | 5 => refused(number, person, day),
                6 => withdrawn(number, person, day),
                _ => not_able(number, person, day),
            };
            let whole = matches!(drawn.decided, Decided::Refused(_) | Decided::Withdrawn(_)) && named == 0;
            let mut drawn = if whole { drawn } else { drawn.of(|scope| vary(scope, named, parts)) };
            drawn.said_on = schemas::Happened::parse(on).unwrap();
            drawn.version.message =
                schemas::MessageId::from_uuid(uuid::Uuid::from_u128(number * 10 + version));
            drawn.judged = judged;
            drawn.received_at = NOW - Duration::days(received);
            if person == adult(Relationship::FosterCarer) && named % 2 == 0 {
                drawn = drawn.with_capacity(ConsentCapacity::DelegatedCarer);
            }
            if parts == 7 {
                drawn = drawn.giving(|given| given.explained.clear());
            }
            let drawn = drawn.by(by);
            if evidence { drawn } else { drawn.without_evidence() }
        },
    )
}

fn vary(scope: &mut Scope, named: u8, parts: u8) {
    match named {
        0..=2 => scope.agencies.named = [agency("housing"), agency("police")].into(),
        3 | 4 => scope.agencies.named = [agency("housing")].into(),
        5 => scope.agencies.excluded = [agency("housing")].into(),
        6 => scope.agencies.excluded_kinds = [AgencyKind::Police].into(),
        _ => scope.agencies.kinds = [AgencyKind::Police].into(),
    }
    match parts {
        0..=2 => scope.parts.included = Included::All,
        3 => scope.parts.included = Included::These([FormPart::Identity].into()),
        4 => scope.parts.excluded = [FormPart::Identity].into(),
        5 => scope.parts.items_excluded = vec![(FormPart::Identity, About::Child)],
        _ => {}
    }
}

fn histories() -> impl Strategy<Value = Vec<Statement>> {
    proptest::collection::vec(statement(), 0..7)
}

fn ages() -> impl Strategy<Value = Ages> {
    select(vec!["2018-01-01", "2013-01-01", "2010-04-15", "2010-01-01", "2008-04-01"]).prop_map(born)
}

/// What every question is answered with.
fn answers(state: &State) -> Vec<Coverage> {
    let then = state.at(NOW);
    let mut found = Vec::new();
    for holder in ["school", "surgery"] {
        for (name, kind) in [("housing", AgencyKind::Housing), ("police", AgencyKind::Police)] {
            for part in [FormPart::Identity, FormPart::EnvHousingWorkMoney] {
                for about in [About::Child, About::Parent(key(Relationship::Mother))] {
                    let recipient = recipient(name, kind);
                    let asking = Asking { holder: agency(holder), recipient, part, about, ..asking() };
                    found.push(then.coverage(&asking.question()));
                }
            }
        }
    }
    found
}

/// Of whatever was drawn, a refusal or withdrawal that nobody recorded before.
fn taking() -> impl Strategy<Value = Statement> {
    statement().prop_map(|drawn| {
        let decided = match drawn.decided {
            Decided::Given(given) => Decided::Refused(given.scope),
            Decided::NotAbleToDecide | Decided::NotAsked => Decided::Refused(None),
            takes @ (Decided::Refused(_) | Decided::Withdrawn(_)) => takes,
        };
        let local_ref = schemas::LocalRef::parse("added").unwrap();
        Statement { decided, version: StatementVersion { local_ref, ..drawn.version }, ..drawn }
    })
}

/// Messages have ids of their own: of two that have one, one is enough.
fn distinct(history: Vec<Statement>) -> Vec<Statement> {
    let mut seen = BTreeSet::new();
    history.into_iter().filter(|statement| seen.insert(statement.version.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    // G7
    #[test]
    fn any_order_of_the_same_statements_comes_to_the_same(
        (history, shuffled) in histories().prop_map(distinct)
            .prop_flat_map(|all| (Just(all.clone()), Just([all.clone(), all].concat()).prop_shuffle())),
        ages in ages(),
    ) {
        let (one, other) = (state(&history, ages), state(&shuffled, ages));
        prop_assert_eq!(answers(&one), answers(&other));
        prop_assert_eq!(one.at(NOW).in_force(), other.at(NOW).in_force());
    }

    // D-C6
    #[test]
    fn what_a_person_said_is_folded_by_itself_whoever_else_spoke(history in histories(), ages in ages()) {
        let history = distinct(history);
        let state = state(&history, ages);
        let then = state.at(NOW);
        for statement in &then.statements {
            for whose in Whose::ALL {
                let alone = |one: &&&Statement| one.person == statement.person && one.is_about(whose);
                let alone = Held::of(then.statements.iter().filter(alone).copied().collect(), ages);
                prop_assert_eq!(then.held(statement.person, ConsentAct::StoreAndShare, whose), &alone);
            }
        }
    }

    #[test]
    fn a_refusal_more_never_covers_more(history in histories(), added in taking(), ages in ages()) {
        let history = distinct(history);
        let with = state(&[history.clone(), vec![added]].concat(), ages);
        for (before, after) in answers(&state(&history, ages)).into_iter().zip(answers(&with)) {
            prop_assert!(after.fact != ConsentFact::Covered || before.fact == ConsentFact::Covered);
        }
    }

    // D-C4
    #[test]
    fn that_somebody_is_found_not_able_covers_nothing_more(
        history in histories(), added in statement(), ages in ages(),
    ) {
        // From 16 on somebody else decides for a young person who cannot.
        prop_assume!(added.person != PersonKey::Child || !ages.may_be(16, NOW.date()));
        let history = distinct(history);
        let local_ref = schemas::LocalRef::parse("added").unwrap();
        let version = StatementVersion { local_ref, ..added.version };
        let added = Statement { decided: Decided::NotAbleToDecide, version, ..added };
        let with = state(&[history.clone(), vec![added]].concat(), ages);
        for (before, after) in answers(&state(&history, ages)).into_iter().zip(answers(&with)) {
            prop_assert!(after.fact != ConsentFact::Covered || before.fact == ConsentFact::Covered);
        }
    }

    // D-C4, D-C5
    #[test]
    fn what_a_person_who_decides_refuses_last_is_not_covered(history in histories(), ages in ages()) {
        let history = distinct(history);
        let last = |person| refused(999, person, "2026-11-20");
        let by_child = state(&[history.clone(), vec![last(PersonKey::Child).understood()]].concat(), ages);
        for answer in answers(&by_child) {
            prop_assert!(answer.fact != ConsentFact::Covered);
        }
        // One parent's refusal leaves no more than the child's own word.
        let by_parents = [history, vec![last(mother()), last(father())]].concat();
        for answer in answers(&state(&by_parents, ages)).iter().filter(|a| a.fact == ConsentFact::Covered) {
            let of_child = |version: &StatementVersion| {
                by_parents.iter().any(|said| said.version == *version && said.person == PersonKey::Child)
            };
            let of_adult = ages.may_be(16, NOW.date());
            prop_assert!(of_adult || answer.rests_on.iter().all(of_child));
        }
    }

    #[test]
    fn what_was_known_then_is_what_had_been_received_by_then(
        history in histories(), ages in ages(), days in 0..5_i64,
    ) {
        let history = distinct(history);
        let known_at = NOW - Duration::days(days);
        let mut prefix = history.clone();
        prefix.retain(|statement| statement.received_at <= known_at);
        let replayed = state(&history, ages).as_known(known_at);
        prop_assert_eq!(answers(&replayed), answers(&state(&prefix, ages)));
        prop_assert_eq!(replayed.at(NOW).in_force(), state(&prefix, ages).at(NOW).in_force());
    }

    // D-C5
    #[test]
    fn what_is_covered_rests_on_a_statement_that_names_it(history in histories(), ages in ages()) {
        for answer in answers(&state(&distinct(history), ages)) {
            prop_assert!(answer.fact != ConsentFact::Covered || !answer.rests_on.is_empty());
        }
    }
}
