//! What cannot be processed is set aside alone, shown to a person, and ends in a final receipt
//! (G8); what fails for a passing reason is tried again without anybody's help.

use caf::client::Outgoing;
use serde_json::{Value, json};
use stories::facts::{caf, child, nhs_number, under};
use stories::trouble::{LOCK_NOT_AVAILABLE, REFUSED_BY_A_RULE, STATEMENT_TOOK_TOO_LONG};
use stories::{Actor, Kind, World, until};

async fn school_of(world: &World) -> Actor {
    let school = world.agency("school", Kind::School).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    school.knows("c1", child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA")).await;
    school
}

fn notice(school: &Actor, reference: &str) -> Outgoing {
    let started = caf(&format!("{}/{reference}", school.id), "t1");
    school.message("caf.started", Some("local:c1"), under(reference, started))
}

fn state(receipt: &Value) -> &str {
    receipt["data"]["state"].as_str().unwrap_or_default()
}

async fn list(world: &World) -> Vec<Value> {
    world.index.admin().get("/set-aside", &[]).await.expect("a list")
}

async fn end(world: &World, id: &str, how: &str) -> Value {
    world.index.admin().post(&format!("/set-aside/{id}/{how}"), &[]).await.expect("it is taken up")
}

/// The one message that is set aside.
async fn the_one_set_aside(world: &World) -> (String, Value) {
    let all = list(world).await;
    let [one] = all.as_slice() else {
        panic!("not one: {all:?}");
    };
    (one["id"].as_str().expect("an id").to_owned(), one.clone())
}

/// Sends one message that the database will not take; it is held.
async fn one_is_held(world: &World, school: &Actor, reference: &str) -> (Outgoing, String) {
    world.database_refuses("caf", reference, REFUSED_BY_A_RULE).await;
    let guilty = notice(school, reference);
    assert_eq!(state(&school.send(&guilty).await), "held");
    let (id, _) = the_one_set_aside(world).await;
    (guilty, id)
}

async fn cafs(world: &World) -> i64 {
    let mut database = world.database().await;
    let counted = sqlx::query_scalar("SELECT count(*) FROM caf").fetch_one(&mut database).await;
    counted.expect("the database answers")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_message_in_a_batch_is_held_and_all_its_neighbours_are_recorded() {
    let world = World::start().await;
    let school = school_of(&world).await;
    world.database_refuses("caf", "f-137", REFUSED_BY_A_RULE).await;

    let batch: Vec<Outgoing> = (0..300).map(|n| notice(&school, &format!("f-{n}"))).collect();
    let receipts = school.send_at_once(&batch).await;
    for (n, receipt) in receipts.iter().enumerate() {
        assert_eq!(state(receipt), if n == 137 { "held" } else { "recorded" }, "{n}: {receipt}");
    }
    assert_eq!(receipts[137]["data"]["dueBy"], "2026-11-23", "the day by which a person will have looked");
    assert_eq!(cafs(&world).await, 299);

    let (_, row) = the_one_set_aside(&world).await;
    assert_eq!(row["messageId"], batch[137].id());
    assert_eq!(row["agency"], school.id.as_str());
    assert_eq!(row["type"], "uk.caf.caf.started.v1");
    assert_eq!(row["reason"], "data-error");
    assert_eq!(row["attempts"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_the_body_only_when_the_look_is_recorded() {
    let world = World::start().await;
    let school = school_of(&world).await;
    let (_, id) = one_is_held(&world, &school, "f-1").await;
    let admin = world.index.admin();

    let shown: Value = admin.get(&format!("/set-aside/{id}"), &[]).await.expect("it is there");
    assert_eq!(shown.get("body"), None, "{shown}");
    assert!(!shown.to_string().contains("paper"), "{shown}");

    let unsigned = admin.get::<Value>(&format!("/set-aside/{id}"), &[("reveal", " ")]).await;
    assert!(unsigned.expect_err("nobody looks").to_string().contains("who looks"));
    let path = format!("/set-aside/{id}");
    let revealed: Value = admin.get(&path, &[("reveal", "A. Ndiaye, operator")]).await.expect("it is shown");
    let body = revealed["body"].as_str().expect("a body");
    assert!(body.contains("\"formMedium\":\"paper\""), "{body}");

    let mut database = world.database().await;
    let query = "SELECT revealed_by || ' ' || set_aside_id FROM reveal";
    let looks: Vec<String> = sqlx::query_scalar(query).fetch_all(&mut database).await.expect("an answer");
    assert_eq!(looks, [format!("A. Ndiaye, operator {id}")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_ends_in_a_recorded_receipt_once_the_cause_is_gone() {
    let world = World::start().await;
    let school = school_of(&world).await;
    let (guilty, id) = one_is_held(&world, &school, "f-1").await;

    // The cause is still there: it stays, and the sender, who knows already, hears nothing new.
    assert_eq!(end(&world, &id, "replay").await["state"], "still-set-aside");
    let (_, row) = the_one_set_aside(&world).await;
    assert_eq!(row["attempts"], 1);

    world.database_relents("caf").await;
    assert_eq!(end(&world, &id, "replay").await["state"], "replayed");
    let last = school.hears_again(guilty.id(), 1).await;
    assert_eq!(state(&last), "recorded", "{last}");
    assert_eq!(list(&world).await, Vec::<Value>::new());
    assert_eq!(cafs(&world).await, 1);

    // Known from now on: sent once more it is a duplicate of a recorded message.
    let again = school.send(&guilty).await;
    assert_eq!(state(&again), "duplicate", "{again}");
    assert_eq!(again["data"]["first"]["state"], "recorded", "{again}");
    assert_eq!(school.heard.count_to(guilty.id()), 3);
    let gone = world.index.admin().post(&format!("/set-aside/{id}/replay"), &[]).await;
    assert!(gone.is_err(), "its case is ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discarded_message_ends_in_a_rejected_receipt() {
    let world = World::start().await;
    let school = school_of(&world).await;
    let (guilty, id) = one_is_held(&world, &school, "f-1").await;

    assert_eq!(end(&world, &id, "discard").await["state"], "discarded");
    let last = school.hears_again(guilty.id(), 1).await;
    assert_eq!(state(&last), "rejected", "{last}");
    assert!(last["data"]["code"].is_string(), "{last}");
    assert_eq!(list(&world).await, Vec::<Value>::new());
    assert_eq!(cafs(&world).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passing_failure_is_tried_again_until_it_is_recorded() {
    let world = World::with_configuration("[limits]\nretry_delay_ms = 50\ntick_ms = 50").await;
    let school = school_of(&world).await;
    for (n, sqlstate) in [STATEMENT_TOOK_TOO_LONG, LOCK_NOT_AVAILABLE].into_iter().enumerate() {
        let slow = format!("slow-{n}");
        world.database_refuses("caf", &slow, sqlstate).await;
        let batch = [
            notice(&school, &format!("before-{n}")),
            notice(&school, &slow),
            notice(&school, &format!("after-{n}")),
        ];
        for message in &batch {
            school.client.publish(message).await.expect("the broker takes it");
        }
        for neighbour in [&batch[0], &batch[2]] {
            assert_eq!(state(&school.hears_again(neighbour.id(), 0).await), "recorded");
        }
        // It waits in its row, more than one try long, and nobody is told anything wrong meanwhile.
        let mut database = world.database().await;
        until("it was tried again", async || {
            let query = "SELECT attempts >= 2 FROM inbox WHERE message_id::text = $1 AND state = 'retrying'";
            let tried = sqlx::query_scalar(query).bind(batch[1].id()).fetch_optional(&mut database).await;
            (tried.expect("the database answers") == Some(true)).then_some(())
        })
        .await;
        assert_eq!(school.heard.count_to(batch[1].id()), 0);
        world.database_relents("caf").await;
        assert_eq!(state(&school.hears_again(batch[1].id(), 0).await), "recorded");
    }
    assert_eq!(cafs(&world).await, 6);
    assert_eq!(list(&world).await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_does_not_pass_is_set_aside_at_last() {
    let limits = "[limits]\nretry_delay_ms = 20\ntick_ms = 20\nretry_attempts = 3";
    let world = World::with_configuration(limits).await;
    let school = school_of(&world).await;
    world.database_refuses("caf", "slow", STATEMENT_TOOK_TOO_LONG).await;

    let slow = notice(&school, "slow");
    let receipt = school.send(&slow).await;
    assert_eq!(state(&receipt), "held", "{receipt}");
    let (id, row) = the_one_set_aside(&world).await;
    assert_eq!(row["reason"], "retries-exhausted");

    world.database_relents("caf").await;
    end(&world, &id, "replay").await;
    assert_eq!(state(&school.hears_again(slow.id(), 1).await), "recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_broker_gave_up_on_is_listed_with_its_sender_and_can_be_replayed() {
    let mut world = World::start().await;
    let school = school_of(&world).await;
    // While the service is away every message of its queue runs out.
    assert!(world.index.stop().await.success());
    world.broker_limits("^index.statements$", json!({"message-ttl": 0})).await;
    let lost = notice(&school, "f-1");
    school.client.publish(&lost).await.expect("the broker takes it");
    until("it ran out", async || (school.counts("index.set-aside").await == 1).then_some(())).await;
    world.broker_limits("^index.statements$", json!({"message-ttl": 86_400_000})).await;
    world.index.start_again();
    world.index.ready().await;

    assert_eq!(state(&school.hears_again(lost.id(), 0).await), "held");
    let (id, row) = the_one_set_aside(&world).await;
    assert_eq!(row["reason"], "dead-lettered");
    assert_eq!(row["agency"], school.id.as_str());
    assert_eq!(row["messageId"], lost.id());
    assert_eq!(end(&world, &id, "replay").await["state"], "replayed");
    assert_eq!(state(&school.hears_again(lost.id(), 1).await), "recorded");
    assert_eq!(cafs(&world).await, 1);
}
