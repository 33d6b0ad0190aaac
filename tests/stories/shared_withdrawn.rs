//! A withdrawal reaches everybody who got something by that consent, once (D-C6).

use std::time::Duration;

use serde_json::{Value, json};
use stories::shared::{consent, mother, offered, recipient};
use stories::shared_scene::{ada, heard_of, says};
use stories::{Actor, Kind, World, until};

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

/// The days on which the one that is away is asked again: it had until the Tuesday.
const WORKING_DAYS: [&str; 4] =
    ["2026-11-24T17:30:00Z", "2026-11-25T10:00:00Z", "2026-11-26T10:00:00Z", "2026-11-27T10:00:00Z"];

/// From the Saturday on. The CAF team hears of it from the second time on.
async fn six_days_go_by(world: &mut World, team: &Actor) {
    for (time, now) in WORKING_DAYS.into_iter().enumerate() {
        world.restart_at(now).await;
        let mut database = world.database_of("sharing").await;
        until("it was asked again", async || {
            let waiting = "SELECT count(*) FROM timer WHERE look_at <= $1::timestamptz";
            let waiting = sqlx::query_scalar::<_, i64>(waiting).bind(now);
            (waiting.fetch_one(&mut database).await.expect("a count") == 0).then_some(())
        })
        .await;
        if let Some(before) = time.checked_sub(1) {
            team.is_told_again("reminder.issued", before).await;
        }
    }
}

/// Back again, it finds the withdrawal once, and each time that it was asked about it.
async fn acts_late(world: &World, team: &Actor, away: &Actor, delivery: &str, others: &[&Actor]) -> Actor {
    let late = world.connect(&away.id).await;
    let told = late.is_told("consent.withdrawn").await;
    is_its_own(&told, delivery, others);
    late.is_told_again("reminder.issued", WORKING_DAYS.len() - 1).await;
    assert_eq!(chased(&late), vec![(json!("owner"), told["id"].clone()); WORKING_DAYS.len()]);
    assert_eq!(chased(team), vec![(json!("second-owner"), told["id"].clone()); WORKING_DAYS.len() - 1]);
    late.acknowledges(&told, "acted", &json!({"at": "2026-11-27T10:00:00Z"})).await;
    late
}

/// As whom an agency was asked again, and about which message.
fn chased(agency: &Actor) -> Vec<(Value, Value)> {
    let told = heard_of(agency, "reminder.issued").into_iter().map(|told| told["data"].clone());
    told.inspect(|told| assert_eq!(told["kind"], "withdrawal-unacknowledged", "{told:#}"))
        .map(|told| (told["role"].clone(), told["ref"].clone()))
        .collect()
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
    let mut world = World::with_sharing().await;
    let team = world.caf_team("borough").await;
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

    six_days_go_by(&mut world, &team).await;
    assert_eq!(open(&world).await, [away.id.as_str()], "the late one stays open");
    let late = acts_late(&world, &team, away, &deliveries[3], &[crashing, &school]).await;
    assert_eq!(open(&world).await, Vec::<String>::new());
    for agency in five[..3].iter().chain([&back, &late]) {
        assert_eq!(heard_of(agency, "consent.withdrawn").len(), 1, "once each");
    }
    for agency in five[..3].iter().chain([&back]) {
        assert_eq!(chased(agency), [], "who acted is asked no more");
    }
}
