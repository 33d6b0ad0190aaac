//! The way of a request: asked for with consent, decided part by part, supplied, decided again, delivered, acknowledged.

use serde_json::{Value, json};
use stories::facts::with;
use stories::shared::{consent, item, offered, part, recipient, request, supplied};
use stories::shared_scene::ada;
use stories::{Kind, World};

// D-S2, D-S7
#[tokio::test(flavor = "multi_thread")]
async fn what_the_family_agreed_to_is_asked_for_supplied_and_delivered_and_the_rest_is_not() {
    let world = World::with_sharing().await;
    let [school, visitors] = world.school_and_visitors().await;
    let limits = json!({"scope": {"agencies": {"named": [visitors.id]},
                                  "parts": {"included": ["identity", "dev-learning"]}}});
    school.records_consent("c1", "p1", consent(&[&visitors.id], &limits)).await;

    let asked = visitors
        .requests(
            "c1",
            "p1",
            request(&school.id, &["dev-learning", "par-warmth"], "p1", &json!({"purpose": "assess-need"})),
        )
        .await;
    let wanted = school.is_told("share.wanted").await;
    assert_eq!(wanted["data"]["parts"], json!(["dev-learning"]), "{wanted:#}");
    let given = [part("dev-learning", &[item("Reads well.", &json!({}))])];
    let receipt = school.supplies(&wanted, "p1", supplied(&given, "p1", "consent", &json!({}))).await;
    assert_eq!(receipt["data"]["released"], json!([{"agencyId": visitors.id, "parts": ["dev-learning"]}]));

    let delivered = visitors.is_told("share.delivered").await;
    assert_eq!(delivered["data"]["request"], json!(asked));
    assert_eq!(delivered["data"]["toldCode"], "shared-as-far-as-the-decision-allows");
    assert_eq!(delivered["data"]["parts"][0]["items"][0]["itemText"], "Reads well.");
    let mut database = world.database_of("sharing").await;
    let kept = "SELECT count(*) FROM delivery WHERE content IS NOT NULL";
    let count: i64 = sqlx::query_scalar(kept).fetch_one(&mut database).await.expect("a count");
    assert_eq!(count, 1, "its content rests here until it is acknowledged");
    visitors.acknowledges(&delivered, "received-by-system", &json!({})).await;
    let count: i64 = sqlx::query_scalar(kept).fetch_one(&mut database).await.expect("a count");
    assert_eq!(count, 0, "and no longer (G6)");
}

// D-S3, D-S5, D-S7
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_confidential_passes_without_consent_where_the_family_was_asked_and_nothing_else_does() {
    let world = World::with_sharing().await;
    let school = world.member("school", Kind::School, "teacher", ada()).await;
    let visitors = world.member("visitors", Kind::HealthVisiting, "health-visitor", ada()).await;
    world.sharing_knows().await;
    let no = json!({"decision": "refused", "explained": null, "scope": null, "from": null, "reviewBy": null});
    school.records_consent("c1", "p1", consent(&[], &no)).await;
    let without = json!({
        "consentPosition": "refused",
        "reasonsText": "It stands on the notice board, and the clinic has to know when not to call.",
        "familyTold": {"when": "before"},
    });

    // D-S5: whoever asks does not judge it.
    let basis = "not-confidential-and-necessary";
    let more = with(json!({"practiceBasis": basis}), &without);
    visitors.requests("c1", "p1", request(&school.id, &["action-plan"], "p1", &more)).await;
    let wanted = school.is_told("share.wanted").await;
    assert_eq!(wanted["data"]["judgementNeeded"], json!(true), "{wanted:#}");

    let open = || item("The club is on Fridays.", &json!({"confidential": "no"}));
    let parts = [part("action-plan", &[open(), item("She is afraid of the club.", &json!({}))])];
    let receipt = school.supplies(&wanted, "p1", supplied(&parts, "p1", basis, &without)).await;
    assert_eq!(receipt["data"]["released"], json!([{"agencyId": visitors.id, "parts": ["action-plan"]}]));
    let delivered = visitors.is_told("share.delivered").await;
    let items = delivered["data"]["parts"][0]["items"].as_array().expect("items");
    let texts: Vec<&Value> = items.iter().map(|item| &item["itemText"]).collect();
    assert_eq!(texts, ["The club is on Fridays."], "what is not marked is confidential");

    // Never instead of asking: whether the family was asked is said, or nothing passes.
    let never_asked = with(without, &json!({"consentPosition": null}));
    let to = recipient(&visitors.id, "p1", basis);
    let offer = offered(&[to], &[part("action-plan", &[open()])], "p1", &never_asked);
    let receipt = school.offers("c1", "p1", offer).await;
    assert_eq!(
        (&receipt["data"]["state"], &receipt["data"]["code"]),
        (&json!("rejected"), &json!("bad-form"))
    );
}
