//! The same message twice, the same fact twice, and what only looks the same.

use caf::client::Outgoing;
use serde_json::{Map, Value, json};
use sqlx::Row;
use stories::facts::{child, involvement, practitioner, under};
use stories::{Actor, Kind, World};

/// The same fact in another message.
fn anew(agency: &Actor, message: &Outgoing, change: impl FnOnce(&mut Map<String, Value>)) -> Outgoing {
    let mut envelope = message.envelope().clone();
    envelope.remove("id");
    change(&mut envelope);
    Outgoing::complete(agency.id.as_str(), envelope).expect("a message")
}

/// Another message under the same id.
fn changed(agency: &Actor, message: &Outgoing, at: &str, value: Value) -> Outgoing {
    let mut whole = Value::Object(message.envelope().clone());
    *whole.pointer_mut(at).expect("a place") = value;
    let envelope = whole.as_object().expect("an object").clone();
    Outgoing::complete(agency.id.as_str(), envelope).expect("a message")
}

fn assert_duplicate(receipt: &Value, first: &str) {
    let data = &receipt["data"];
    assert_eq!(data["state"], "duplicate", "{receipt}");
    assert_eq!(data["first"]["state"], first, "{receipt}");
    assert!(data["first"]["at"].as_str().is_some_and(|at| at.starts_with("2026-11-21T10:0")), "{receipt}");
}

fn assert_id_reused(receipt: &Value) {
    let data = &receipt["data"];
    assert_eq!((&data["state"], &data["code"]), (&json!("rejected"), &json!("id-reused")), "{receipt}");
    assert_eq!(data["pointers"][0]["at"], "/id", "{receipt}");
}

async fn count(world: &World, rows: &'static str) -> i64 {
    let mut database = world.database().await;
    sqlx::query(rows).fetch_one(&mut database).await.expect("a count").get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_sent_twice_is_a_duplicate_and_tells_what_became_of_the_first() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let ada = under("c-1", child("Ada", "Example", "2017-03-04", Some("9990000018"), "ZZ1 1AA"));
    let message = school.message("child.recorded", Some("local:c1"), ada);
    let first = school.send(&message).await;
    assert_eq!(first["data"]["state"], "recorded", "{first}");
    for _ in 0..3 {
        assert_duplicate(&school.send(&message).await, "recorded");
    }
    assert_eq!(count(&world, "SELECT count(*) FROM record").await, 1);

    let wrong = under("c-2", child("Ben", "Example", "2017-03-04", Some("9990000019"), "ZZ1 1AA"));
    let message = school.message("child.recorded", Some("local:c2"), wrong);
    assert_eq!(school.send(&message).await["data"]["code"], "check-digit");
    let again = school.send(&message).await;
    assert_duplicate(&again, "rejected");
    assert_eq!(again["data"]["first"]["code"], "check-digit");
    assert_eq!(again["data"]["pointers"], Value::Null, "the first receipt told them");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_with_another_body_is_refused_and_changes_nothing() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let yot = world.agency("riverside-yot", Kind::Yot).await;
    school.knows("c1", child("Ada", "Example", "2017-03-04", None, "ZZ1 1AA")).await;
    let work = under("i-1", involvement("t1", "contributor", "Support"));
    let message = school.message("involvement.recorded", Some("local:c1"), work);
    assert_eq!(school.send(&message).await["data"]["state"], "recorded");

    for other in [
        changed(&school, &message, "/data/serviceName", json!("Another")),
        changed(&school, &message, "/data/localRef", json!("i-2")),
        changed(&school, &message, "/subject", json!("local:c2")),
    ] {
        assert_id_reused(&school.send(&other).await);
    }
    assert_eq!(count(&world, "SELECT count(*) FROM involvement WHERE service_name = 'Support'").await, 1);
    assert_eq!(count(&world, "SELECT count(*) FROM involvement").await, 1);
    // The time of sending and the like are no part of what is said.
    let later = changed(&school, &message, "/time", json!("2026-11-21T11:00:00Z"));
    assert_duplicate(&school.send(&later).await, "recorded");

    // An id is its sender's own.
    let entry = under("p-1", practitioner("y1", "Yves Orme", "yot-worker"));
    let same_id = json!({"id": message.id(), "type": "practitioner.recorded", "data": entry});
    let same_id = Outgoing::complete(yot.id.as_str(), same_id.as_object().expect("an object").clone());
    assert_eq!(yot.send(&same_id.expect("a message")).await["data"]["state"], "recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_said_again_is_a_duplicate_and_a_changed_one_is_recorded() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let yot = world.agency("riverside-yot", Kind::Yot).await;
    let entry = under("one", practitioner("t1", "Tess Archer", "teacher"));
    let message = school.message("practitioner.recorded", None, entry.clone());
    assert_eq!(school.send(&message).await["data"]["state"], "recorded");
    let again = anew(&school, &message, |_| ());
    assert_ne!(again.id(), message.id());
    assert_duplicate(&school.send(&again).await, "recorded");

    let senco = anew(&school, &message, |envelope| envelope["data"]["job"] = json!("senco"));
    assert_eq!(school.send(&senco).await["data"]["state"], "recorded", "a changed fact");
    let twice = anew(&school, &senco, |_| ());
    assert_duplicate(&school.send(&twice).await, "recorded");
    let teacher = anew(&school, &message, |_| ());
    assert_eq!(school.send(&teacher).await["data"]["state"], "recorded", "changed back");

    // A fact is (agency, type, localRef).
    let ada = under("one", child("Ada", "Example", "2017-03-04", None, "ZZ1 1AA"));
    let other_type = school.says("child.recorded", Some("local:c1"), ada).await;
    assert_eq!(other_type["data"]["state"], "recorded", "{other_type}");
    let other_agency = yot.says("practitioner.recorded", None, entry).await;
    assert_eq!(other_agency["data"]["state"], "recorded", "{other_agency}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_that_was_rejected_may_be_said_again() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let entry = under("p-1", practitioner("t1", "Tess Archer", "teacher"));
    let message = school.message("practitioner.recorded", None, entry);
    let mistaken = anew(&school, &message, |envelope| envelope["data"]["job"] = json!("wizard"));
    assert_eq!(school.send(&mistaken).await["data"]["code"], "unknown-code");
    assert_eq!(school.send(&message).await["data"]["state"], "recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lookup_sent_twice_is_decided_once() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    let by = json!({"identifiers": [{"kind": "nhs-number", "value": "9990000018"}]});
    let lookup = json!({"purpose": "assess-need", "practitioner": {"id": "t1"}, "by": by});
    let message = school.message("index.looked-up", None, lookup);
    let decisions = "SELECT count(*) FROM decision";

    let answer = school.send(&message).await;
    assert_eq!(answer["data"]["outcome"], "nothing-to-show", "{answer}");
    assert_eq!(count(&world, decisions).await, 1);
    let again = school.send(&message).await;
    assert_duplicate(&again, "recorded");
    let other = changed(&school, &message, "/data/purpose", json!("step-down"));
    assert_id_reused(&school.send(&other).await);
    assert_eq!(count(&world, decisions).await, 1, "no second decision");

    let asked_anew = anew(&school, &message, |_| ());
    assert_eq!(school.send(&asked_anew).await["data"]["outcome"], "nothing-to-show");
    assert_eq!(count(&world, decisions).await, 2, "a new question is decided anew");
}
