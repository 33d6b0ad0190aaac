//! Histories of one child through the handlers and the delivered policies: people agree and refuse, agencies ask,
//! answer, offer and correct, in batches of any size. What families keep back stays back, whatever comes and in
//! whatever order (D-C4, D-C5, D-C6, D-S5, G7); and what was decided is decided so again (D-S7).
#![expect(clippy::expect_used, reason = "a test may stop")]

mod oracle;
mod said;
mod shelf;
mod word;

use std::collections::BTreeSet;

use deciding::{AboutWhom, ConsentFact};
use proptest::prelude::*;
use schemas::{AgencyId, LocalRef, PracticeBasis, ShareCorrectionTold, ShareDelivered, Subject};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::rules::consent::{About, Question, State, act_for};
use crate::rules::decision::{self, Came, Decided};
use oracle::{Asked, Known};
use said::{AGENCIES, Deed, NotFor, What, everything, history, statements};
use shelf::{Shelf, parts_of, rules};
use word::taking;

/// When the day of every history began.
const MIDNIGHT: OffsetDateTime = datetime!(2026-11-21 00:00 UTC);

fn agency(place: usize) -> AgencyId {
    AgencyId::parse(AGENCIES[place].0).expect("an agency id")
}

/// As every agency names the child.
fn subject() -> Subject {
    Subject::parse("local:c1").expect("a subject")
}

/// Whether a practitioner of the holder stands for a release, with ground and reasons (D-S5, D-S7).
fn is_judged(decided: &Decided) -> bool {
    let basis = &decided.matter.basis;
    let grounds =
        basis["practiceBasis"] != json!(PracticeBasis::PublicInterest) || basis["ground"].is_string();
    decided.decided_by.is_some()
        && decided.private.is_some()
        && basis["practiceBasis"] != json!(PracticeBasis::Consent)
        && basis["consentPosition"].is_string()
        && grounds
}

/// Nothing that went out was kept back by what had been said by then.
fn keeps_to_what_was_said(shelf: &Shelf, deeds: &[Deed]) -> Result<(), TestCaseError> {
    let left = [ShareDelivered::TYPE, ShareCorrectionTold::TYPE];
    for (number, notice) in shelf.told.iter().filter(|(_, notice)| left.contains(&notice.kind)) {
        let decision = notice.data["decision"].as_str();
        let decided = shelf.decisions.iter().map(|(_, decided)| decided);
        let decided = decided.into_iter().find(|decided| Some(decided.id.to_string().as_str()) == decision);
        let decided = decided.expect("a recorded decision (G3)");
        let known = Known::by(deeds, *number);
        for part in parts_of(&notice.data) {
            for item in part["items"].as_array().into_iter().flatten() {
                prop_assert!(!known.refuses_recording(), "D-C7: {item} went to {}", notice.to);
                let kept = [NotFor::Housing, NotFor::HealthVisiting].map(NotFor::text);
                let marked =
                    kept.iter().any(|text| item["itemText"] == *text && text.ends_with(notice.to.as_str()));
                prop_assert!(!marked, "D-C5: {item} went to {}", notice.to);
                let (part, about) = (part["part"].as_str().expect("a part"), &item["about"]["is"]);
                let may = known.lets(Asked {
                    to: notice.to.as_str(),
                    part,
                    of_child: about == "child",
                    purpose: decided.matter.purpose,
                });
                prop_assert!(may || is_judged(decided), "{part} {item} went to {}", notice.to);
            }
        }
    }
    Ok(())
}

/// Everything of a decision but when it was made, and which of two messages of one statement that say the same it names.
fn in_short(decided: &Decided) -> Value {
    let consents: BTreeSet<(&AgencyId, &LocalRef)> =
        decided.consents.iter().map(|version| (&version.agency, &version.local_ref)).collect();
    json!({
        "id": decided.id, "stage": format!("{:?}", decided.stage), "outcome": decided.outcome,
        "cases": decided.cases, "consents": consents, "told": decided.told,
        "by": decided.decided_by, "recipient": decided.matter.recipient, "basis": decided.matter.basis,
    })
}

fn decisions(shelf: &Shelf) -> Vec<(u32, Value)> {
    shelf.decisions.iter().map(|(number, decided)| (*number, in_short(decided))).collect()
}

/// What the consents say to it, of all that was said at last, as it was known when the message came.
fn known_then(
    consents: &[State; 2],
    decided: &Decided,
    came: &Came,
    at: OffsetDateTime,
) -> Option<ConsentFact> {
    let facts = came.facts.as_ref()?;
    let about = match facts.about {
        AboutWhom::Child => About::Child,
        AboutWhom::Sibling => About::Sibling,
        // Who it is does not stand in the record.
        AboutWhom::Adult | AboutWhom::Other => return None,
    };
    let holder = decided.matter.holder.as_ref()?;
    let recipient = crate::rules::consent::Recipient {
        agency: facts.recipient.clone(),
        kind: facts.recipient_kind,
        sensitivity: facts.recipient_kind.default_sensitivity(),
    };
    let place = (0..consents.len()).find(|place| agency(*place) == *holder)?;
    let consents = consents[place].as_known(at);
    let act = act_for(facts.purpose);
    let question = Question {
        holder,
        recipient: &recipient,
        part: facts.part,
        about: &about,
        act,
        purpose: facts.purpose,
    };
    Some(consents.at(decided.decided_at).coverage(&question).fact)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    // D-C4, D-C5, D-C6, D-C7, D-S5
    #[test]
    fn nothing_leaves_that_the_consent_in_force_keeps_back_but_by_a_holders_recorded_judgement(
        deeds in history(), size in 1..9_usize,
    ) {
        let shelf = Shelf::new().deliver(&deeds, size);
        keeps_to_what_was_said(&shelf, &deeds)?;
    }

    // D-C4, D-C6, D-C7
    #[test]
    fn a_refusal_more_never_lets_more_out(
        deeds in history(), added in taking(), place in 0..24_i64, size in 1..9_usize,
    ) {
        let more = Deed { number: 999, at: place * 60 - 15, what: What::Consent(added) };
        let mut with: Vec<Deed> = deeds.iter().cloned().chain([more]).collect();
        with.sort_by_key(|deed| (deed.at, deed.number));
        let before = Shelf::new().deliver(&deeds, size).went();
        let after = Shelf::new().deliver(&with, size).went();
        let gone: Vec<_> = after.difference(&before).collect();
        prop_assert!(gone.is_empty(), "{gone:?}");
    }

    // G7
    #[test]
    fn the_same_statements_in_any_order_and_batches_are_decided_by_alike(
        (said, shuffled) in statements().prop_flat_map(|said| (Just(said.clone()), Just(said).prop_shuffle())),
        sizes in (1..9_usize, 1..9_usize),
    ) {
        let ends = [(said, sizes.0), (shuffled, sizes.1)].map(|(said, size)| {
            let shelf = Shelf::new().deliver(&said, size);
            let shelf = shelf.deliver(&everything(), 4);
            let asked = shelf.decisions.iter().filter(|(number, _)| *number >= 200);
            asked.map(|(number, decided)| (*number, in_short(decided))).collect::<Vec<_>>()
        });
        prop_assert_eq!(&ends[0], &ends[1]);
    }

    // D-S7, G3
    #[test]
    fn what_was_decided_is_decided_so_again_by_what_had_been_received(
        deeds in history(), size in 2..9_usize,
    ) {
        let shelf = Shelf::new().deliver(&deeds, size);
        let again = Shelf::new().deliver(&deeds, 1);
        prop_assert_eq!(decisions(&shelf), decisions(&again));
        let consents = [0, 1].map(|place| shelf.consents(&agency(place)));
        for (number, decided) in &shelf.decisions {
            let at = Shelf::came(&deeds, *number);
            for came in decision::came(&decided.cases) {
                let Some(facts) = &came.facts else { continue };
                let anew = rules().decide(facts);
                prop_assert_eq!(
                    (anew.outcome, anew.code, &anew.policies[..]),
                    (came.outcome, came.code, &came.policies[..])
                );
                let known = known_then(&consents, decided, &came, at);
                prop_assert!(known.is_none_or(|known| known == facts.consent), "{known:?}: {facts:?}");
            }
        }
    }
}

/// The histories tell of something: what is drawn comes to releases by consent and by judgement, to refusals, answers
/// and corrections.
#[test]
fn the_histories_come_to_releases_of_each_kind() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = [0_u32; 8];
    for _ in 0..300 {
        let deeds = history().new_tree(&mut runner).expect("a history").current();
        let shelf = Shelf::new().deliver(&deeds, 4);
        let went = |is: &dyn Fn(&What) -> bool| {
            let of = shelf.told.iter().filter(|(_, notice)| {
                [ShareDelivered::TYPE, ShareCorrectionTold::TYPE].contains(&notice.kind)
            });
            let numbers: BTreeSet<u32> = of.map(|(number, _)| *number).collect();
            deeds.iter().any(|deed| numbers.contains(&deed.number) && is(&deed.what))
        };
        let kinds = [
            went(&|what| matches!(what, What::Answers { basis: said::Basis::Consent, .. })),
            went(&|what| matches!(what, What::Answers { basis: said::Basis::PublicInterest, .. })),
            went(&|what| matches!(what, What::Offers { basis: said::Basis::Consent, .. })),
            went(&|what| matches!(what, What::Offers { basis: said::Basis::NotConfidential, .. })),
            went(&|what| matches!(what, What::Corrects { .. })),
            shelf.told.iter().any(|(_, notice)| notice.kind == schemas::ConsentWithdrawn::TYPE),
            shelf.held_back_by("D-C7-electronic-recording-refused"),
            shelf.held_back_by("D-C4-competent-refusal"),
        ];
        for (count, is) in seen.iter_mut().zip(kinds) {
            *count += u32::from(is);
        }
    }
    assert!(seen.iter().all(|count| *count > 5), "of each kind of history: {seen:?}");
}
