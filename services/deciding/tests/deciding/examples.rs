//! The delivered policies and their examples.

use std::collections::BTreeSet;
use std::fs;

use deciding::{Effect, NOTHING_PERMITS, Rules};
use schemas::{FormPart, YesNo};

use crate::facts::agreed;
use crate::folder::{Folder, delivered};

/// Name, and the ids of the policies, of every example.
fn examples() -> Vec<(String, Vec<String>)> {
    let mut examples = Vec::new();
    for entry in fs::read_dir(delivered().join("cases")).unwrap().map(Result::unwrap) {
        let file: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(entry.path()).unwrap()).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let ids = case["policies"].as_array().unwrap().iter();
            let ids = ids.map(|id| id.as_str().unwrap().to_owned()).collect();
            examples.push((case["name"].as_str().unwrap().to_owned(), ids));
        }
    }
    examples
}

// D-C1, D-C2, D-C3, D-C4, D-C5, D-C6, D-C7, D-C8, D-S1, D-S2, D-S3, D-S4, D-S5, D-S6, D-S7, D-S8
#[test]
fn every_example_comes_out_as_written_with_the_sets_as_delivered_and_with_all_of_them() {
    Rules::load(&delivered()).unwrap();
    Folder::all_on().load().unwrap();
}

#[test]
fn every_policy_of_every_set_is_met_by_an_example() {
    let rules = Folder::all_on().load().unwrap();
    let written: BTreeSet<&str> = rules.texts().keys().map(deciding::PolicyId::as_str).collect();
    let examples = examples();
    let met: BTreeSet<&str> = examples.iter().flat_map(|(_, ids)| ids).map(String::as_str).collect();
    let unmet: Vec<_> = written.difference(&met).collect();
    assert!(unmet.is_empty(), "no example meets {unmet:?}");
    assert!(met.contains(NOTHING_PERMITS));
}

#[test]
fn every_rule_of_consent_and_of_sharing_has_an_example_that_shares_and_one_that_does_not() {
    let examples = examples();
    // D-S9 is about the family's own copy, which the exchange does not send.
    let rules = (1..=8).flat_map(|n| [format!("D-C{n}"), format!("D-S{n}")]);
    for rule in rules.chain(["D-A2", "D-I6", "D-I7"].map(ToOwned::to_owned)) {
        for way in ["shares:", "not"] {
            let begins = format!("{rule} {way}");
            assert!(examples.iter().any(|(name, _)| name.starts_with(&begins)), "no example \"{begins}\"");
        }
    }
}

#[test]
fn the_policies_as_delivered_are_the_consent_led_ones_alone() {
    let rules = Rules::load(&delivered()).unwrap();
    assert!(rules.texts().values().all(|text| text.set == "consent-led"));
    let permits = rules.texts().values().filter(|text| text.effect == Effect::Permit).count();
    assert_eq!((permits, rules.texts().len()), (6, 40));
}

#[test]
fn a_part_that_no_purpose_table_gives_to_housing_does_not_reach_it_by_consent() {
    let rules = Rules::load(&delivered()).unwrap();
    let parts = FormPart::ALL.iter().filter(|part| {
        let facts = deciding::Facts { part: **part, ..agreed() };
        rules.decide(&facts).outcome == deciding::Outcome::Share
    });
    let shared: Vec<&str> = parts.map(schemas::FormPart::as_str).collect();
    insta::assert_snapshot!(shared.join(" "), @"identity household env-housing-work-money action-plan");
}

#[test]
fn a_policy_says_of_itself_what_the_record_of_a_decision_needs() {
    let rules = Rules::load(&delivered()).unwrap();
    let id = rules.texts().keys().find(|id| id.as_str() == "D-C5-excluded-part").unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&rules.texts()[id]).unwrap(), @r#"
    {
      "set": "consent-led",
      "file": "consent-led/2-consent.cedar",
      "effect": "forbid",
      "words": "The family said that this part is not to be shared.",
      "paragraphs": "MG 4.16, 4.20; LG 3.7.4",
      "outcome": "do-not-share",
      "code": "consent-excludes-part",
      "policy": "@id(\"D-C5-excluded-part\")\n@cites(\"MG 4.16, 4.20; LG 3.7.4\")\n@says(\"The family said that this part is not to be shared.\")\n@outcome(\"do-not-share\")\n@code(\"consent-excludes-part\")\nforbid (principal, action, resource)\nwhen { context.consent == Consent::\"excluded-part\" && context.basis == Basis::\"consent\" };"
    }
    "#);
}

#[test]
fn the_hash_follows_the_policies_and_the_switches_and_not_the_examples() {
    let delivered = Rules::load(&delivered()).unwrap().hash().to_owned();
    assert_eq!(delivered.len(), 64);
    let hash = |folder: &Folder| folder.load().unwrap().hash().to_owned();
    assert_eq!(hash(&Folder::copy()), delivered);
    let comment = |text| text + "\n// more\n";
    assert_ne!(hash(&Folder::copy().with("consent-led/2-consent.cedar", comment)), delivered);
    assert_ne!(hash(&Folder::copy().with("purposes.toml", |text| text + "\n# more\n")), delivered);
    assert_ne!(hash(&Folder::copy().with("schema.cedarschema", comment)), delivered);
    assert_ne!(hash(&Folder::all_on()), delivered);
    assert_eq!(hash(&Folder::copy().with("local/example.cedar", comment)), delivered, "the set is off");
    let spaced = |text: String| text.replace("\"cases\": [", "\"cases\":  [");
    assert_eq!(hash(&Folder::copy().with("cases/consent.json", spaced)), delivered);
    let no_local =
        Folder::copy().with("rules.toml", |text| text.replace("local = \"off\"", "local = \"on\""));
    assert_ne!(hash(&no_local), delivered);
}

#[test]
fn protection_is_worked_out_and_not_taken_from_the_one_who_asks() {
    let claimed = serde_json::json!({ "protection": "yes" });
    let mut facts = serde_json::to_value(agreed()).unwrap();
    facts.as_object_mut().unwrap().extend(claimed.as_object().unwrap().clone());
    assert!(serde_json::from_value::<deciding::Facts>(facts).is_err());
    assert_eq!(agreed().protection(), YesNo::No);
}

/// The words of one list of `schema.cedarschema`.
fn words(schema: &str, list: &str) -> Vec<String> {
    let begin = schema.split_once(&format!("entity {list} enum [")).unwrap().1;
    let list = begin.split_once(']').unwrap().0;
    list.split(',').map(|word| word.trim().trim_matches('"').to_owned()).collect()
}

#[test]
fn the_schema_has_the_words_of_the_exchange_no_more_and_no_fewer() {
    macro_rules! same {
        ($($schema:ident, $($list:ident)::+ $(, $more:literal)?;)+) => {
            let schema = fs::read_to_string(delivered().join("schema.cedarschema")).unwrap();
            $(
                let mut ours: Vec<&str> = vec![$($more)?];
                ours.extend($($list)::+::ALL.iter().map($($list)::+::as_str));
                assert_eq!(words(&schema, stringify!($schema)), ours);
            )+
        };
    }
    same! {
        Part, FormPart;
        AgencyKind, schemas::AgencyKind;
        Stage, deciding::Stage;
        Standing, deciding::Standing;
        Purpose, schemas::Purpose;
        Basis, schemas::PracticeBasis;
        Ground, schemas::PublicInterestGround, "none";
        Judged, deciding::Judged;
        ConsentPosition, schemas::ConsentPosition, "not-said";
        Consent, deciding::ConsentFact;
        Recording, schemas::ElectronicRecording, "not-said";
        About, deciding::AboutWhom;
        AboutConsent, deciding::AboutConsent;
        SensitiveService, deciding::SensitiveService;
        Restriction, schemas::Restriction;
        Advice, deciding::Advice;
    }
}
