//! Whoever can do something about it is asked: the lead when agreement ends, the family's people where a request waits,
//! the CAF team where a receiver cannot do what it was told.

use serde_json::{Value, json};
use stories::facts::{restriction, under, with};
use stories::shared::{acknowledged, consent, mother, offered, recipient, request};
use stories::shared_scene::{ada, heard_of, says};
use stories::{Actor, Kind, World};

struct Scene {
    world: World,
    team: Actor,
    school: Actor,
    visitors: Actor,
}

impl Scene {
    /// A school and health visitors who work with Ada; the visitors lead.
    async fn new() -> Self {
        let world = World::with_sharing().await;
        let team = world.caf_team("borough").await;
        let school = world.member("school", Kind::School, "teacher", ada()).await;
        let visitors = world.member("visitors", Kind::HealthVisiting, "health-visitor", ada()).await;
        visitors.works_with("c1", "p1", "lead-professional").await;
        world.sharing_knows().await;
        Self { world, team, school, visitors }
    }

    /// The school gives the visitors something under this reference; what they got.
    async fn gives(&self, reference: &str, more: &Value) -> Value {
        let to = [recipient(&self.visitors.id, "p1", "consent")];
        let given = offered(&to, &[says("action-plan", "Breakfast club.")], "p1", more);
        let given = with(
            under(reference, given),
            &json!({"practitioner": {"id": "p1", "roleInCase": "contributor"}}),
        );
        let before = heard_of(&self.visitors, "share.delivered").len();
        let receipt = self.school.says("share.offered", Some("local:c1"), given).await;
        assert!(receipt["data"]["released"].is_array(), "{receipt:#}");
        self.visitors.is_told_again("share.delivered", before).await
    }

    async fn agrees(&self, more: &Value) {
        self.school.records_consent("c1", "p1", consent(&[&self.visitors.id], more)).await;
    }

    async fn asks(&self) -> String {
        let asked = request(&self.school.id, &["action-plan"], "p1", &json!({}));
        self.visitors.requests("c1", "p1", asked).await
    }

    async fn count(&self, query: &'static str) -> i64 {
        let mut database = self.world.database_of("sharing").await;
        sqlx::query_scalar(query).fetch_one(&mut database).await.expect("a count")
    }
}

/// She agrees to nothing any more, and says so the day before.
fn withdrawn(considered: &str) -> Value {
    json!({
        "person": mother(), "capacity": "parent-with-pr", "acts": ["store-and-share"], "decision": "withdrawn",
        "withdrawal": {"effect": "return-or-destroy-if-no-duty-to-keep", "riskConsidered": considered, "wholeCaf": true},
        "saidOn": "2026-11-20",
    })
}

/// The kinds, roles and references of the reminders that an agency got, the kinds in their order.
fn reminders(agency: &Actor) -> Vec<(String, String, String)> {
    let mut found: Vec<_> = heard_of(agency, "reminder.issued")
        .iter()
        .map(|told| {
            let text = |field: &str| told["data"][field].as_str().unwrap_or_default().to_owned();
            (text("kind"), text("role"), text("ref"))
        })
        .collect();
    found.sort();
    found
}

fn kinds(agency: &Actor) -> Vec<String> {
    reminders(agency).into_iter().map(|(kind, ..)| kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_withdrawal_the_lead_is_asked_whether_the_child_is_at_risk_and_late_releases_are_listed() {
    let scene = Scene::new().await;
    let Scene { world, school, visitors, .. } = &scene;
    scene.agrees(&json!({})).await;
    let delivered = scene.gives("off-1", &json!({})).await;
    school.records_consent("c1", "p1", withdrawn("yes")).await;

    let asked = visitors.is_told("reminder.issued").await;
    assert_eq!(asked["data"]["kind"], "consider-protection", "{asked:#}");
    assert_eq!(asked["data"]["role"], "lead-professional");
    assert!(!asked.to_string().contains(school.id.as_str()), "it names no other agency: {asked:#}");
    school.is_told("reminder.issued").await;
    let late = "released-before-withdrawal-was-known".to_owned();
    assert_eq!(reminders(school), [(late, "owner".to_owned(), "off-1".to_owned())], "its own release");

    let shown = world.runs(&["consent", "show", "--agency", "school@", "--local", "c1", "--json"]);
    let shown: Value = shown.json();
    assert_eq!(shown["takenBack"][0]["releasedAfterItWasSaid"], true, "{shown:#}");
    assert_eq!(shown["takenBack"][0]["delivery"], delivered["id"]);
    let decision = delivered["data"]["decision"].as_str().expect("a decision");
    let shown: Value = world.runs(&["decisions", "show", decision, "--json"]).json();
    assert_eq!(shown["deliveries"][0]["releasedAfterItWasSaid"], true, "{shown:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_leads_whoever_took_the_withdrawal_down_is_asked_unless_it_considered_the_risk() {
    let world = World::with_sharing().await;
    let school = world.member("school", Kind::School, "teacher", ada()).await;
    world.sharing_knows().await;
    school.records_consent("c1", "p1", consent(&[], &json!({}))).await;
    school.records_consent("c1", "p1", withdrawn("yes")).await;
    assert_eq!(kinds(&school), Vec::<String>::new());
    school.records_consent("c1", "p1", withdrawn("no")).await;
    let asked = school.is_told("reminder.issued").await;
    assert_eq!(asked["data"]["kind"], "consider-protection", "{asked:#}");
    assert_eq!(asked["data"]["role"], "owner");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_that_nobody_acknowledges_is_chased_and_what_was_given_does_not_come_again() {
    let mut scene = Scene::new().await;
    scene.agrees(&json!({})).await;
    scene.gives("off-1", &json!({})).await;
    scene.school.records_consent("c1", "p1", withdrawn("no")).await;
    let told = scene.visitors.is_told("consent.withdrawn").await;
    assert_eq!(scene.count("SELECT count(*) FROM delivery WHERE content IS NOT NULL").await, 0);

    scene.visitors.is_told("reminder.issued").await;
    for now in ["2026-11-25T10:00:00Z", "2026-11-26T10:00:00Z"] {
        let before = heard_of(&scene.visitors, "reminder.issued").len();
        scene.world.restart_at(now).await;
        let chased = scene.visitors.is_told_again("reminder.issued", before).await;
        assert_eq!(chased["data"]["kind"], "withdrawal-unacknowledged", "{chased:#}");
        assert_eq!(chased["data"]["ref"], told["id"]);
    }
    let team = scene.team.is_told("reminder.issued").await;
    assert_eq!(team["data"]["kind"], "withdrawal-unacknowledged", "the second time: {team:#}");
    assert_eq!(heard_of(&scene.visitors, "share.delivered").len(), 1);
    assert!(!kinds(&scene.visitors).contains(&"share-unacknowledged".to_owned()));

    scene.visitors.acknowledges(&told, "cannot", &json!({"reasonCode": "duty-to-keep"})).await;
    let cannot = scene.team.is_told_again("reminder.issued", 1).await;
    assert_eq!(cannot["data"]["kind"], "receiver-cannot", "{cannot:#}");
    assert_eq!(cannot["data"]["ref"], told["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_acknowledged_is_sent_again_until_the_child_is_restricted_or_it_is_called_back() {
    let mut scene = Scene::new().await;
    scene.agrees(&json!({})).await;
    let first = scene.gives("off-1", &json!({})).await;
    scene.world.restart_at("2026-11-25T10:00:00Z").await;
    let again = scene.visitors.is_told_again("share.delivered", 1).await;
    assert_eq!(again["id"], first["id"], "no system has it");

    let set = under("r-1", restriction("address"));
    scene.visitors.records("restriction.set", Some("local:c1"), set).await;
    scene.world.sharing_knows().await;
    let reminded = heard_of(&scene.visitors, "reminder.issued").len();
    scene.world.restart_at("2026-11-26T10:00:00Z").await;
    scene.visitors.is_told_again("reminder.issued", reminded).await;
    assert_eq!(heard_of(&scene.visitors, "share.delivered").len(), 2, "asked for, and not sent");

    let recalled = json!({
        "share": "off-1", "reason": "wrong-recipient", "instruction": "destroy-and-confirm",
        "practitioner": {"id": "p1", "roleInCase": "contributor"}, "happenedOn": "2026-11-26",
    });
    scene.school.records("share.recalled", None, under("rec-1", recalled)).await;
    scene.visitors.is_told("share.recall-told").await;
    assert_eq!(scene.count("SELECT count(*) FROM delivery WHERE content IS NOT NULL").await, 0);
    let reminded = heard_of(&scene.visitors, "reminder.issued").len();
    scene.world.restart_at("2026-12-01T10:00:00Z").await;
    let chased = scene.visitors.is_told_again("reminder.issued", reminded).await;
    assert_eq!(chased["data"]["kind"], "withdrawal-unacknowledged", "the recall is chased: {chased:#}");
    assert_eq!(heard_of(&scene.visitors, "share.delivered").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_waits_for_the_family_is_seen_to_and_its_asker_told_when_it_may_pass() {
    let scene = Scene::new().await;
    let Scene { team, school, visitors, .. } = &scene;
    scene.agrees(&json!({"explained": ["voluntary"]})).await;
    scene.asks().await;
    let refused = visitors.is_told("share.refused").await;
    assert_eq!(refused["data"]["toldCode"], "ask-caf-team", "{refused:#}");
    let holder = school.is_told("reminder.issued").await;
    assert_eq!(
        (&holder["data"]["kind"], &holder["data"]["role"]),
        (&json!("pending-consent"), &json!("owner"))
    );
    let lead = visitors.is_told("reminder.issued").await;
    assert_eq!(lead["data"]["kind"], "pending-consent", "{lead:#}");
    assert_eq!(lead["data"]["role"], "lead-professional");
    let second = team.is_told("reminder.issued").await;
    assert_eq!(second["data"]["kind"], "pending-consent", "{second:#}");

    scene.agrees(&json!({"saidOn": "2026-11-20", "from": "2026-11-20"})).await;
    let told = visitors.is_told_again("reminder.issued", 1).await;
    assert_eq!(told["data"]["kind"], "ask-again", "{told:#}");
    let of_request = scene.count("SELECT count(*) FROM share WHERE state = 'refused'").await;
    assert_eq!(of_request, 1, "the same request is not decided anew");
    scene.asks().await;
    let wanted = school.is_told("share.wanted").await;
    assert_eq!(wanted["data"]["parts"], json!(["action-plan"]));
    scene.agrees(&json!({"saidOn": "2026-11-21", "from": "2026-11-21"})).await;
    assert_eq!(kinds(visitors), ["ask-again", "pending-consent"], "it is told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_two_parents_disagree_the_holder_is_sent_to_its_adviser() {
    let scene = Scene::new().await;
    scene.agrees(&json!({})).await;
    let no = json!({
        "person": {"is": "adult", "relationship": "father", "name": "Rob Example"}, "decision": "refused",
        "scope": null, "explained": null, "from": null, "reviewBy": null,
    });
    scene.agrees(&no).await;
    scene.asks().await;
    assert_eq!(scene.visitors.is_told("share.refused").await["data"]["toldCode"], "ask-caf-team");
    let asked = scene.school.is_told("reminder.issued").await;
    assert_eq!(asked["data"]["kind"], "pending-advice", "{asked:#}");
    assert_eq!(asked["data"]["role"], "ig-lead");
    assert_eq!(scene.team.is_told("reminder.issued").await["data"]["kind"], "pending-advice");
    assert_eq!(kinds(&scene.visitors), Vec::<String>::new(), "who leads is not told of advice");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_referral_the_caf_team_has_its_copy_and_hears_that_it_was_sent_and_taken_on() {
    let scene = Scene::new().await;
    scene.agrees(&json!({})).await;
    let referred = scene.gives("off-1", &json!({"referral": {"kind": "other-service"}})).await;
    let copy = scene.team.is_told("share.delivered").await;
    assert_eq!(copy["data"]["purpose"], "quality-check", "{copy:#}");
    let sent = scene.team.is_told("reminder.issued").await;
    assert_eq!(sent["data"]["kind"], "referral-sent", "{sent:#}");

    scene.visitors.acknowledges(&referred, "received-by-person", &json!({"person": "p1"})).await;
    assert_eq!(kinds(&scene.school), Vec::<String>::new(), "received is not taken on");
    scene.visitors.acknowledges(&referred, "acted", &json!({})).await;
    scene.school.is_told("reminder.issued").await;
    let taken_on = ("referral-taken-on".to_owned(), "owner".to_owned(), "off-1".to_owned());
    assert_eq!(reminders(&scene.school), [taken_on]);
    let also = scene.team.is_told_again("reminder.issued", 1).await;
    assert_eq!(also["data"]["kind"], "referral-taken-on", "{also:#}");
    assert_eq!(also["data"]["ref"], sent["data"]["ref"]);

    let plain = scene.gives("off-2", &json!({})).await;
    scene.visitors.acknowledges(&plain, "cannot", &json!({"reasonCode": "not-our-child"})).await;
    let cannot = scene.school.is_told_again("reminder.issued", 1).await;
    assert_eq!(
        (&cannot["data"]["kind"], &cannot["data"]["ref"]),
        (&json!("receiver-cannot"), &json!("off-2"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_receiver_says_again_or_at_the_same_moment_is_told_of_once() {
    let scene = Scene::new().await;
    let Scene { school, visitors, .. } = &scene;
    scene.agrees(&json!({})).await;
    let first = scene.gives("off-1", &json!({})).await;
    let says = |of: &Value| {
        let more = json!({"reasonCode": "not-our-child", "message": of["id"]});
        visitors.message("delivery.acknowledged", None, acknowledged("cannot", &more))
    };
    let receipts = visitors.send_at_once(&[says(&first), says(&first), says(&first)]).await;
    assert!(receipts.iter().all(|receipt| receipt["data"]["state"] == "recorded"), "{receipts:#?}");
    visitors.acknowledges(&first, "cannot", &json!({"reasonCode": "other"})).await;

    let second = scene.gives("off-2", &json!({})).await;
    visitors.acknowledges(&second, "cannot", &json!({"reasonCode": "not-our-child"})).await;
    school.is_told_again("reminder.issued", 1).await;
    let of = |reference: &str| ("receiver-cannot".to_owned(), "owner".to_owned(), reference.to_owned());
    assert_eq!(reminders(school), [of("off-1"), of("off-2")]);
}
