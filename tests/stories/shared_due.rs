//! What becomes due: a request that nobody answers, and what nobody acknowledges.

use serde_json::json;
use stories::facts::{child, nhs_number};
use stories::shared::{consent, request};
use stories::{Kind, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_nobody_answers_is_brought_to_mind_half_way_and_its_end_is_told_to_who_asked() {
    let mut world = World::start().await;
    world.start_sharing().await;
    let school = world.agency("school", Kind::School).await;
    let visitors = world.agency("visitors", Kind::HealthVisiting).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    visitors.vouches_for("v1", "Vera Noble", "health-visitor").await;
    let ada = child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA");
    school.knows("c1", ada.clone()).await;
    school.works_with("c1", "t1", "team-member").await;
    visitors.knows("p1", ada).await;
    visitors.works_with("p1", "v1", "team-member").await;
    world.sharing_knows().await;
    school.records_consent("c1", "t1", consent(&[&visitors.id], &json!({}))).await;
    let more = json!({"purpose": "assess-need", "urgency": "today"});
    let asked = visitors.requests("p1", "v1", request(&school.id, &["dev-learning"], "v1", &more)).await;
    school.is_told("share.wanted").await;

    // Asked for at ten: due at two, so half way is noon.
    world.restart_at("2026-11-21T12:30:00Z").await;
    let half_way = school.is_told("reminder.issued").await;
    assert_eq!(half_way["data"]["kind"], "share-answer-due");
    assert_eq!(half_way["data"]["role"], "owner");

    world.restart_at("2026-11-21T14:30:00Z").await;
    let expired = visitors.is_told("share.expired").await;
    assert_eq!(expired["data"]["request"], json!(asked));
    assert_eq!(expired["data"]["telephone"], json!(true), "{expired:#}");
}
