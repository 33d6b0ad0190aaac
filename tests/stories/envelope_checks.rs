//! What surrounds a message: who sent it, under which key, with which headers, how big, how deep.

use caf::client::{AgencyClient, Outgoing};
use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable, LongString};
use serde_json::{Value, json};
use stories::facts::{child, practitioner, under};
use stories::{Actor, Kind, World, until};

/// A notice that is good but for what a story does to it.
fn notice(agency: &Actor) -> Outgoing {
    let entry = under(&agency.new_ref("p"), practitioner("t1", "Tess Archer", "teacher"));
    agency.message("practitioner.recorded", None, entry)
}

fn key(agency: &Actor, rest: &str) -> String {
    format!("{}.{rest}", agency.id)
}

/// Sends a notice under its own key with these properties.
async fn sends_with(agency: &Actor, notice: &Outgoing, properties: BasicProperties) -> Value {
    let body = notice.body().expect("JSON");
    let key = notice.message_type().key(agency.id.as_str());
    agency.sends_raw(&key, properties, &body, notice.id()).await
}

/// Sends a notice whose envelope was changed.
async fn sends_changed(agency: &Actor, notice: &Outgoing, change: &Value) -> Value {
    let mut envelope = Value::Object(notice.envelope().clone());
    for (field, value) in change.as_object().expect("an object") {
        envelope[field] = value.clone();
    }
    let key = notice.message_type().key(agency.id.as_str());
    let body = serde_json::to_vec(&envelope).expect("JSON");
    agency.sends_raw(&key, agency.client.properties(notice), &body, notice.id()).await
}

fn assert_rejected(receipt: &Value, code: &str, at: &[&str]) {
    let data = &receipt["data"];
    assert_eq!((&data["state"], &data["code"]), (&json!("rejected"), &json!(code)), "{receipt}");
    let pointers = data["pointers"].as_array().expect("pointers");
    let told: Vec<&str> = pointers.iter().filter_map(|pointer| pointer["at"].as_str()).collect();
    assert_eq!(told, at, "{receipt}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broker_closes_the_channel_over_anothers_user_id() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let yot = world.agency("riverside-yot", Kind::Yot).await;
    for user in [yot.id.as_str(), "svc-index", "operator", ""] {
        let system = world.system_of(&school.id).await;
        let notice = notice(&school);
        let properties = system.properties(&notice).with_user_id(user.into());
        let said = tries(&system, &notice, properties, &notice.body().expect("JSON")).await;
        assert!(said.contains("PRECONDITION_FAILED - user_id"), "{user}: {said}");
        system.publish(&notice).await.expect_err("the channel is closed");
    }
    assert!(school.heard.all().is_empty(), "nothing of it was taken");
}

/// What the broker says when it does not take a message.
async fn tries(system: &AgencyClient, notice: &Outgoing, properties: BasicProperties, body: &[u8]) -> String {
    let key = notice.message_type().key(system.agency());
    let pending = system.start_as(&key, properties, body).await.expect("a channel");
    pending.confirmed().await.expect_err("it is not taken").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_must_say_who_sends_it_and_what_it_is_the_same_everywhere() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let yot = world.agency("riverside-yot", Kind::Yot).await;
    let mismatch = "sender-mismatch";

    let without_user = notice(&school);
    let nobody = BasicProperties::default()
        .with_message_id(without_user.id().into())
        .with_type(without_user.message_type().name().into());
    let receipt = sends_with(&school, &without_user, nobody).await;
    assert_rejected(&receipt, mismatch, &[""]);

    for source in [json!(yot.id), json!("svc-index"), json!(null), json!(7)] {
        let receipt = sends_changed(&school, &notice(&school), &json!({"source": source})).await;
        assert_rejected(&receipt, mismatch, &["/source"]);
    }

    let other_property = notice(&school);
    let properties = school.client.properties(&other_property).with_type("uk.caf.child.recorded.v1".into());
    assert_rejected(&sends_with(&school, &other_property, properties).await, mismatch, &["/type"]);

    let no_property = notice(&school);
    let properties = BasicProperties::default()
        .with_message_id(no_property.id().into())
        .with_user_id(school.id.as_str().into());
    assert_rejected(&sends_with(&school, &no_property, properties).await, mismatch, &["/type"]);

    let receipt = sends_changed(&school, &notice(&school), &json!({"type": null})).await;
    assert_rejected(&receipt, mismatch, &["/type"]);

    let other_key = notice(&school);
    let (properties, body) = (school.client.properties(&other_key), other_key.body().expect("JSON"));
    let receipt = school.sends_raw(&key(&school, "caf.started"), properties, &body, other_key.id()).await;
    assert_rejected(&receipt, mismatch, &["/type"]);
    assert!(yot.heard.all().is_empty(), "the others hear nothing of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_route_or_lose_a_message_behind_our_back_is_refused() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let yot = world.agency("riverside-yot", Kind::Yot).await;
    let victim = key(&yot, "practitioner.ended");

    let hasty = notice(&school);
    let properties = school.client.properties(&hasty).with_expiration("600000".into());
    assert_rejected(&sends_with(&school, &hasty, properties).await, "header-not-allowed", &[""]);

    let copied = notice(&school);
    let properties = school.client.properties(&copied).with_headers(routed("CC", &victim));
    assert_rejected(&sends_with(&school, &copied, properties).await, "header-not-allowed", &[""]);

    // The broker takes BCC off before delivery. Into the queue of its own key a message comes once.
    let same_queue = notice(&school);
    let properties = school.client.properties(&same_queue).with_headers(routed("BCC", &victim));
    assert_eq!(sends_with(&school, &same_queue, properties).await["data"]["state"], "recorded");

    // Into another queue it comes under its own key, which is not that queue's.
    let lookup = json!({"purpose": "assess-need", "practitioner": {"id": "t1"},
        "by": {"identifiers": [{"kind": "nhs-number", "value": "9990000018"}]}});
    let elsewhere = school.message("index.looked-up", None, lookup);
    let properties = school.client.properties(&elsewhere).with_headers(routed("BCC", &victim));
    sends_with(&school, &elsewhere, properties).await;
    school.hears_again(elsewhere.id(), 1).await;
    let mut answers = school.heard.answers_to(elsewhere.id());
    answers.sort_by_key(|answer| answer["type"].to_string());
    assert_eq!(answers[0]["type"], "uk.caf.index.answered.v1", "{answers:?}");
    assert_rejected(&answers[1], "header-not-allowed", &[""]);
    assert!(yot.heard.all().is_empty(), "nothing was said in the other's name");
}

fn routed(header: &str, key: &str) -> FieldTable {
    let keys = AMQPValue::FieldArray(vec![AMQPValue::LongString(LongString::from(key))].into());
    let mut headers = FieldTable::default();
    headers.insert(header.into(), keys);
    headers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_expired_while_the_index_was_away_is_answered_too() {
    let mut world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    world.index.stop().await;
    // One that a service waits for, and one of a type that nobody knows.
    let hasty = [notice(&school), school.message("pupil.expelled", None, json!({}))];
    for (message, kind) in hasty.iter().zip(["practitioner.recorded", "pupil.expelled"]) {
        let properties = school.client.properties(message).with_expiration("1".into());
        let body = message.body().expect("JSON");
        let pending = school.client.start_as(&key(&school, kind), properties, &body).await;
        pending.expect("a channel").confirmed().await.expect("the broker takes it");
    }
    until("the broker gave them up", async || {
        let queue = world.management().queue("index.set-aside").await.expect("the broker answers");
        (queue.expect("the queue").messages == 2).then_some(())
    })
    .await;
    world.index.start_again();
    world.index.ready().await;
    for message in &hasty {
        let receipt = school.hears_again(message.id(), 0).await;
        assert_rejected(&receipt, "header-not-allowed", &[""]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_that_nobody_takes_is_answered() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let unheard_of = ["pupil.expelled", "caf.started-again", "caf-form.sent"];
    let not_for_agencies = ["receipt.issued", "index.answered"];
    for kind in unheard_of.into_iter().chain(not_for_agencies) {
        let receipt = school.says(kind, None, json!({"anything": true})).await;
        assert_rejected(&receipt, "unknown-type", &["/type"]);
    }
    let later_version = school.message("practitioner.recorded.v2", None, json!({"anything": true}));
    assert_rejected(&school.send(&later_version).await, "unknown-type", &["/type"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_at_most_256_kib_big_and_32_levels_deep() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let ada = || under(&school.new_ref("c"), child("Ada", "Example", "2017-03-04", None, "ZZ1 1AA"));

    for (padding, code) in [(256 * 1024, "bad-form"), (256 * 1024 + 1, "too-big")] {
        let message = school.message("child.recorded", Some("local:c1"), ada());
        let mut body = message.body().expect("JSON");
        // White space at the end is JSON still; the letter at the end is not.
        body.resize(padding - 1, b' ');
        body.push(b'x');
        let properties = school.client.properties(&message);
        let receipt =
            school.sends_raw(&key(&school, "child.recorded"), properties, &body, message.id()).await;
        assert_rejected(&receipt, code, &[""]);
    }
    let huge = notice(&school);
    let system = world.system_of(&school.id).await;
    let said = tries(&system, &huge, system.properties(&huge), &vec![b' '; 1024 * 1024 + 1]).await;
    assert!(said.contains("PRECONDITION_FAILED - message size"), "the broker itself takes 1 MiB: {said}");

    for (levels, code) in [(30, "bad-form"), (31, "too-deep"), (100_000, "too-deep")] {
        let message = school.message("child.recorded", Some("local:c1"), json!({}));
        let body = String::from_utf8(message.body().expect("JSON")).expect("UTF-8");
        // The message itself is a level, `data` another.
        let nested = format!(r#""data":{{"names":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
        let body = body.replace(r#""data":{}"#, &nested);
        let properties = school.client.properties(&message);
        let key = key(&school, "child.recorded");
        let receipt = school.sends_raw(&key, properties, body.as_bytes(), message.id()).await;
        assert_eq!(receipt["data"]["code"], code, "{levels} levels");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_an_id_is_answered_by_its_amqp_id_or_by_its_time() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let (kind, user) = ("uk.caf.practitioner.recorded.v1", school.id.as_str());
    let properties = || BasicProperties::default().with_type(kind.into()).with_user_id(user.into());
    let body = serde_json::to_vec(&json!({"source": user, "type": kind})).expect("JSON");
    let key = key(&school, "practitioner.recorded");

    let named = properties().with_message_id("sims:4711/2".into());
    let receipt = school.sends_raw(&key, named, &body, "sims:4711/2").await;
    assert_rejected(&receipt, "bad-form", &["/id"]);

    let heard = school.heard.all().len();
    for unusable in [None, Some("with a blank"), Some("delivered:2026-11-21T10:00:00Z"), Some("é")] {
        let properties = match unusable {
            Some(id) => properties().with_message_id(id.into()),
            None => properties(),
        };
        let pending = school.client.start_as(&key, properties, &body).await.expect("a channel");
        pending.confirmed().await.expect("the broker takes it");
    }
    let receipts = until("four more receipts", async || {
        let all = school.heard.all().split_off(heard);
        (all.len() == 4).then_some(all)
    })
    .await;
    for receipt in &receipts {
        assert_rejected(receipt, "bad-form", &["/id"]);
        let of = receipt["data"]["of"].as_str().expect("a text");
        let at = of.strip_prefix("delivered:2026-11-21T").expect(of);
        assert!(
            at.starts_with("10:0") && at.ends_with('Z') && of != "delivered:2026-11-21T10:00:00Z",
            "{of}"
        );
    }
}
