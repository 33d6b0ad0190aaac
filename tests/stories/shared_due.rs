//! What becomes due: a request that nobody answers, and what nobody acknowledges.

use serde_json::{Value, json};
use stories::shared::{consent, request};
use stories::shared_scene::heard_of;
use stories::{Actor, World};

/// The school holds what is asked for with this urgency, and does not answer; the request's id.
async fn is_asked(school: &Actor, visitors: &Actor, urgency: &str) -> String {
    school.records_consent("c1", "p1", consent(&[&visitors.id], &json!({}))).await;
    let more = json!({"purpose": "assess-need", "urgency": urgency});
    let asked = visitors.requests("c1", "p1", request(&school.id, &["dev-learning"], "p1", &more)).await;
    school.is_told("share.wanted").await;
    asked
}

/// What an agency was reminded of, and as whom, by the clock.
fn reminded(agency: &Actor) -> Vec<[Value; 3]> {
    let told = heard_of(agency, "reminder.issued").into_iter();
    told.map(|told| ["kind", "role", "due"].map(|field| told["data"][field].clone())).collect()
}

// D-S1
#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_nobody_answers_is_brought_to_mind_half_way_and_its_end_is_no_silence() {
    let mut world = World::with_sharing().await;
    let [school, visitors] = world.school_and_visitors().await;
    let asked = is_asked(&school, &visitors, "today").await;

    // Asked for at ten: due at two, so half way is noon.
    world.restart_at("2026-11-21T12:30:00Z").await;
    school.is_told("reminder.issued").await;
    let half_way = ["share-answer-due", "owner", "2026-11-21"].map(Value::from);
    assert_eq!(reminded(&school), std::slice::from_ref(&half_way));

    world.restart_at("2026-11-21T14:30:00Z").await;
    let expired = visitors.is_told("share.expired").await;
    assert_eq!(expired["data"]["request"], json!(asked));
    assert_eq!(expired["data"]["telephone"], json!(true), "{expired:#}");
    let note = expired["data"]["safetyNote"].as_str().expect("a safety note");
    assert!(note.contains("01632 960100"), "{note}");
    // Whoever holds it hears where somebody always answers.
    school.is_told_again("reminder.issued", 2).await;
    let [lead, desk] =
        ["safeguarding-lead", "duty-desk"].map(|role| ["share-expired", role, "2026-11-21"].map(Value::from));
    assert_eq!(reminded(&school), [half_way, lead, desk]);
    for told in heard_of(&school, "reminder.issued") {
        assert!(!told.to_string().contains(visitors.id.as_str()), "it names no other agency: {told:#}");
    }
    assert_eq!(reminded(&visitors), Vec::<[Value; 3]>::new(), "the asker is told by its expiry");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_request_that_was_not_urgent_is_told_to_who_asked_and_alarms_nobody() {
    let mut world = World::with_sharing().await;
    let [school, visitors] = world.school_and_visitors().await;
    is_asked(&school, &visitors, "soon").await;
    // Asked for on a Saturday: due on the Tuesday.
    world.restart_at("2026-11-24T10:00:00Z").await;
    school.is_told("reminder.issued").await;
    world.restart_at("2026-11-24T17:30:00Z").await;
    let expired = visitors.is_told("share.expired").await;
    assert_eq!(expired["data"]["telephone"], json!(false), "{expired:#}");
    world.outbox_is_empty("sharing").await;
    let half_way = ["share-answer-due", "owner", "2026-11-24"].map(Value::from);
    assert_eq!(reminded(&school), [half_way]);
}
