//! The main job: one agency's notice is another agency's answer.

use serde_json::json;
use stories::facts::{caf, child, involvement, practitioner, under};
use stories::{Kind, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_from_a_school_is_seen_by_a_health_visitors_lookup() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let health = world.agency("castle-health-visiting", Kind::HealthVisiting).await;

    for (agency, staff) in [
        (&school, practitioner("t1", "Tess Archer", "teacher")),
        (&health, practitioner("hv1", "Hana Visram", "health-visitor")),
    ] {
        let receipt = agency.says("practitioner.recorded", None, under("p-1", staff)).await;
        assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");
    }
    let ada = child("Ada", "Example", "2017-03-04", Some("9990000018"), "ZZ1 1AA");
    let receipt = school.says("child.recorded", Some("local:c1"), under("c-1", ada)).await;
    assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");
    let lead = involvement("t1", "lead-professional", "Year 5");
    let receipt = school.says("involvement.recorded", Some("local:c1"), under("i-1", lead)).await;
    assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");
    let started = caf(&format!("{}/caf-1", school.id), "t1");
    let receipt = school.says("caf.started", Some("local:c1"), under("f-1", started)).await;
    assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");

    let answer =
        health.looks_up("hv1", json!({"identifiers": [{"kind": "nhs-number", "value": "9990000018"}]})).await;
    let data = &answer["data"];
    assert_eq!(data["outcome"], "match", "{answer}");
    assert_eq!(data["cafMark"], "open");
    assert_eq!(data["contacts"][0]["name"], "Tess Archer");
    assert_eq!(data["contacts"][0]["lead"], true);
    let numbers = data["safetyNote"].to_string();
    assert!(numbers.contains("01632 960100"), "the safeguarding number of its own authority: {answer}");
    assert_ne!(data["childRef"], receipt["data"]["childRef"], "a reference is one agency's own");
}
