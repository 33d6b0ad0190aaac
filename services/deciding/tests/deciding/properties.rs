//! What holds for any facts.

use std::sync::LazyLock;

use deciding::{AboutConsent, ConsentFact, Facts, Judged, Outcome, Rules, SensitiveService, Stage};
use proptest::prelude::*;
use proptest::sample::select;
use schemas::{ElectronicRecording, PracticeBasis, Restriction, WithheldCode, YesNo};

use crate::facts::any_facts;
use crate::folder::{Folder, delivered};

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::load(&delivered()).unwrap());
static ALL_ON: LazyLock<Rules> = LazyLock::new(|| Folder::all_on().load().unwrap());
/// The same with one forbid more.
static FORBIDDING: LazyLock<Vec<Rules>> = LazyLock::new(|| {
    let whens = [
        "",
        "when { context.confidential }",
        "when { context.basis == Basis::\"public-interest\" }",
        "when { context.consent == Consent::\"covered\" } unless { context.protection }",
        "when { principal == Agency::\"riverside-yot\" && resource == Part::\"child-views\" }",
    ];
    whens.iter().map(|when| Folder::local(&forbid("do-not-share", when)).load().unwrap()).collect()
});
/// Policies that err whenever they are looked at.
static ERRING: LazyLock<Vec<Rules>> = LazyLock::new(|| {
    let when = "when { 9223372036854775807 + 1 > 0 }";
    let permit = format!(
        "@id(\"local-errs\") @cites(\"x\") @says(\"x\") permit (principal, action, resource) {when};"
    );
    // Behind a fact that is another Cedar does not look at it; before it, it does.
    let behind = "when { context.basis == Basis::\"consent\" && 9223372036854775807 + 1 > 0 }";
    let before = "when { 9223372036854775807 + 1 > 0 && context.basis == Basis::\"consent\" }";
    [permit, forbid("do-not-share", when), forbid("do-not-share", before), forbid("do-not-share", behind)]
        .iter()
        .map(|policy| Folder::local(policy).load().unwrap())
        .collect()
});
/// No set at all: nothing permits.
static NONE: LazyLock<Rules> = LazyLock::new(|| {
    let off = |text: String| text.replace("\"on\"", "\"off\"");
    Folder::local("// none").with("rules.toml", off).load().unwrap()
});

fn forbid(outcome: &str, when: &str) -> String {
    format!(
        "@id(\"local-errs\") @cites(\"x\") @says(\"x\") @outcome(\"{outcome}\") @code(\"restricted\") \
         forbid (principal, action, resource) {when};"
    )
}

fn shares(rules: &Rules, facts: &Facts) -> bool {
    rules.decide(facts).outcome == Outcome::Share
}

/// What makes the facts say less yes than before.
const NOES: &[fn(&mut Facts)] = &[
    |facts| facts.electronic_recording = Some(ElectronicRecording::Refused),
    |facts| facts.about_consent = AboutConsent::NotCovered,
    |facts| facts.not_for = YesNo::Yes,
    |facts| facts.informant = YesNo::Yes,
    |facts| facts.sensitive_service = SensitiveService::NotCovered,
    |facts| facts.cleared = YesNo::No,
    |facts| facts.own_team = YesNo::No,
    |facts| facts.restriction = Restriction::WholeRecord,
    |facts| facts.reasons = YesNo::No,
    |facts| facts.judged = Judged::NotJudged,
    |facts| facts.confidential = YesNo::Yes,
    |facts| facts.more_detrimental = YesNo::Yes,
];

proptest! {
    // Nothing is written beside the source: a case that fails is turned into an example.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn the_decision_is_the_same_with_the_cache_and_without_and_by_every_policy(facts in any_facts()) {
        for rules in [&*RULES, &*ALL_ON].into_iter().chain(FORBIDDING.iter()).chain(ERRING.iter()) {
            let by_all = rules.decide_by_all(&facts);
            prop_assert_eq!(&rules.decide_anew(&facts), &by_all);
            prop_assert_eq!(&rules.decide(&facts), &by_all);
            prop_assert_eq!(&rules.decide(&facts), &by_all);
        }
    }

    #[test]
    fn a_consent_that_becomes_anything_else_never_releases_more(
        facts in any_facts(),
        other in select(ConsentFact::ALL),
    ) {
        let covered = Facts { consent: ConsentFact::Covered, ..facts.clone() };
        let otherwise = Facts { consent: other, ..facts };
        prop_assert!(shares(&ALL_ON, &covered) || !shares(&ALL_ON, &otherwise));
    }

    #[test]
    fn a_yes_that_becomes_a_no_never_releases_more(facts in any_facts(), no in select(NOES)) {
        let mut refused = facts.clone();
        no(&mut refused);
        prop_assert!(shares(&ALL_ON, &facts) || !shares(&ALL_ON, &refused));
    }

    #[test]
    fn a_forbid_more_never_releases_more(facts in any_facts()) {
        for rules in FORBIDDING.iter() {
            prop_assert!(shares(&ALL_ON, &facts) || !shares(rules, &facts));
            prop_assert!(rules.decide(&facts).outcome <= ALL_ON.decide(&facts).outcome);
        }
        prop_assert!(!shares(&FORBIDDING[0], &facts));
    }

    #[test]
    fn a_policy_that_errs_releases_nothing(facts in any_facts()) {
        for rules in &ERRING[..3] {
            let decision = rules.decide(&facts);
            prop_assert_eq!(decision.outcome, Outcome::DoNotShare);
            prop_assert_eq!(decision.code, Some(WithheldCode::RuleError));
        }
    }

    #[test]
    fn where_no_policy_is_on_nothing_is_released(facts in any_facts()) {
        let decision = NONE.decide(&facts);
        prop_assert_eq!(decision.outcome, Outcome::DoNotShare);
        prop_assert_eq!(decision.policies[0].as_str(), deciding::NOTHING_PERMITS);
    }

    #[test]
    fn without_consent_nothing_is_released_but_on_the_holders_reasoned_judgement(facts in any_facts()) {
        if shares(&ALL_ON, &facts) && facts.basis != PracticeBasis::Consent {
            prop_assert_eq!(facts.stage, Stage::Release);
            prop_assert_eq!(facts.judged, Judged::ByHolder);
            prop_assert_eq!(facts.reasons, YesNo::Yes);
        }
    }

    #[test]
    fn by_consent_nothing_is_released_that_it_does_not_cover(facts in any_facts()) {
        if shares(&ALL_ON, &facts) && facts.basis == PracticeBasis::Consent {
            prop_assert!(matches!(facts.consent, ConsentFact::Covered | ConsentFact::NotNamed));
            let copy = facts.consent == ConsentFact::Covered
                || facts.recipient_kind == schemas::AgencyKind::CafTeam;
            prop_assert!(copy);
        }
    }

    #[test]
    fn every_decision_has_its_reasons(facts in any_facts()) {
        let decision = ALL_ON.decide(&facts);
        prop_assert!(!decision.policies.is_empty());
        let needs_no_code = matches!(decision.outcome, Outcome::Share | Outcome::ReferredToHolder);
        prop_assert_eq!(decision.code.is_none(), needs_no_code);
    }
}

#[test]
fn a_policy_that_errs_is_found_by_the_examples_before_it_decides() {
    let errs = forbid("do-not-share", "when { 9223372036854775807 + 1 > 0 }");
    let folder = Folder::all_on().with("local/example.cedar", |_| errs);
    let fault = folder.load().unwrap_err().to_string();
    assert!(fault.contains("rule-error by local-errs"), "{fault}");
}
