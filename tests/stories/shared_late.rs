//! What was said before its child was known, or of a record that was not linked, takes effect once it meets what was
//! released or asked for (G7).

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use stories::facts::{child, nhs_number};
use stories::shared::{consent, mother, offered, recipient, request};
use stories::shared_scene::{ada, heard_of, says};
use stories::{Actor, Kind, World, until};

struct Scene {
    world: World,
    school: Actor,
    visitors: Actor,
    /// Does not know the child yet.
    surgery: Actor,
}

/// The mother does not want it kept electronically.
fn not_electronically() -> Value {
    json!({
        "person": mother(), "capacity": "parent-with-pr", "acts": ["record-electronically"], "decision": "refused",
        "saidOn": "2026-11-20",
    })
}

impl Scene {
    /// A school that may give health visitors what it has of Ada.
    async fn new() -> Self {
        let world = World::with_sharing().await;
        let school = world.member("school", Kind::School, "teacher", ada()).await;
        let visitors = world.member("visitors", Kind::HealthVisiting, "health-visitor", ada()).await;
        let surgery = world.agency("surgery", Kind::Gp).await;
        surgery.vouches_for("p1", "Pat Worker", "gp").await;
        world.sharing_knows().await;
        Self { world, school, visitors, surgery }
    }

    async fn agrees(&self, agencies: &[&Actor], more: &Value) {
        let agencies: Vec<_> = agencies.iter().map(|agency| &agency.id).collect();
        self.school.records_consent("c1", "p1", consent(&agencies, more)).await;
    }

    async fn asks(&self) {
        let asked = request(&self.school.id, &["action-plan"], "p1", &json!({}));
        self.visitors.requests("c1", "p1", asked).await;
    }

    /// The school gives the health visitors a part; the receipt.
    async fn offers(&self) -> Value {
        let to = [recipient(&self.visitors.id, "p1", "consent")];
        let given = offered(&to, &[says("action-plan", "Breakfast club.")], "p1", &json!({}));
        self.school.offers("c1", "p1", given).await
    }

    /// Of how many deliveries the content rests here.
    async fn resting(&self) -> i64 {
        let mut database = self.world.database_of("sharing").await;
        let resting = "SELECT count(*) FROM delivery WHERE content IS NOT NULL";
        sqlx::query_scalar(resting).fetch_one(&mut database).await.expect("a count")
    }

    /// The kinds of the reminders that an agency got.
    fn reminded(agency: &Actor) -> Vec<Value> {
        heard_of(agency, "reminder.issued").into_iter().map(|told| told["data"]["kind"].clone()).collect()
    }
}

// D-C6
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_of_a_child_who_is_not_known_yet_takes_back_what_was_released_once_the_child_is() {
    let mut scene = Scene::new().await;
    scene.agrees(&[&scene.visitors], &json!({})).await;
    scene.offers().await;
    let delivered = scene.visitors.is_told("share.delivered").await;
    let withdrawn = json!({
        "person": mother(), "capacity": "parent-with-pr", "acts": ["store-and-share"], "decision": "withdrawn",
        "withdrawal": {"effect": "keep-record-locked", "riskConsidered": "no", "wholeCaf": true}, "saidOn": "2026-11-20",
    });
    scene.surgery.records_consent("c1", "p1", withdrawn).await;
    assert_eq!(heard_of(&scene.visitors, "consent.withdrawn"), Vec::<Value>::new(), "of whom, nobody knows");

    scene.surgery.knows("c1", ada()).await;
    let told = scene.visitors.is_told("consent.withdrawn").await;
    assert_eq!(told["data"]["deliveries"], json!([delivered["id"]]), "{told:#}");
    assert_eq!(told["data"]["effect"], "keep-record-locked", "as it was said");
    let late = scene.school.is_told("reminder.issued").await;
    assert_eq!(late["data"]["kind"], "released-before-withdrawal-was-known", "{late:#}");
    scene.surgery.is_told_again("reminder.issued", 1).await;
    let both = ["released-before-withdrawal-was-known", "consider-protection"];
    assert_eq!(Scene::reminded(&scene.surgery), both, "which it may know of; and D-S1");

    // The child is looked at again, and what was released would be sent again: neither happens.
    scene.visitors.acknowledges(&told, "acted", &json!({})).await;
    scene.surgery.works_with("c1", "p1", "team-member").await;
    scene.world.restart_at("2026-11-25T10:00:00Z").await;
    scene.surgery.records_consent("c1", "p1", consent(&[], &json!({"saidOn": "2026-11-24"}))).await;
    scene.world.sharing_knows().await;
    assert_eq!(heard_of(&scene.visitors, "share.delivered").len(), 1);
    assert_eq!(heard_of(&scene.visitors, "consent.withdrawn").len(), 1);
    assert_eq!(Scene::reminded(&scene.surgery), both);
}

// D-C6
#[tokio::test(flavor = "multi_thread")]
async fn a_wider_consent_of_a_child_who_is_not_known_yet_is_put_to_the_earlier_recorder_and_lets_pass_what_waits()
 {
    let scene = Scene::new().await;
    scene.agrees(&[&scene.surgery], &json!({})).await;
    let wider = json!({
        "saidOn": "2026-11-20", "from": "2026-11-20",
        "evidence": {"formRef": "f-1", "heldBy": scene.surgery.id, "signature": "written"},
    });
    let wider = consent(&[&scene.surgery.id, &scene.visitors.id], &wider);
    scene.surgery.records_consent("c1", "p1", wider).await;
    scene.surgery.knows("c1", ada()).await;
    let told = scene.school.is_told("reminder.issued").await;
    assert_eq!(told["data"]["kind"], "consent-widened", "{told:#}");

    scene.asks().await;
    assert_eq!(scene.visitors.is_told("share.refused").await["data"]["toldCode"], "ask-caf-team");
    scene.school.is_told_again("reminder.issued", 1).await;
    scene.school.acknowledges(&told, "received-by-person", &json!({"person": "p1"})).await;
    let again = scene.visitors.is_told("reminder.issued").await;
    assert_eq!(again["data"]["kind"], "ask-again", "{again:#}");
    assert_eq!(Scene::reminded(&scene.school), ["consent-widened", "pending-consent"], "each is asked once");
}

// D-C6: neither would see the other, and whoever asks hears of it all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_look_for_what_may_pass_waits_for_the_requests_that_are_being_decided() {
    let scene = Scene::new().await;
    scene.agrees(&[&scene.visitors], &json!({"explained": ["voluntary"]})).await;
    let mut database = scene.world.database_of("sharing").await;
    // The request is decided, and cannot be written down.
    let lock = sqlx::raw_sql("BEGIN; LOCK TABLE share IN EXCLUSIVE MODE");
    lock.execute(&mut database).await.expect("a lock");
    let seen = async {
        let lock = "SELECT classid::bigint << 32 | objid::bigint FROM pg_locks
                    WHERE granted AND locktype = 'advisory' AND mode = 'ShareLock'";
        let held = found(&scene.world, lock).await;
        sqlx::raw_sql("ROLLBACK").execute(&mut database).await.expect("the lock goes");
        held
    };
    let ((), held) = tokio::join!(scene.asks(), seen);
    assert_eq!(scene.visitors.is_told("share.refused").await["data"]["toldCode"], "ask-caf-team");

    // As if another one were.
    let decides = format!("BEGIN; SELECT pg_advisory_xact_lock_shared({held})");
    sqlx::raw_sql(AssertSqlSafe(decides)).execute(&mut database).await.expect("a lock");
    scene.agrees(&[&scene.visitors], &json!({"saidOn": "2026-11-20", "from": "2026-11-20"})).await;
    let waits =
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory' HAVING count(*) > 0";
    found(&scene.world, waits).await;
    assert_eq!(Scene::reminded(&scene.visitors), Vec::<Value>::new());
    sqlx::raw_sql("ROLLBACK").execute(&mut database).await.expect("the lock goes");
    let again = scene.visitors.is_told("reminder.issued").await;
    assert_eq!(again["data"]["kind"], "ask-again", "{again:#}");
}

/// What a query finds among the locks of sharing's database, once there is something.
async fn found(world: &World, query: &'static str) -> i64 {
    let mut database = world.database_of("sharing").await;
    let here = "WITH pg_locks AS (SELECT l.* FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                                  WHERE d.datname = current_database())";
    let query = format!("{here} {query}");
    until("such a lock", async || {
        let lock = sqlx::query_scalar(AssertSqlSafe(query.clone())).fetch_optional(&mut database);
        lock.await.expect("the locks")
    })
    .await
}

// D-C6
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_may_pass_on_the_day_from_which_a_consent_holds() {
    let mut scene = Scene::new().await;
    scene.agrees(&[&scene.visitors], &json!({"explained": ["voluntary"]})).await;
    scene.asks().await;
    assert_eq!(scene.visitors.is_told("share.refused").await["data"]["toldCode"], "ask-caf-team");
    let later = json!({"saidOn": "2026-11-20", "from": "2026-11-24"});
    scene.agrees(&[&scene.visitors], &later).await;
    scene.asks().await;
    let still = scene.visitors.is_told_again("share.refused", 1).await;
    assert_eq!(still["data"]["toldCode"], "ask-caf-team", "it does not hold yet");
    assert_eq!(Scene::reminded(&scene.visitors), Vec::<Value>::new());
    scene.world.restart_at("2026-11-24T10:00:00Z").await;
    let again = scene.visitors.is_told("reminder.issued").await;
    assert_eq!(again["data"]["kind"], "ask-again", "{again:#}");
    assert_eq!(Scene::reminded(&scene.visitors), ["ask-again"], "once, though it asked twice for the same");
    scene.asks().await;
    scene.school.is_told("share.wanted").await;
}

// D-C6: whose it is can be made doubtful by anybody who knows her name and address.
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_stands_though_another_number_makes_it_doubtful_of_whom_it_was() {
    let scene = Scene::new().await;
    scene.agrees(&[&scene.visitors], &json!({})).await;
    let known = |number| child("Ada", "Example", "2017-03-04", number, "ZZ1 1AA");
    scene.surgery.knows("c1", known(None)).await;
    scene.world.sharing_knows().await;
    let withdrawn = json!({
        "person": mother(), "capacity": "parent-with-pr", "acts": ["store-and-share"], "decision": "withdrawn",
        "withdrawal": {"effect": "stop-new-use", "riskConsidered": "yes", "wholeCaf": true}, "saidOn": "2026-11-20",
    });
    scene.surgery.records_consent("c1", "p1", withdrawn).await;
    scene.asks().await;
    assert_eq!(scene.visitors.is_told("share.refused").await["data"]["toldCode"], "not-shared");
    scene.visitors.knows("c2", known(Some(&nhs_number(2)))).await;
    scene.world.sharing_knows().await;
    scene.asks().await;
    let still = scene.visitors.is_told_again("share.refused", 1).await;
    assert_eq!(still["data"]["toldCode"], "not-shared", "{still:#}");
    assert!(heard_of(&scene.school, "share.wanted").is_empty());
}

// D-C7
#[tokio::test(flavor = "multi_thread")]
async fn where_electronic_recording_is_refused_nothing_rests_here_or_is_sent_again_until_who_recorded_it_confirms_a_yes()
 {
    let mut scene = Scene::new().await;
    scene.agrees(&[&scene.visitors], &json!({})).await;
    scene.offers().await;
    scene.visitors.is_told("share.delivered").await;
    assert_eq!(scene.resting().await, 1, "nobody acknowledged it");
    scene.school.records_consent("c1", "p1", not_electronically()).await;
    assert_eq!(scene.resting().await, 0);
    scene.world.restart_at("2026-11-25T10:00:00Z").await;
    scene.visitors.is_told("reminder.issued").await;
    assert_eq!(Scene::reminded(&scene.visitors), ["share-unacknowledged"], "it is asked for as before");

    let yes = json!({
        "acts": ["record-electronically"], "scope": null, "saidOn": "2026-11-21", "from": "2026-11-21",
        "evidence": {"formRef": "f-1", "heldBy": scene.visitors.id, "signature": "written"},
    });
    scene.visitors.records_consent("c1", "p1", consent(&[], &yes)).await;
    let told = scene.school.is_told("reminder.issued").await;
    assert_eq!(told["data"]["kind"], "consent-widened", "{told:#}");
    let receipt = scene.offers().await;
    assert_eq!(receipt["data"].get("released"), None, "{receipt:#}");
    assert_eq!(heard_of(&scene.visitors, "share.delivered").len(), 1, "nothing was sent again");
    scene.school.acknowledges(&told, "received-by-person", &json!({"person": "p1"})).await;
    let receipt = scene.offers().await;
    assert_eq!(receipt["data"]["released"][0]["parts"], json!(["action-plan"]), "{receipt:#}");
    assert_eq!(scene.resting().await, 1);
}

// D-C7, G7
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_electronic_recording_of_a_child_who_is_not_known_yet_lets_nothing_rest_once_the_child_is()
 {
    let scene = Scene::new().await;
    scene.agrees(&[&scene.visitors], &json!({})).await;
    scene.offers().await;
    scene.visitors.is_told("share.delivered").await;
    scene.surgery.records_consent("c1", "p1", not_electronically()).await;
    assert_eq!(scene.resting().await, 1, "of whom, nobody knows");
    scene.surgery.knows("c1", ada()).await;
    until("nothing rests", async || (scene.resting().await == 0).then_some(())).await;
}
