//! What is said twice has one effect, and nothing is released to whom, by whom or on what it may not be (G2, D-A2,
//! D-C6, D-S5).

use caf::client::Outgoing;
use serde_json::{Value, json};
use stories::facts::{practitioner, under, with};
use stories::shared::{
    consent, in_the_public_interest, item, mother, offered, part, recipient, request, supplied,
};
use stories::shared_scene::{ada, heard_of, says};
use stories::{Actor, Kind, World};

/// A school whose family agreed that the health visitors see all, and both work with the child.
struct Scene {
    world: World,
    school: Actor,
    visitors: Actor,
}

async fn scene() -> Scene {
    let world = World::with_sharing().await;
    let [school, visitors] = world.school_and_visitors().await;
    school.records_consent("c1", "p1", consent(&[&visitors.id], &json!({}))).await;
    Scene { world, school, visitors }
}

impl Scene {
    async fn count(&self, of: &'static str) -> i64 {
        let mut database = self.world.database_of("sharing").await;
        sqlx::query_scalar(of).fetch_one(&mut database).await.expect("a count")
    }

    async fn releases(&self) -> i64 {
        self.count("SELECT count(*) FROM delivery WHERE kind = 'uk.caf.share.delivered.v1'").await
    }

    /// The code of the last decision's first case.
    async fn last_code(&self) -> String {
        let mut database = self.world.database_of("sharing").await;
        let cases: Value = sqlx::query_scalar(
            "SELECT cases FROM decision ORDER BY decided_at DESC, decision_id DESC LIMIT 1",
        )
        .fetch_one(&mut database)
        .await
        .expect("a decision");
        let code = cases["cases"][0]["code"].as_str().or_else(|| cases["code"].as_str());
        code.unwrap_or("none").to_owned()
    }

    async fn wanted(&self) -> Value {
        let asked = request(&self.school.id, &["action-plan"], "p1", &json!({}));
        self.visitors.requests("c1", "p1", asked).await;
        self.school.is_told("share.wanted").await
    }
}

fn by(role: &str, local_ref: &str, data: Value) -> Value {
    with(under(local_ref, data), &json!({"practitioner": {"id": "p1", "roleInCase": role}}))
}

/// The same fact under another message's id.
fn again(agency: &Actor, message: &Outgoing, change: &Value) -> Outgoing {
    let envelope = message.envelope();
    let kind = message.message_type().name().trim_start_matches("uk.caf.").trim_end_matches(".v1").to_owned();
    agency.message(
        &kind,
        envelope.get("subject").and_then(Value::as_str),
        with(envelope["data"].clone(), change),
    )
}

fn is_recorded(receipt: &Value) {
    assert_eq!(receipt["data"]["state"], "recorded", "{receipt:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_said_twice_is_put_to_its_holder_once_and_a_changed_one_is_another() {
    let scene = scene().await;
    let data = request(&scene.school.id, &["action-plan"], "p1", &json!({}));
    let asked = scene.visitors.message("share.requested", Some("local:c1"), by("team-member", "q-1", data));
    scene.visitors.send(&asked).await;
    scene.visitors.send(&asked).await;
    scene.visitors.send(&again(&scene.visitors, &asked, &json!({}))).await;
    assert_eq!(scene.count("SELECT count(*) FROM share").await, 1);
    assert_eq!(scene.count("SELECT count(*) FROM decision").await, 1);

    // G2: with other data it is a later version, decided anew.
    scene.visitors.send(&again(&scene.visitors, &asked, &json!({"parts": ["conclusions"]}))).await;
    assert_eq!(scene.count("SELECT count(*) FROM share").await, 2);
    assert_eq!(scene.releases().await, 0, "nobody supplied anything");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_supplied_twice_is_released_once() {
    let scene = scene().await;
    let wanted = scene.wanted().await;
    let given = supplied(&[says("action-plan", "Breakfast club.")], "p1", "consent", &json!({}));
    let given = with(given, &json!({"request": wanted["data"]["request"]}));
    let first = scene.school.message("share.supplied", None, by("contributor", "s-1", given));
    is_recorded(&scene.school.send(&first).await);
    let released = scene.releases().await;
    assert_eq!(released, 1);
    scene.school.send(&first).await;
    scene.school.send(&again(&scene.school, &first, &json!({}))).await;
    assert_eq!(scene.releases().await, released, "the same fact is released once");
    assert_eq!(scene.count("SELECT count(*) FROM decision WHERE stage = 'release'").await, 1);

    // A later version is decided by what the family says by then (D-C6).
    let no = json!({"decision": "refused", "scope": null, "explained": null, "from": null, "reviewBy": null});
    scene.school.records_consent("c1", "p1", consent(&[], &no)).await;
    let more = json!({"parts": [says("action-plan", "Breakfast club on Mondays.")]});
    is_recorded(&scene.school.send(&again(&scene.school, &first, &more)).await);
    assert_eq!(scene.releases().await, released, "the family said no in between");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_offered_twice_is_released_once() {
    let scene = scene().await;
    let to = recipient(&scene.visitors.id, "p1", "consent");
    let data = offered(&[to], &[says("action-plan", "Breakfast club.")], "p1", &json!({}));
    let first = scene.school.message("share.offered", Some("local:c1"), by("contributor", "o-1", data));
    is_recorded(&scene.school.send(&first).await);
    scene.school.send(&first).await;
    scene.school.send(&again(&scene.school, &first, &json!({}))).await;
    assert_eq!(scene.releases().await, 1);
    assert_eq!(scene.count("SELECT count(*) FROM share").await, 1);
    let delivered = scene.visitors.is_told("share.delivered").await;
    assert_eq!(delivered["data"]["parts"][0]["items"][0]["itemText"], "Breakfast club.");
    assert_eq!(heard_of(&scene.visitors, "share.delivered").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_not_asked_supplies_nothing_and_learns_nothing_of_the_request() {
    let scene = scene().await;
    let housing = scene.world.member("housing", Kind::Housing, "housing-officer", ada()).await;
    scene.world.sharing_knows().await;
    let wanted = scene.wanted().await;
    let given = supplied(&[says("action-plan", "Invented.")], "p1", "consent", &json!({}));
    let of_another = housing.supplies(&wanted, "p1", given.clone()).await;
    let of_nobody = json!({"data": {"request": "019ab5d0-1c00-7000-8000-000000000001"}});
    let of_nobody = housing.supplies(&of_nobody, "p1", given.clone()).await;
    // The asker itself cannot answer in the holder's place.
    let of_asker = scene.visitors.supplies(&wanted, "p1", given).await;
    for receipt in [&of_another, &of_nobody, &of_asker] {
        assert_eq!(receipt["data"]["state"], "rejected", "{receipt:#}");
        assert_eq!(receipt["data"]["code"], "unknown-reference");
        assert_eq!(receipt["data"]["pointers"], of_nobody["data"]["pointers"]);
    }
    assert_eq!(scene.releases().await, 0);
    assert_eq!(scene.count("SELECT count(*) FROM decision WHERE stage = 'release'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_supplied_after_a_withdrawal_stays_with_its_holder() {
    let scene = scene().await;
    let wanted = scene.wanted().await;
    let withdrawn = json!({
        "person": mother(), "capacity": "parent-with-pr", "acts": ["store-and-share"], "decision": "withdrawn",
        "withdrawal": {"effect": "stop-new-use", "riskConsidered": "no", "wholeCaf": true},
        "saidOn": "2026-11-20",
    });
    scene.school.records_consent("c1", "p1", withdrawn).await;
    let given = supplied(&[says("action-plan", "Breakfast club.")], "p1", "consent", &json!({}));
    let receipt = scene.school.supplies(&wanted, "p1", given).await;
    is_recorded(&receipt);
    assert_eq!(receipt["data"]["released"], Value::Null, "{receipt:#}");
    assert_eq!(scene.releases().await, 0);
    let told = scene.visitors.is_told("share.refused").await;
    assert_eq!(told["data"]["toldCode"], "not-shared");
    // D-S5: what the holder's own practitioner judges is not held up by that.
    let judged = in_the_public_interest("reasonable-cause-at-risk");
    let given = supplied(&[says("action-plan", "Breakfast club.")], "p1", "public-interest", &judged);
    let receipt = scene.school.supplies(&wanted, "p1", given).await;
    assert_eq!(receipt["data"]["released"][0]["parts"], json!(["action-plan"]), "{receipt:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_checked_practitioner_of_an_agency_that_takes_part_is_given_something() {
    let scene = scene().await;
    let unchecked = with(
        practitioner("p2", "Uma Reed", "health-visitor"),
        &json!({"check": {"kind": "enhanced-dbs", "checkedOn": "2025-09-01", "recheckPolicyMonths": 36,
                          "vouchedBy": "Head of service", "state": "not-held"}}),
    );
    scene.visitors.records("practitioner.recorded", None, under("u-1", unchecked)).await;
    scene.world.sharing_knows().await;
    let offer = async |to: Value| {
        let parts = [says("action-plan", "Breakfast club.")];
        let receipt = scene.school.offers("c1", "p1", offered(&[to], &parts, "p1", &json!({}))).await;
        is_recorded(&receipt);
        assert_eq!(receipt["data"]["released"], Value::Null, "{receipt:#}");
        assert_eq!(scene.releases().await, 0);
        scene.last_code().await
    };
    let to = |person: &str| recipient(&scene.visitors.id, person, "consent");
    assert_eq!(offer(to("p2")).await, "recipient-check-missing");
    assert_eq!(offer(to("nobody")).await, "practitioner-not-registered");
    let unknown = recipient(&scene.world.id("nowhere"), "p1", "consent");
    assert_eq!(offer(unknown).await, "practitioner-not-registered");
    let housing = scene.world.member("housing", Kind::Housing, "housing-officer", ada()).await;
    let revoked = scene.world.caf(&["agency", "revoke", housing.id.as_str()]);
    assert!(revoked.status.success(), "{}", String::from_utf8_lossy(&revoked.stderr));
    scene.world.sharing_knows().await;
    scene.school.records_consent("c1", "p1", consent(&[&housing.id], &json!({}))).await;
    assert_eq!(offer(recipient(&housing.id, "p1", "consent")).await, "practitioner-not-registered");

    let asked = request(&scene.school.id, &["action-plan"], "p2", &json!({}));
    scene.visitors.requests("c1", "p1", asked).await;
    assert_eq!(scene.visitors.is_told("share.refused").await["data"]["toldCode"], "not-shared");
    assert_eq!(scene.last_code().await, "recipient-check-missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn protection_goes_to_the_duty_desk_where_the_one_named_has_no_check() {
    let scene = scene().await;
    let front_door = scene.world.agency("front-door", Kind::Mash).await;
    scene.world.sharing_knows().await;
    let to = json!({"agencyId": front_door.id, "person": "nobody", "purpose": "safeguarding-enquiry",
                    "practiceBasis": "public-interest"});
    let parts = [says("reason", "Bruises on both arms.")];
    let more = with(in_the_public_interest("reasonable-cause-suffering"), &json!({"urgency": "now"}));
    let receipt = scene.school.offers("c1", "p1", offered(&[to], &parts, "p1", &more)).await;
    assert_eq!(receipt["data"]["released"][0]["agencyId"], json!(front_door.id), "{receipt:#}");
    let delivered = front_door.is_told("share.delivered").await;
    assert_eq!(delivered["data"]["to"], json!({"dutyDesk": true}));
    assert_eq!(scene.releases().await, 1, "once, and to the desk alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_protection_reaches_the_holder_though_the_one_named_has_no_check() {
    let scene = scene().await;
    let more = with(
        in_the_public_interest("reasonable-cause-suffering"),
        &json!({"purpose": "safeguarding-enquiry", "practiceBasis": "public-interest", "urgency": "now"}),
    );
    scene.visitors.requests("c1", "p1", request(&scene.school.id, &["reason"], "nobody", &more)).await;
    let wanted = scene.school.is_told("share.wanted").await;
    assert_eq!(wanted["data"]["judgementNeeded"], true, "{wanted:#}");
    let parts = [says("reason", "Bruises on both arms.")];
    let ground = in_the_public_interest("reasonable-cause-suffering");
    scene.school.supplies(&wanted, "p1", supplied(&parts, "p1", "public-interest", &ground)).await;
    let delivered = scene.visitors.is_told("share.delivered").await;
    assert_eq!(delivered["data"]["to"], json!({"dutyDesk": true}));
}

// LG 3.10
#[tokio::test(flavor = "multi_thread")]
async fn what_an_item_is_not_for_travels_with_it() {
    let scene = scene().await;
    let not_for = json!({"notFor": [{"is": "child"}]});
    let parts = [part("reason", &[item("Bruises on both arms.", &not_for)])];
    let to = json!({"agencyId": scene.visitors.id, "person": "p1", "purpose": "safeguarding-enquiry",
                    "practiceBasis": "public-interest"});
    let ground = in_the_public_interest("reasonable-cause-suffering");
    scene.school.offers("c1", "p1", offered(&[to], &parts, "p1", &ground)).await;
    let delivered = scene.visitors.is_told("share.delivered").await;
    assert_eq!(delivered["data"]["caveats"], json!([{"is": "not-to-child"}]), "{delivered:#}");
}

// D-S6: what stands twice would be weighed once.
#[tokio::test(flavor = "multi_thread")]
async fn what_names_a_part_or_a_recipient_twice_is_refused() {
    let scene = scene().await;
    let Scene { school, visitors, .. } = &scene;
    let to = || recipient(&visitors.id, "p1", "consent");
    let kept = json!({"notFor": [{"is": "agency", "agencyId": visitors.id}]});
    let parts =
        [says("action-plan", "Breakfast club."), part("action-plan", &[item("Not for them.", &kept)])];
    let named = request(&visitors.id, &["action-plan"], "p1", &json!({"namedRecipients": ["p1", "p1"]}));
    let twice = [
        ("share.offered", offered(&[to()], &parts, "p1", &json!({})), "/data/parts"),
        ("share.offered", offered(&[to(), to()], &parts[..1], "p1", &json!({})), "/data/recipients"),
        ("share.requested", named, "/data/namedRecipients"),
    ];
    for (kind, data, at) in twice {
        let receipt = school.says(kind, Some("local:c1"), by("contributor", "twice", data)).await;
        assert_eq!(receipt["data"]["state"], "rejected", "{receipt:#}");
        assert_eq!(receipt["data"]["pointers"][0]["at"], at, "{receipt:#}");
    }
    assert!(heard_of(visitors, "share.delivered").is_empty());
}
