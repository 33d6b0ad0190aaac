//! A sample of the fault run: nine kills (`tests/faults/run --kills N` is the long one); a broker that
//! hangs; one that is short of memory.

use caf::client::{Outgoing, TypeName};
use serde_json::Value;
use stories::facts::{practitioner, under};
use stories::faults::{Alarm, OwnServers, Plan, run};
use stories::{Environment, Kind, World, until};

const KIND: &str = "practitioner.recorded";

/// What the index tells operators; nothing while it starts.
async fn status(world: &World) -> Value {
    world.index.admin().get("/status", &[]).await.unwrap_or_default()
}

async fn is_ready(world: &World) -> bool {
    status(world).await["ready"] == true
}

async fn waiting(world: &World) -> Option<u64> {
    status(world).await["outboxWaiting"].as_u64()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_nothing_happens_twice_through_nine_kills() {
    let tally = run(OwnServers::start(&Environment::read()), Plan { kills: 9, seed: 20_261_121 }).await;
    assert_eq!(tally.kills, 9);
    let often = [tally.notices, tally.lookups, tally.intentions, tally.checks, tally.transfers];
    assert!(often.iter().all(|count| *count > 100), "{tally:?}");
    let besides = [tally.restrictions, tally.refusals, tally.reminders];
    assert!(besides.iter().all(|count| *count > 10), "{tally:?}");
    assert_eq!(tally.shown, tally.lookups);
    let shared = tally.shared;
    let often = [shared.consents, shared.requests, shared.offers, shared.deliveries, shared.acknowledged];
    assert!(often.iter().all(|count| *count > 100), "{tally:?}");
    assert!(shared.answers > 50 && shared.withdrawn > 10, "{tally:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_hangs_is_given_up_and_when_it_goes_on_nothing_is_lost() {
    let servers = OwnServers::start(&Environment::read());
    let world = World::build(servers.environment(), "[limits]\nconfirm_timeout_ms = 500").await;
    let school = world.agency("school", Kind::School).await;
    // On a connection of its own, until the broker confirms no more.
    let system = world.system_of(&school.id).await;
    let publishing = tokio::spawn(async move {
        let mut confirmed = Vec::new();
        loop {
            let id = format!("p{}", confirmed.len());
            let entry = under(&id, practitioner(&id, "Tess Archer", "teacher"));
            let entry = Outgoing::new(system.agency(), TypeName::parse(KIND).expect("a type"), None, entry);
            if system.publish(&entry).await.is_err() {
                return confirmed;
            }
            confirmed.push(entry.id().to_owned());
        }
    });
    // In the middle of batches that are published and acknowledged.
    until("receipts come", async || (school.heard.count() > 50).then_some(())).await;
    servers.freeze_broker();
    let confirmed = publishing.await.expect("it ends with the broker");
    until("the service gives the broker up", async || (!is_ready(&world).await).then_some(())).await;
    servers.thaw_broker();
    until("the service is back", async || is_ready(&world).await.then_some(())).await;

    // Of all that was confirmed the receipt comes, on the old connection or on a new one.
    let again = world.connect(&school.id).await;
    for id in &confirmed {
        until("a receipt", async || (school.heard.count_to(id) + again.heard.count_to(id) > 0).then_some(()))
            .await;
    }
    until("nothing waits", async || (waiting(&world).await == Some(0)).then_some(())).await;
    // And perhaps the one whose confirm got lost.
    let mut database = world.database().await;
    let query = sqlx::query_scalar("SELECT count(*) FROM practitioner");
    let recorded: i64 = query.fetch_one(&mut database).await.expect("an answer");
    let recorded = usize::try_from(recorded).expect("a count");
    assert!((confirmed.len()..=confirmed.len() + 1).contains(&recorded), "{recorded}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_short_of_memory_gets_the_receipts_when_it_takes_messages_again() {
    let servers = OwnServers::start(&Environment::read());
    let mut world = World::build(servers.environment(), "[limits]\nconfirm_timeout_ms = 500").await;
    let school = world.agency("school", Kind::School).await;
    assert!(world.index.stop().await.success());
    let sent: Vec<Outgoing> = (0..40)
        .map(|n| {
            let id = format!("p{n}");
            school.message(KIND, None, under(&id, practitioner(&id, "Tess Archer", "teacher")))
        })
        .collect();
    for message in &sent {
        school.client.publish(message).await.expect("the broker takes it");
    }
    servers.memory_alarm(Alarm::On);
    world.index.start_again();
    until("all is recorded, and no receipt gets out", async || {
        // What the index tells of its registers waits, too.
        (waiting(&world).await >= Some(sent.len() as u64)).then_some(())
    })
    .await;
    until("it says so", async || (!is_ready(&world).await).then_some(())).await;
    assert_eq!(school.heard.count(), 0);

    servers.memory_alarm(Alarm::Off);
    for message in &sent {
        let receipt = school.hears_again(message.id(), 0).await;
        assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");
    }
    until("nothing waits", async || (waiting(&world).await == Some(0)).then_some(())).await;
    // Each publisher looks for itself whether it may, the background round at the next tick.
    until("it is ready again", async || is_ready(&world).await.then_some(())).await;
}
