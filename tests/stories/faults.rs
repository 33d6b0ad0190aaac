//! A sample of the fault run: nine kills (`tests/faults/run --kills N` is the long one); and a broker that
//! hangs.

use serde_json::Value;
use stories::facts::{practitioner, under};
use stories::faults::{OwnServers, Plan, run};
use stories::{Environment, Kind, World, until};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_nothing_happens_twice_through_nine_kills() {
    let tally = run(OwnServers::start(&Environment::read()), Plan { kills: 9, seed: 20_261_121 }).await;
    assert_eq!(tally.kills, 9);
    assert!(tally.notices > 100 && tally.lookups > 100, "{tally:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_hangs_is_given_up_and_when_it_goes_on_nothing_is_lost() {
    let servers = OwnServers::start(&Environment::read());
    let world = World::build(servers.environment(), "[limits]\nconfirm_timeout_ms = 500").await;
    let school = world.agency("school", Kind::School).await;
    let is_ready = async || {
        let status: Value = world.index.admin().get("/status", &[]).await.expect("a status");
        status["ready"] == true
    };
    let sent: Vec<_> = (0..500)
        .map(|n| {
            let id = format!("p{n}");
            school.message(
                "practitioner.recorded",
                None,
                under(&id, practitioner(&id, "Tess Archer", "teacher")),
            )
        })
        .collect();
    for message in &sent {
        school.client.publish(message).await.expect("the broker takes it");
    }
    // In the middle of batches that are published and acknowledged.
    until("the first receipts came", async || (school.heard.count() > 0).then_some(())).await;
    servers.freeze_broker();
    until("the service gives the broker up", async || (!is_ready().await).then_some(())).await;
    servers.thaw_broker();
    until("the service is back", async || is_ready().await.then_some(())).await;

    // The agency's own connections may have been given up too. On new ones it asks what became of each.
    let id = school.id.clone();
    drop(school);
    let school = world.connect(&id).await;
    for receipt in school.send_at_once(&sent).await {
        let state = receipt["data"]["state"].as_str();
        assert!(matches!(state, Some("recorded" | "duplicate")), "{receipt}");
    }
    let mut database = world.database().await;
    let query = "SELECT count(*) FROM practitioner";
    let recorded: i64 = sqlx::query_scalar(query).fetch_one(&mut database).await.expect("an answer");
    assert_eq!(usize::try_from(recorded), Ok(sent.len()));
}
