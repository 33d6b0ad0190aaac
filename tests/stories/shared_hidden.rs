//! Nothing separates "you may not know" from "there is no such thing" (D-I6, G5).

use serde_json::{Value, json};
use stories::facts::{child, involvement, nhs_number, restriction, under, with};
use stories::shared::{consent, offered, recipient, request, supplied};
use stories::shared_scene::{ada, heard_of, says};
use stories::{Actor, Backup, Kind, World, until};

/// The message without what differs between any two: ids and times.
fn bare(message: &str) -> String {
    let is_id = |text: &str| text.len() == 36 && text.matches('-').count() == 4;
    let words = message.split('"').map(|word| match word.strip_prefix("child:") {
        Some(of) if is_id(of) => "child:ID",
        _ if is_id(word) => "ID",
        _ if word.starts_with("2026-") => "TIME",
        _ => word,
    });
    words.collect::<Vec<_>>().join("\"")
}

/// All that comes of a request, in its order; the first also as it stood on the wire.
async fn answers(asker: &Actor, child: &str, request: Value) -> Vec<String> {
    let id = asker.requests(child, "p1", request).await;
    asker.hears_again(&id, 1).await;
    let mut all = vec![bare(&asker.heard.wire_answer_to(&id))];
    all.extend(asker.heard.answers_to(&id).iter().map(|answer| bare(&answer.to_string())));
    all
}

// D-I6
#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_may_not_be_is_answered_as_one_about_nobody() {
    let world = World::with_sharing().await;
    let school = world.agency("school", Kind::School).await;
    let surgery = world.agency("surgery", Kind::Gp).await;
    let social = world.agency("social", Kind::SocialCare).await;
    let clinic = world.sensitive_agency("oakfield", Kind::SexualHealth).await;
    for (agency, job) in [
        (&school, "teacher"),
        (&surgery, "gp"),
        (&social, "social-worker"),
        (&clinic, "sexual-health-worker"),
    ] {
        agency.vouches_for("p1", "Pat Worker", job).await;
    }
    let someone = |n: u32| {
        child(
            ["Ada", "Ben", "Cleo", "Dan"][n as usize],
            "Example",
            "2017-03-04",
            Some(&nhs_number(n)),
            "ZZ1 1AA",
        )
    };
    for n in 0..4 {
        let local = format!("c{n}");
        school.knows(&local, someone(n)).await;
        school.works_with(&local, "p1", "team-member").await;
        let named = [&surgery.id, &social.id, &clinic.id, &school.id];
        school.records_consent(&local, "p1", consent(&named, &json!({}))).await;
    }
    // The child 0 nobody else knows; 1 the clinic alone; 2 is restricted; with 3 the surgery has ceased to work.
    for (agency, local, n) in [(&clinic, "c1", 1), (&social, "c2", 2)] {
        agency.knows(local, someone(n)).await;
        agency.works_with(local, "p1", "team-member").await;
    }
    social.records("restriction.set", Some("local:c2"), under("r-1", restriction("whole-record"))).await;
    surgery.knows("c3", someone(3)).await;
    world.sharing_knows().await;

    let ask = |holder| request(holder, &["action-plan"], "p1", &json!({}));
    let whoever = json!({"holder": {"whoeverTheIndexShows": true}});
    let nobody = answers(&school, "c0", ask(&surgery.id)).await;
    assert_eq!(nobody.len(), 3, "a receipt and a refusal: {nobody:#?}");
    assert!(nobody.iter().any(|answer| answer.contains("not-shared")));
    for (what, local, asked) in [
        ("a service that keeps itself hidden", "c1", ask(&clinic.id)),
        (
            "whoever works with a child of such a service",
            "c1",
            request(&clinic.id, &["action-plan"], "p1", &whoever),
        ),
        ("a restricted child", "c2", ask(&social.id)),
        (
            "whoever works with a restricted child",
            "c2",
            request(&social.id, &["action-plan"], "p1", &whoever),
        ),
        ("an agency that does not work with the child", "c3", ask(&surgery.id)),
        ("an agency that never was", "c3", ask(&world.id("nowhere"))),
        ("itself", "c3", ask(&school.id)),
    ] {
        assert_eq!(answers(&school, local, asked).await, nobody, "{what}");
    }
}

/// A clinic works with Ada, and a school and the police know her.
struct Scene {
    clinic: Actor,
    school: Actor,
    police: Actor,
    world: World,
}

async fn clinic() -> Scene {
    let world = World::with_sharing().await;
    let clinic = world.sensitive_agency("oakfield", Kind::SexualHealth).await;
    clinic.takes_on("sexual-health-worker", ada()).await;
    let school = world.member("school", Kind::School, "teacher", ada()).await;
    let police = world.member("police", Kind::Police, "police-officer", ada()).await;
    world.sharing_knows().await;
    Scene { clinic, school, police, world }
}

impl Scene {
    /// What the clinic writes down of the mother's word about showing it; the index takes it up.
    async fn writes_down(&self, said: &Value) {
        let before = self.version().await;
        let acts = json!({"acts": ["show-sensitive-service"],
                          "evidence": {"formRef": "f-1", "heldBy": self.clinic.id, "signature": "written"}});
        self.clinic.records_consent("c1", "p1", with(consent(&[], &acts), said)).await;
        self.index_hears_since(before).await;
    }

    async fn index_hears_since(&self, before: Option<i64>) {
        until("the index hears of it", async || (self.version().await > before).then_some(())).await;
    }

    /// Of the last that the index heard.
    async fn version(&self) -> Option<i64> {
        let mut database = self.world.database().await;
        sqlx::query_scalar("SELECT max(version) FROM sensitive_shown")
            .fetch_one(&mut database)
            .await
            .expect("a version")
    }

    /// Whether the school and the police are shown by the index that somebody else works with her.
    async fn shown(&self) -> [bool; 2] {
        let mut shown = [false; 2];
        for (shown, asker) in shown.iter_mut().zip([&self.school, &self.police]) {
            let answer = asker.asks_for("p1", &nhs_number(1)).await;
            *shown = answer.to_string().contains("\"oakfield\"");
        }
        shown
    }
}

/// The word that these agencies may know of the clinic.
fn to(agencies: &Value) -> Value {
    json!({"scope": {"agencies": agencies, "parts": {"included": "all"}, "aboutPersons": [{"is": "child"}]}})
}

// D-I6, D-C5
#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_shown_by_the_index_to_those_whom_its_own_record_of_a_consent_covers() {
    let it = clinic().await;
    let school = json!([it.school.id]);
    let elsewhere = json!({"acts": ["store-and-share", "show-sensitive-service"], "saidOn": "2026-11-18"});
    let elsewhere = with(to(&json!({"named": school})), &elsewhere);
    it.police.records_consent("c1", "p1", consent(&[], &elsewhere)).await;
    assert_eq!(it.shown().await, [false, false], "what the police wrote down shows no clinic");
    it.writes_down(&to(&json!({"named": school}))).await;
    assert_eq!(it.shown().await, [true, false]);
    it.writes_down(&to(&json!({"kinds": ["school", "police"], "excluded": {"agencies": school}}))).await;
    assert_eq!(it.shown().await, [false, true], "exclusion beats inclusion");

    // An index that lost it hears it again.
    let mut database = it.world.database().await;
    sqlx::query("DELETE FROM sensitive_shown").execute(&mut database).await.expect("all is lost");
    assert_eq!(it.shown().await, [false, false]);
    let told = it.world.runs(&["republish", "sharing", "--json"]);
    assert_eq!(told.json(), json!([{"type": "consent.changed", "states": 1}]));
    it.index_hears_since(None).await;
    assert_eq!(it.shown().await, [false, true]);
    assert_ne!(it.world.runs(&["republish", "sharing", "--type", "caf.changed"]).code, 0);

    let withdrawn = json!({"decision": "withdrawn", "explained": null, "scope": null, "from": null, "reviewBy": null,
                           "withdrawal": {"effect": "stop-new-use", "riskConsidered": "yes", "wholeCaf": true}});
    it.writes_down(&withdrawn).await;
    assert_eq!(it.shown().await, [false, false]);
}

// D-I6: what was written down since is gone, and what sharing says now holds.
#[tokio::test(flavor = "multi_thread")]
async fn a_sharing_service_that_was_restored_from_a_backup_is_followed_by_the_index() {
    let mut it = clinic().await;
    it.writes_down(&to(&json!({"named": [it.school.id]}))).await;
    let backup = Backup::take(&it.world, "sharing");
    it.writes_down(&to(&json!({"named": [it.police.id]}))).await;
    assert_eq!(it.shown().await, [false, true]);

    assert!(it.world.sharing_mut().stop().await.success());
    backup.restore(&it.world).await;
    it.world.sharing_mut().start_again();
    it.world.sharing_mut().ready().await;
    it.world.restart_at("2026-11-21T12:00:00Z").await;
    let before = it.version().await;
    assert_eq!(it.world.runs(&["republish", "sharing"]).code, 0);
    it.index_hears_since(before).await;
    assert_eq!(it.shown().await, [true, false]);
}

// D-C6: nobody says anything, and its time is over.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_shown_no_longer_than_the_consent_lasts() {
    let mut it = clinic().await;
    let soon = json!({"reviewBy": "2026-12-01"});
    it.writes_down(&with(to(&json!({"kinds": ["school"]})), &soon)).await;
    assert_eq!(it.shown().await, [true, false]);
    let before = it.version().await;
    it.world.restart_at("2026-12-02T10:00:00Z").await;
    assert_eq!(it.shown().await, [false, false]);
    it.index_hears_since(before).await;
}

// G5
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_shown_is_asked_and_whoever_it_is_hidden_from_is_answered_as_about_nobody() {
    let it = clinic().await;
    it.writes_down(&to(&json!({"named": [it.school.id]}))).await;
    let shares = to(&json!({"named": [it.school.id, it.police.id]}));
    it.school.records_consent("c1", "p1", consent(&[], &shares)).await;
    let ask = |holder| request(holder, &["action-plan"], "p1", &json!({}));

    let nowhere = it.world.id("nowhere");
    let nobody = answers(&it.police, "c1", ask(&nowhere)).await;
    assert_eq!(answers(&it.police, "c1", ask(&it.clinic.id)).await, nobody, "the police is not covered");
    assert!(heard_of(&it.clinic, "share.wanted").is_empty());

    let id = it.school.requests("c1", "p1", ask(&it.clinic.id)).await;
    let wanted = it.clinic.is_told("share.wanted").await;
    assert_eq!(wanted["data"]["parts"], json!(["action-plan"]));
    let parts = [says("action-plan", "Sees the nurse on Mondays.")];
    it.clinic.supplies(&wanted, "p1", supplied(&parts, "p1", "consent", &json!({}))).await;
    let delivered = it.school.is_told("share.delivered").await;
    assert_eq!(delivered["data"]["request"], json!(id));
    assert_eq!(delivered["data"]["from"], "oakfield", "by its neutral name");
    assert!(delivered["subject"].is_string(), "the school's own reference: {delivered:#}");
}

// D-I6: who asks is told to whom is asked.
#[tokio::test(flavor = "multi_thread")]
async fn a_sensitive_service_asks_whom_its_own_record_of_a_consent_shows_it_to() {
    let it = clinic().await;
    let both = to(&json!({"named": [it.school.id, it.clinic.id]}));
    let both = with(both, &json!({"acts": ["store-and-share", "show-sensitive-service"]}));
    it.school.records_consent("c1", "p1", consent(&[], &both)).await;
    let ask = || request(&it.school.id, &["action-plan"], "p1", &json!({}));
    it.clinic.requests("c1", "p1", ask()).await;
    let refused = it.clinic.is_told("share.refused").await;
    assert_eq!(
        refused["data"]["toldCode"], "not-shared",
        "what the school wrote down shows no clinic: {refused:#}"
    );
    assert!(heard_of(&it.school, "share.wanted").is_empty());

    it.writes_down(&to(&json!({"named": [it.school.id]}))).await;
    it.clinic.requests("c1", "p1", ask()).await;
    let wanted = it.school.is_told("share.wanted").await;
    assert_eq!(wanted["data"]["requester"]["agencyId"], json!(it.clinic.id), "{wanted:#}");

    let understood = json!({"judgement": "understands", "aboutWhatText": "Whether others may know of her visits.",
                            "by": "p1", "on": "2026-11-20"});
    let girl = json!({"person": {"is": "child"}, "capacity": "child-under-12-understands", "understanding": understood,
                      "decision": "refused", "scope": null, "explained": null, "from": null, "reviewBy": null,
                      "saidOn": "2026-11-20"});
    it.writes_down(&girl).await;
    it.clinic.requests("c1", "p1", ask()).await;
    let refused = it.clinic.is_told_again("share.refused", 1).await;
    assert_eq!(refused["data"]["toldCode"], "not-shared", "her word stands against her mother's (D-C4)");
    assert_eq!(heard_of(&it.school, "share.wanted").len(), 1);
}

// D-I6: also a team of an agency that everybody may know of.
#[tokio::test(flavor = "multi_thread")]
async fn a_sensitive_team_neither_asks_nor_offers_unless_a_consent_shows_it() {
    let world = World::with_sharing().await;
    let [school, visitors] = world.school_and_visitors().await;
    let surgery = world.agency("surgery", Kind::Gp).await;
    surgery.vouches_for("p1", "Pat Worker", "other").await;
    surgery.vouches_for("p2", "Sam Worker", "gp").await;
    surgery.knows("c1", ada()).await;
    let hidden = with(involvement("p1", "team-member", "Support"), &json!({"sensitive": true}));
    surgery.records("involvement.recorded", Some("local:c1"), under("i-hidden", hidden)).await;
    world.sharing_knows().await;
    for agency in [&school, &surgery] {
        agency
            .records_consent("c1", "p1", consent(&[&school.id, &surgery.id, &visitors.id], &json!({})))
            .await;
    }
    let ask = |by: &str| request(&school.id, &["action-plan"], by, &json!({}));
    let offer = |by: &str| {
        let to = [recipient(&school.id, "p1", "consent")];
        offered(&to, &[says("action-plan", "Comes on Mondays.")], by, &json!({}))
    };
    surgery.requests("c1", "p1", ask("p1")).await;
    surgery.is_told("share.refused").await;
    let receipt = surgery.offers("c1", "p1", offer("p1")).await;
    assert_eq!(receipt["data"].get("released"), None, "{receipt:#}");

    // Its doctor works with her, too: what the doctor asks and offers tells of no team.
    surgery.works_with("c1", "p2", "team-member").await;
    world.sharing_knows().await;
    surgery.requests("c1", "p1", ask("p1")).await;
    surgery.is_told_again("share.refused", 1).await;
    surgery.requests("c1", "p2", ask("p2")).await;
    let wanted = school.is_told("share.wanted").await;
    assert_eq!(wanted["data"]["requester"]["name"], "Sam Worker", "{wanted:#}");
    let receipt = surgery.offers("c1", "p2", offer("p2")).await;
    assert_eq!(receipt["data"]["released"], json!([{"agencyId": school.id, "parts": ["action-plan"]}]));
}
