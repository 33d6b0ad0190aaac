#![expect(clippy::unwrap_used, reason = "a test may stop")]

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use schemas::{AgencyKind, ConsentAct, Sensitivity, ShowSensitive};

use super::invented::*;
use super::*;

const SHOW: ConsentAct = ConsentAct::ShowSensitiveService;
const AGENCIES: [&str; 4] = ["housing", "police", "surgery", "school"];
const KINDS: [AgencyKind; 4] =
    [AgencyKind::Housing, AgencyKind::Police, AgencyKind::Camhs, AgencyKind::School];

fn shown(statements: &[Statement], ages: Ages) -> Option<ShowSensitive> {
    state(statements, ages).at(NOW).whom_it_shows(&agency("clinic"))
}

fn own(number: u128) -> Statement {
    given(number, mother(), "2026-03-02").to(SHOW).by("clinic")
}

#[test]
fn a_consent_shows_the_service_that_recorded_it_to_those_it_names_until_its_review() {
    let it = shown(&[own(1)], born("2018-01-01")).unwrap();
    assert_eq!((it.agencies, it.kinds), (vec![agency("housing")], vec![AgencyKind::HealthVisiting]));
    assert_eq!(it.until.date(), day("2028-03-02"));
    let it = shown(&[own(1)], born("2011-01-01")).unwrap();
    assert_eq!(it.until.date(), day("2026-12-31"), "at 16 the young person comes to decide (D-C3)");
}

#[test]
fn a_word_that_another_agency_took_down_shows_no_service_and_takes_away() {
    assert_eq!(shown(&[own(1).by("school")], born("2018-01-01")), None);
    let refused = refused(2, mother(), "2026-04-01").to(SHOW).by("school");
    assert_eq!(shown(&[own(1), refused], born("2018-01-01")), None);
    let wider = own(2).by("school").of(|scope| {
        scope.agencies.named.insert(agency("police"));
    });
    let wider = Statement { said_on: schemas::Happened::parse("2026-04-01").unwrap(), ..wider };
    let it = shown(&[own(1), wider], born("2018-01-01")).unwrap();
    assert_eq!(it.agencies, [agency("housing")], "it is shown to no more than it recorded itself");
}

#[test]
fn what_is_agreed_to_besides_shows_nothing() {
    let shares = given(1, mother(), "2026-03-02").by("clinic");
    assert_eq!(shown(&[shares], born("2018-01-01")), None);
    let other_part = own(1).of(|scope| scope.parts.included = Included::These([].into()));
    assert_eq!(shown(&[other_part], born("2018-01-01")), None);
}

fn statement() -> impl Strategy<Value = Statement> {
    let lists = (
        subsequence(AGENCIES.to_vec(), 0..3),
        subsequence(KINDS.to_vec(), 0..3),
        subsequence(AGENCIES.to_vec(), 0..2),
        subsequence(KINDS.to_vec(), 0..2),
    );
    let who = select(vec![PersonKey::Child, mother(), father()]);
    let days = select(vec!["2026-03-02", "2026-04-01", "2026-06-01"]);
    let by = select(vec!["clinic", "clinic", "school"]);
    (who, days, by, 0..5_u8, 0..40_u128, lists).prop_map(|(who, on, by, kind, number, lists)| {
        let drawn = match kind {
            0..=2 => given(number, who, on),
            3 => refused(number, who, on),
            _ => withdrawn(number, who, on),
        };
        let ids = |names: Vec<&str>| names.into_iter().map(agency).collect();
        let (named, kinds, excluded, excluded_kinds) = lists;
        let agencies = Agencies {
            named: ids(named),
            kinds: kinds.into_iter().collect(),
            excluded: ids(excluded),
            excluded_kinds: excluded_kinds.into_iter().collect(),
        };
        drawn.of(|scope| (scope.agencies, scope.parts.included) = (agencies, Included::All)).to(SHOW).by(by)
    })
}

proptest! {
    // D-C5, D-I6
    #[test]
    fn nobody_is_shown_a_service_by_the_state_whom_the_consents_do_not_cover(
        said in proptest::collection::vec(statement(), 0..6),
        birth in select(vec!["2018-01-01", "2013-01-01", "2010-04-15"]),
    ) {
        let consents = state(&said, born(birth));
        let then = consents.at(NOW);
        let service = agency("clinic");
        let Some(it) = then.whom_it_shows(&service) else { return Ok(()) };
        prop_assert!(it.until.date() >= NOW.date());
        for name in AGENCIES.iter().chain(&["stranger"]) {
            for kind in KINDS.iter().chain(&[AgencyKind::Gp]) {
                for sensitivity in [Sensitivity::Ordinary, Sensitivity::Sensitive] {
                    let to = Recipient { agency: agency(name), kind: *kind, sensitivity };
                    if it.covers(&to.agency, *kind, sensitivity, NOW.date()) {
                        prop_assert!(then.shows(&service, &to) != Shown::No, "{name} {kind:?}");
                    }
                }
            }
        }
    }

    /// Where one statement alone speaks, everybody whom it covers is told.
    #[test]
    fn what_one_statement_covers_the_state_says_whole(said in statement(), name in select(AGENCIES.to_vec())) {
        let consents = state(&[said.by("clinic")], born("2018-01-01"));
        let then = consents.at(NOW);
        let it = then.whom_it_shows(&agency("clinic"));
        for kind in KINDS {
            let to = recipient(name, kind);
            let by_state =
                it.as_ref().is_some_and(|it| it.covers(&to.agency, kind, to.sensitivity, NOW.date()));
            prop_assert_eq!(by_state, then.shows(&agency("clinic"), &to) != Shown::No, "{} {:?}", name, kind);
        }
    }
}
