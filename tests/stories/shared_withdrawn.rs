//! A withdrawal reaches everybody who got something by that consent, once (D-C6).

use std::time::Duration;

use serde_json::{Value, json};
use stories::shared::{consent, mother, offered, recipient};
use stories::shared_scene::{ada, heard_of, says};
use stories::{Actor, Kind, World};

/// How long a message may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who has not said yet that it did what was asked.
async fn open(world: &World) -> Vec<String> {
    let mut database = world.database_of("sharing").await;
    sqlx::query_scalar("SELECT agency FROM asked_back WHERE acted_at IS NULL ORDER BY agency")
        .fetch_all(&mut database)
        .await
        .expect("the agencies")
}

/// Once, about this delivery, and not a word of the others.
fn is_its_own(told: &Value, delivery: &str, others: &[&Actor]) {
    assert_eq!(told["data"]["deliveries"], json!([delivery]), "{told:#}");
    assert_eq!(told["data"]["effect"], "stop-new-use");
    for other in others {
        assert!(!told.to_string().contains(other.id.as_str()), "names another: {told:#}");
    }
}

/// She agrees to nothing any more.
fn withdrawn() -> Value {
    json!({
        "person": mother(), "capacity": "parent-with-pr", "acts": ["store-and-share"], "decision": "withdrawn",
        "withdrawal": {"effect": "stop-new-use", "riskConsidered": "no", "wholeCaf": true},
        "saidOn": "2026-11-20",
    })
}

// D-C6
#[tokio::test(flavor = "multi_thread")]
async fn of_five_recipients_each_acts_once_on_a_withdrawal_and_the_late_one_stays_open() {
    let world = World::with_sharing().await;
    let school = world.member("school", Kind::School, "teacher", ada()).await;
    let mut five = Vec::new();
    for (name, kind, job) in [
        ("surgery", Kind::Gp, "gp"),
        ("visitors", Kind::HealthVisiting, "health-visitor"),
        ("housing", Kind::Housing, "housing-officer"),
        ("youth", Kind::YouthService, "youth-worker"),
        ("nurses", Kind::SchoolNursing, "school-nurse"),
    ] {
        five.push(world.member(name, kind, job, ada()).await);
    }
    world.sharing_knows().await;
    let named: Vec<_> = five.iter().map(|agency| &agency.id).collect();
    school.records_consent("c1", "p1", consent(&named, &json!({}))).await;
    let to: Vec<Value> = five.iter().map(|agency| recipient(&agency.id, "p1", "consent")).collect();
    let plan = [says("action-plan", "Breakfast club.")];
    school.offers("c1", "p1", offered(&to, &plan, "p1", &json!({}))).await;
    let mut deliveries = Vec::new();
    for agency in &five {
        let delivered = agency.is_told("share.delivered").await;
        agency.acknowledges(&delivered, "received-by-system", &json!({})).await;
        deliveries.push(delivered["id"].as_str().expect("an id").to_owned());
    }

    // One is away, one about to crash.
    for agency in &mut five[3..] {
        agency.stop_listening().await;
    }
    school.records_consent("c1", "p1", withdrawn()).await;
    for (agency, delivery) in five[..3].iter().zip(&deliveries) {
        let told = agency.is_told("consent.withdrawn").await;
        let others: Vec<&Actor> =
            five.iter().filter(|other| other.id != agency.id).chain([&school]).collect();
        is_its_own(&told, delivery, &others);
        agency.acknowledges(&told, "received-by-system", &json!({})).await;
        agency.acknowledges(&told, "acted", &json!({})).await;
    }
    let (away, crashing) = (&five[3], &five[4]);
    let system = world.system_of(&crashing.id).await;
    let mut inbox = system.inbox().await.expect("its inbox");
    let read = inbox.next(PATIENCE).await.expect("its inbox").expect("the withdrawal").json().clone();
    assert_eq!(read["type"], "uk.caf.consent.withdrawn.v1", "{read:#}");
    drop(inbox);
    system.close().await.expect("it is gone");
    let back = world.connect(&crashing.id).await;
    let told = back.is_told("consent.withdrawn").await;
    assert_eq!(told["id"], read["id"], "the same one, so that it acts once");
    is_its_own(&told, &deliveries[4], &[away, &school]);
    back.acknowledges(&told, "acted", &json!({})).await;
    assert_eq!(open(&world).await, [away.id.as_str()], "the late one stays open");

    let late = world.connect(&away.id).await;
    let told = late.is_told("consent.withdrawn").await;
    is_its_own(&told, &deliveries[3], &[crashing, &school]);
    late.acknowledges(&told, "acted", &json!({})).await;
    assert_eq!(open(&world).await, Vec::<String>::new());
    for agency in five[..3].iter().chain([&back, &late]) {
        assert_eq!(heard_of(agency, "consent.withdrawn").len(), 1, "once each");
    }
}
