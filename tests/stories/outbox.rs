//! What cannot be delivered waits or is parked, and never holds up another agency's messages (G9,
//! "How a service works"); what was committed is published, through any kill, under one id.

use caf::client::Outgoing;
use kit::seal::Sealer;
use serde_json::{Value, json};
use stories::facts::{practitioner, under};
use stories::{Actor, Kind, World, until};

const QUICK: &str = "[limits]\noutbox_grace_ms = 500\noutbox_retry_ms = 20\ntick_ms = 20";

fn entry(agency: &Actor, n: usize) -> Outgoing {
    let id = format!("p{n}");
    agency.message("practitioner.recorded", None, under(&id, practitioner(&id, "Tess Archer", "teacher")))
}

async fn publish(agency: &Actor, messages: &[Outgoing]) {
    for message in messages {
        agency.client.publish(message).await.expect("the broker takes it");
    }
}

async fn status(world: &World) -> Value {
    world.index.admin().get("/status", &[]).await.expect("a status")
}

async fn parked(world: &World) -> Vec<Value> {
    world.index.admin().get("/parked", &[]).await.expect("a list")
}

async fn end(world: &World, parked: &Value, how: &str) -> Value {
    let id = parked["id"].as_str().expect("an id");
    world.index.admin().post(&format!("/parked/{id}/{how}"), &[]).await.expect("it is taken up")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_inbox_makes_its_own_receipts_wait_and_no_others() {
    let world = World::with_configuration(QUICK).await;
    let mut school = world.agency("school", Kind::School).await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    school.stop_listening().await;
    let inbox = school.client.access().inbox.clone();
    world.broker_limits(r"^inbox\.school-", json!({"max-length": 3})).await;

    // The broker's limit is not sharp: each channel learns of it by its first refusal.
    let mut sent = Vec::new();
    let mut sends_until = async |waiting: u64| {
        until("rows wait", async || {
            let more = entry(&school, sent.len());
            publish(&school, std::slice::from_ref(&more)).await;
            sent.push(more);
            (status(&world).await["outboxWaiting"].as_u64() >= Some(waiting)).then_some(())
        })
        .await;
    };
    sends_until(1).await;
    sends_until(10).await;
    // Another agency's messages of the same moment are answered all the same.
    let others: Vec<Outgoing> = (0..40).map(|n| entry(&health, n)).collect();
    for receipt in health.send_at_once(&others).await {
        assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");
    }
    let waiting = status(&world).await;
    assert!(waiting["outboxWaiting"].as_u64() >= Some(1), "{waiting}");
    assert_eq!(waiting["parked"], 0, "a full inbox is not a fault of the message");
    assert!(school.counts(&inbox).await >= 3);

    // It is read again: everything comes, once.
    let school = world.connect(&school.id).await;
    for message in &sent {
        let receipt = school.hears_again(message.id(), 0).await;
        assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");
    }
    until("nothing waits", async || (status(&world).await["outboxWaiting"] == 0).then_some(())).await;
    assert_eq!(school.heard.count(), sent.len(), "nothing came twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_queue_takes_is_parked_and_delivered_after_a_replay() {
    let world = World::with_configuration(QUICK).await;
    let school = world.agency("school", Kind::School).await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    let inbox = school.client.access().inbox.clone();
    world.management().delete_queue(&inbox).await.expect("the queue goes");

    let sent = [entry(&school, 1), entry(&school, 2)];
    publish(&school, &sent).await;
    let receipt = health.send(&entry(&health, 1)).await;
    assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");
    let rows = until("both are parked", async || {
        let rows = parked(&world).await;
        (rows.len() == 2).then_some(rows)
    })
    .await;
    for row in &rows {
        assert_eq!(row["reason"], "returned", "{row}");
        assert_eq!(row["destination"], format!("inbox.{}", school.id), "{row}");
        assert_eq!(row["type"], "uk.caf.receipt.issued.v1", "{row}");
    }
    until("it does not go round for ever", async || {
        (status(&world).await["outboxWaiting"] == 0).then_some(())
    })
    .await;

    // The queue is back: one is replayed, the other given up.
    world.management().declare_queue(&inbox, &caf::definitions::inbox_arguments()).await.expect("a queue");
    world.management().bind("out", &inbox, &format!("inbox.{}", school.id)).await.expect("a binding");
    let school = world.connect(&school.id).await;
    assert_eq!(end(&world, &rows[0], "replay").await["state"], "waiting-to-be-sent");
    until("it is delivered", async || (school.heard.count() > 0).then_some(())).await;
    let came = &school.heard.all()[0];
    assert_eq!(came["id"], rows[0]["id"], "under the id that it had");
    assert_eq!(end(&world, &rows[1], "discard").await["state"], "discarded");
    assert_eq!(parked(&world).await, Vec::<Value>::new());
    let receipt = school.send(&entry(&school, 3)).await;
    assert_eq!(receipt["data"]["state"], "recorded");
    assert_eq!(school.heard.count(), 2, "what was discarded never comes");
}

/// A row as the service would have written it, addressed to an exchange that is not there: the
/// broker closes the channel over it.
fn poison_and_good(world: &World, school: &Actor, good: &[uuid::Uuid]) -> Vec<u8> {
    let to = |exchange: &str, id: &uuid::Uuid| {
        let body = json!({"id": id, "data": {"of": id, "state": "recorded"}});
        json!({
            "id": id, "user": "svc-index", "exchange": exchange, "routing_key": format!("inbox.{}", school.id),
            "kind": "uk.caf.receipt.issued.v1", "traceparent": null, "body": body,
        })
    };
    let (middle, poison) = (good.len() / 2, uuid::Uuid::from_u128(0xbad));
    let mut messages: Vec<Value> = good.iter().map(|id| to("out", id)).collect();
    messages.insert(middle, to("nowhere", &poison));
    let sealer = Sealer::from_file(&world.directory.join("index-master-key")).expect("the world's key");
    sealer.seal("outbox", json!(messages).to_string().as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_over_which_the_broker_closes_the_channel_is_parked_and_the_rows_beside_it_arrive() {
    let world = World::with_configuration(QUICK).await;
    let school = world.agency("school", Kind::School).await;
    let good: Vec<uuid::Uuid> = (1..=20).map(uuid::Uuid::from_u128).collect();
    let sealed = poison_and_good(&world, &school, &good);
    let mut database = world.database().await;
    sqlx::query(
        "INSERT INTO outbox (bundle_id, due_at, attempts, alone, messages, sealed)
         VALUES ($1, '2026-01-01', 0, false, $2, $3)",
    )
    .bind(uuid::Uuid::from_u128(7))
    .bind(i32::try_from(good.len() + 1).expect("few"))
    .bind(sealed)
    .execute(&mut database)
    .await
    .expect("a row");

    for id in &good {
        school.hears_again(&id.to_string(), 0).await;
    }
    let rows = until("it is parked", async || {
        let rows = parked(&world).await;
        (!rows.is_empty()).then_some(rows)
    })
    .await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0]["reason"], "channel-closed");
    assert_eq!(rows[0]["id"], uuid::Uuid::from_u128(0xbad).to_string());
    // The service goes on as before.
    let receipt = school.send(&entry(&school, 1)).await;
    assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");
    until("nothing waits", async || (status(&world).await["outboxWaiting"] == 0).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_killed_while_it_publishes_delivers_all_of_it_under_the_same_ids() {
    const MESSAGES: usize = 2_000;
    let mut world = World::with_configuration(QUICK).await;
    let school = world.agency("school", Kind::School).await;
    let sent: Vec<Outgoing> = (0..MESSAGES).map(|n| entry(&school, n)).collect();
    let sending = async {
        for message in &sent {
            school.client.start(message).await.expect("a channel").confirmed().await.expect("a confirm");
        }
    };
    let killing = async {
        // Each time after some more receipts: in the middle of batches, as the broker delivers them.
        for round in 1..=4 {
            until("receipts came", async || (school.heard.count() >= round * MESSAGES / 6).then_some(()))
                .await;
            world.index.kill();
            world.index.start_again();
            world.index.ready().await;
        }
    };
    tokio::join!(sending, killing);
    until("nothing waits", async || (status(&world).await["outboxWaiting"] == 0).then_some(())).await;

    // A message may come twice, but then it is the same one; no message has two first answers.
    for message in &sent {
        let ids = until("a first answer, though one that it is known may come before it", async || {
            let answers = school.heard.answers_to(message.id());
            let firsts = answers.iter().filter(|answer| answer["data"]["state"] != "duplicate");
            let mut ids: Vec<Value> = firsts.map(|answer| answer["id"].clone()).collect();
            ids.dedup();
            (!ids.is_empty()).then_some(ids)
        })
        .await;
        assert_eq!(ids.len(), 1, "{ids:?}");
    }
    let mut database = world.database().await;
    let query = "SELECT count(*) FROM practitioner";
    let recorded: i64 = sqlx::query_scalar(query).fetch_one(&mut database).await.expect("an answer");
    assert_eq!(usize::try_from(recorded), Ok(MESSAGES));
}
