//! A service as it runs: it stops in order, tells how it is, takes up a new certificate, and comes
//! back by itself when its servers do.

use std::time::Duration;

use caf::client::Outgoing;
use futures::future::join_all;
use serde_json::{Value, json};
use stories::facts::{practitioner, under};
use stories::{Actor, Kind, ServiceProcess, World, until};

fn entry(agency: &Actor, n: usize) -> Outgoing {
    let id = format!("p{n}");
    agency.message("practitioner.recorded", None, under(&id, practitioner(&id, "Tess Archer", "teacher")))
}

async fn practitioners(world: &World) -> usize {
    let mut database = world.database().await;
    let query = "SELECT count(*) FROM practitioner";
    let count: i64 = sqlx::query_scalar(query).fetch_one(&mut database).await.expect("an answer");
    usize::try_from(count).expect("a count")
}

/// What the service's health and metrics answer.
struct Monitoring {
    http: reqwest::Client,
    address: String,
}

impl Monitoring {
    async fn of(service: &ServiceProcess) -> Self {
        let status: Value = service.admin().get("/status", &[]).await.expect("a status");
        let address = status["http"].as_str().expect("an address").to_owned();
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10));
        Self { http: client.build().expect("a client"), address }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let answer =
            self.http.get(format!("http://{}{path}", self.address)).send().await.expect("it answers");
        (answer.status().as_u16(), answer.text().await.expect("a text"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_told_to_stop_finishes_what_it_does_and_loses_nothing() {
    const ROUNDS: usize = 6;
    const MESSAGES: usize = 400;
    let mut world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    for round in 0..ROUNDS {
        let before = school.heard.count();
        let sent: Vec<Outgoing> = (0..MESSAGES).map(|n| entry(&school, round * MESSAGES + n)).collect();
        for message in &sent {
            // The confirm does not matter here: that the receipt comes does.
            let _ = school.client.start(message).await.expect("a channel");
        }
        until("the first receipts came", async || (school.heard.count() > before).then_some(())).await;
        assert_eq!(world.index.stop().await.code(), Some(0));
        // What it had taken is done: recorded is what was told, and nothing waits to be told.
        let mut database = world.database().await;
        let waiting = sqlx::query_scalar("SELECT count(*) FROM outbox").fetch_one(&mut database).await;
        assert_eq!(waiting.ok(), Some(0_i64), "round {round}");
        let done = practitioners(&world).await;
        until("all of it was told", async || (school.heard.count() == done).then_some(())).await;

        world.index.start_again();
        world.index.ready().await;
        for message in &sent {
            let receipt = school.hears_again(message.id(), 0).await;
            assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");
        }
    }
    assert_eq!(school.heard.count(), ROUNDS * MESSAGES, "nothing was handled twice");
    assert!(!world.index.log().contains("panicked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn health_says_what_is_missing_while_the_database_is_away() {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let monitoring = Monitoring::of(&world.index).await;
    assert_eq!(monitoring.get("/health/live").await.0, 204);
    assert_eq!(monitoring.get("/health/ready").await, (204, String::new()));

    world.database_goes_away().await;
    assert_eq!(monitoring.get("/health/ready").await, (503, "database".to_owned()));
    assert_eq!(monitoring.get("/health/live").await.0, 204, "a restart would not help");
    let (_, metrics) = monitoring.get("/metrics").await;
    assert!(metrics.contains("caf_database_up 0"), "{metrics}");
    // What is said meanwhile waits in the broker.
    let message = entry(&school, 1);
    school.client.publish(&message).await.expect("the broker takes it");

    world.database_comes_back().await;
    let receipt = school.hears_again(message.id(), 0).await;
    assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");
    assert_eq!(monitoring.get("/health/ready").await.0, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn sharing_runs_beside_the_index_and_says_how_it_is_and_stops_when_it_is_told_to() {
    let mut world = World::start().await;
    world.start_sharing().await;
    let monitoring = Monitoring::of(world.sharing()).await;
    assert_eq!(monitoring.get("/health/live").await.0, 204);
    assert_eq!(monitoring.get("/health/ready").await, (204, String::new()));
    let (_, metrics) = monitoring.get("/metrics").await;
    for line in ["caf_publishing 1\n", "caf_database_up 1\n", "# EOF"] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
    world.database_goes_away().await;
    assert_eq!(monitoring.get("/health/ready").await, (503, "database".to_owned()));
    world.database_comes_back().await;
    until("it is well again", async || {
        let health = monitoring.get("/health/ready").await.0;
        (health == 204).then_some(())
    })
    .await;

    assert_eq!(world.sharing_mut().stop().await.code(), Some(0));
    world.sharing_mut().start_again();
    world.sharing_mut().ready().await;
    world.sharing_mut().kill();
    world.restart_at("2026-12-21T06:00:00Z").await;
    assert!(!world.sharing().log().contains("panicked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_by_type_and_outcome_and_name_nobody() {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let monitoring = Monitoring::of(&world.index).await;
    let messages: Vec<Outgoing> = (0..5).map(|n| entry(&school, n)).collect();
    school.send_at_once(&messages).await;
    school.send(&messages[0]).await;

    let (status, metrics) = monitoring.get("/metrics").await;
    assert_eq!(status, 200);
    let counted = |outcome: &str, count: u32| {
        let line = format!(
            "caf_messages_total{{kind=\"uk.caf.practitioner.recorded.v1\",outcome=\"{outcome}\"}} {count}\n"
        );
        assert!(metrics.contains(&line), "{line} is not in {metrics}");
    };
    counted("recorded", 5);
    counted("duplicate", 1);
    for line in ["caf_consumers 6\n", "caf_publishing 1\n", "caf_database_up 1\n", "# EOF"] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
    for who in [school.id.as_str(), "Tess", "p0"] {
        assert!(!metrics.contains(who), "{who} is in {metrics}");
    }
}

/// The numbers of the certificates with which the service is connected now.
async fn certificates(world: &World) -> Vec<Option<String>> {
    let open = world.management().connections().await.expect("the broker answers");
    let own = open.iter().filter(|open| open.user == "svc-index" && open.vhost == world.name());
    own.map(caf::management::BrokerConnection::certificate_number).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_takes_up_a_renewed_certificate_without_a_restart() {
    let world = World::with_configuration("[limits]\ncertificate_check_ms = 100").await;
    let school = world.agency("school", Kind::School).await;
    // A connection shows in the management API after some seconds.
    let old = until("its connections show", async || {
        let open = certificates(&world).await;
        (open.len() >= 2).then(|| open[0].clone().expect("a number"))
    })
    .await;
    let ca = world.ca();
    let new = ca.issue_client("svc-index", &world.directory.join("svc-index")).expect("a certificate");
    let connected = async |number: &str| {
        until("both connections are new", async || {
            let open = certificates(&world).await;
            (open.len() >= 2 && open.iter().all(|open| open.as_deref() == Some(number))).then_some(())
        })
        .await;
    };
    connected(&new.record.number).await;
    ca.revoke(&old).expect("it is revoked");
    ca.write_crl().expect("the list");

    // Everything that is opened from now on is opened with the new one.
    let closed = world.management().close_connections_of("svc-index").await.expect("the broker closes");
    assert!(closed >= 2);
    let receipt = school.send(&entry(&school, 1)).await;
    assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");
    connected(&new.record.number).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_reconnects_by_itself_and_nothing_is_lost_meanwhile() {
    const MESSAGES: usize = 1_500;
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    until("its connections show", async || (certificates(&world).await.len() >= 2).then_some(())).await;
    let sent: Vec<Outgoing> = (0..MESSAGES).map(|n| entry(&school, n)).collect();
    let closing = async {
        until("receipts came", async || (school.heard.count() > 0).then_some(())).await;
        world.management().close_connections_of("svc-index").await.expect("the broker closes")
    };
    let (receipts, closed) = tokio::join!(school.send_at_once(&sent), closing);
    assert!(closed >= 2);
    for receipt in receipts {
        // A batch that was committed but not acknowledged comes again and is known.
        let state = &receipt["data"]["state"];
        assert!(state == "recorded" || receipt["data"]["first"]["state"] == "recorded", "{receipt}");
    }
    assert_eq!(practitioners(&world).await, MESSAGES);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_share_the_work_and_do_nothing_twice() {
    const MESSAGES: usize = 1_500;
    let world = World::start().await;
    let another = world.another_index().await;
    let school = world.agency("school", Kind::School).await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    // The same children from both agencies and each message twice, on whichever replica it falls.
    let said = |agency: &Actor| -> Vec<Outgoing> { (0..MESSAGES).map(|n| entry(agency, n)).collect() };
    let batches = [said(&school), said(&health)];
    let sending = [(&school, &batches[0]), (&health, &batches[1])];
    let answers = join_all(sending.map(|(agency, messages)| async move {
        let (once, again) = tokio::join!(agency.send_at_once(messages), agency.send_at_once(messages));
        drop((once, again));
        for message in messages {
            agency.hears_again(message.id(), 1).await;
        }
        messages.iter().map(|message| agency.heard.answers_to(message.id())).collect::<Vec<_>>()
    }))
    .await;
    for answers in answers.iter().flatten() {
        let mut states: Vec<&str> =
            answers.iter().filter_map(|answer| answer["data"]["state"].as_str()).collect();
        states.sort_unstable();
        assert_eq!(states, ["duplicate", "recorded"], "{answers:?}");
    }
    assert_eq!(practitioners(&world).await, 2 * MESSAGES);
    for (name, log) in [("first", world.index.log()), ("second", another.log())] {
        assert!(log.contains("\"handled\""), "the {name} replica did nothing");
        assert!(!log.contains("panicked"), "{log}");
    }
    let status: Value = another.admin().get("/status", &[]).await.expect("a status");
    assert_eq!(
        (&status["outboxWaiting"], &status["setAside"], &status["parked"]),
        (&json!(0), &json!(0), &json!(0))
    );
}
