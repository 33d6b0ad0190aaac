//! Who may ask and who may say what: a query needs a purpose and an active practitioner, and
//! leaves one decision behind whatever comes of it (D-I5, D-S7, G3).

use serde_json::{Value, json};
use sqlx::Row;
use stories::facts::{caf, child, nhs_number, practitioner, restriction, under};
use stories::{Actor, Kind, World};

async fn asks_as(actor: &Actor, practitioner: &str) -> (String, Value) {
    let by = json!({"identifiers": [{"kind": "nhs-number", "value": nhs_number(1)}]});
    let data = json!({"purpose": "assess-need", "practitioner": {"id": practitioner}, "by": by});
    let question = actor.message("index.looked-up", None, data);
    let answer = actor.send(&question).await;
    (question.id().to_owned(), answer)
}

/// A decision as the database keeps it.
#[derive(Debug, PartialEq, Eq)]
struct Decision {
    outcome: String,
    reason: String,
    rules_version: String,
    rules: Vec<String>,
    about: i64,
}

async fn decisions_on(world: &World, query: &str) -> Vec<Decision> {
    let mut database = world.database().await;
    let rows = sqlx::query(
        "SELECT outcome, reason, rules_version, rules,
                (SELECT count(*) FROM decision_record r WHERE r.decision_id = d.decision_id) AS about
         FROM decision d WHERE query_id::text = $1",
    )
    .bind(query)
    .fetch_all(&mut database)
    .await
    .expect("the database answers");
    let decision = |row: &sqlx::postgres::PgRow| Decision {
        outcome: row.get("outcome"),
        reason: row.get("reason"),
        rules_version: row.get("rules_version"),
        rules: row.get("rules"),
        about: row.get("about"),
    };
    rows.iter().map(decision).collect()
}

async fn decided(world: &World, query: &str, outcome: &str, reason: &str, about: i64) {
    let decisions = decisions_on(world, query).await;
    let [decision] = decisions.as_slice() else {
        panic!("not one decision: {decisions:?}");
    };
    assert_eq!((decision.outcome.as_str(), decision.reason.as_str()), (outcome, reason));
    assert_eq!(decision.about, about, "{decision:?}");
    assert!(!decision.rules_version.is_empty() && !decision.rules.is_empty(), "{decision:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_active_practitioner_of_the_asking_agency_may_ask() {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    school.knows("c1", child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA")).await;
    health.vouches_for("left", "Hana Visram", "health-visitor").await;
    let left = json!({"practitionerId": "left", "endedOn": "2026-11-01", "localRef": "left-1"});
    health.records("practitioner.ended", None, left).await;
    for (id, state) in [("away", "on-leave"), ("stopped", "suspended")] {
        let mut entry = practitioner(id, "Hal Moss", "health-visitor");
        entry["state"] = json!(state);
        if state == "on-leave" {
            entry["deputy"] = json!("hv1");
        }
        health.records("practitioner.recorded", None, under(id, entry)).await;
    }

    for nobody in ["never-seen", "left", "away", "stopped", "t1"] {
        let (question, receipt) = asks_as(&health, nobody).await;
        assert_eq!(receipt["data"]["state"], "rejected", "{nobody}: {receipt}");
        assert_eq!(receipt["data"]["code"], "unknown-practitioner", "{nobody}");
        decided(&world, &question, "not-shown", "unknown-practitioner", 0).await;
    }
    // Recorded anew after the ending, the practitioner is back.
    let mut back = practitioner("left", "Hana Visram", "health-visitor");
    back["happenedOn"] = json!("2026-11-10");
    health.records("practitioner.recorded", None, under("left-2", back)).await;
    let (question, answer) = asks_as(&health, "left").await;
    assert_eq!(answer["data"]["outcome"], "match", "{answer}");
    decided(&world, &question, "shown", "match", 1).await;
}

/// Systems say the hour of an entry and often only the day of an ending (D-A2).
#[tokio::test(flavor = "multi_thread")]
async fn who_left_on_the_day_of_the_entry_asks_no_more() {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let mut entry = under("p-1", practitioner("t1", "Tess Archer", "teacher"));
    entry["happenedOn"] = json!("2026-11-21T09:00:00Z");
    school.records("practitioner.recorded", None, entry).await;
    let (asked, answer) = asks_as(&school, "t1").await;
    assert_eq!(answer["data"]["outcome"], "nothing-to-show", "{asked}: {answer}");
    let left = json!({"practitionerId": "t1", "endedOn": "2026-11-21", "localRef": "left-1"});
    school.records("practitioner.ended", None, left).await;
    let (_, refused) = asks_as(&school, "t1").await;
    assert_eq!(refused["data"]["code"], "unknown-practitioner", "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_lookup_leaves_one_decision_with_its_reason() {
    let world = World::start().await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    let school = world.agency("school", Kind::School).await;
    let social = world.agency("social", Kind::SocialCare).await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;

    let (unknown, _) = asks_as(&health, "hv1").await;
    decided(&world, &unknown, "not-shown", "no-record", 0).await;
    let ada = || child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA");
    school.knows("c1", ada()).await;
    let (known, answer) = asks_as(&health, "hv1").await;
    decided(&world, &known, "shown", "match", 1).await;

    // The same question again under its own id is the same question; under a new one, a new one.
    let by = json!({"identifiers": [{"kind": "nhs-number", "value": nhs_number(1)}]});
    let data = json!({"purpose": "assess-need", "practitioner": {"id": "hv1"}, "by": by});
    let question = health.message("index.looked-up", None, data);
    let first = health.send(&question).await;
    let second = health.send(&question).await;
    assert_eq!(first["data"]["childRef"], answer["data"]["childRef"]);
    assert_eq!(second["data"]["state"], "duplicate", "{second}");
    decided(&world, question.id(), "shown", "match", 1).await;

    social.knows("s1", ada()).await;
    let set = under("r1", restriction("whole-record"));
    social.records("restriction.set", Some("local:s1"), set).await;
    let (hidden, _) = asks_as(&health, "hv1").await;
    let decisions = decisions_on(&world, &hidden).await;
    assert_eq!(decisions.len(), 1);
    assert_eq!(decisions[0].reason, "restricted");
    assert!(decisions[0].about >= 2, "an audit can tell who asked about a restricted child");

    let nobodys = "child:019ab5d0-1c00-7000-8000-00000000dead";
    let data = json!({"purpose": "assess-need", "practitioner": {"id": "hv1"}});
    let foreign = health.message("index.looked-up", Some(nobodys), data);
    assert_eq!(health.send(&foreign).await["data"]["code"], "unknown-reference");
    decided(&world, foreign.id(), "not-shown", "unknown-reference", 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_purpose_nothing_is_answered() {
    let world = World::start().await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;
    let by = json!({"identifiers": [{"kind": "nhs-number", "value": nhs_number(1)}]});
    let without = json!({"practitioner": {"id": "hv1"}, "by": by});
    let mut idle = without.clone();
    idle["purpose"] = json!("curiosity");
    for (data, code) in [(without, "bad-form"), (idle, "unknown-code")] {
        let receipt = health.says("index.looked-up", None, data).await;
        assert_eq!(receipt["data"]["state"], "rejected", "{receipt}");
        assert_eq!(receipt["data"]["code"], code, "{receipt}");
        assert!(receipt["data"]["pointers"][0]["at"].is_string(), "{receipt}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_says_what_is_not_theirs_to_say() {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let housing = world.agency("housing", Kind::Housing).await;
    let ada = || child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA");
    school.knows("c1", ada()).await;

    let mut shielded = ada();
    shielded["restricted"] = json!("address");
    let of_another = caf(&format!("{}/f1", housing.id), "t1");
    let attempts = [
        ("restriction.set", under("r1", restriction("whole-record"))),
        ("child.recorded", under("c1-2", shielded)),
        ("caf.started", under("f1", of_another)),
    ];
    for (kind, data) in attempts {
        let receipt = school.says(kind, Some("local:c1"), data).await;
        assert_eq!(receipt["data"]["state"], "rejected", "{kind}: {receipt}");
        assert_eq!(receipt["data"]["code"], "not-yours", "{kind}: {receipt}");
    }
    // Nothing of it took effect.
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    housing.vouches_for("h1", "Huw Cole", "housing-officer").await;
    let answer = housing.asks_for("h1", &nhs_number(1)).await;
    assert_eq!(answer["data"]["outcome"], "match", "{answer}");
    assert_eq!(answer["data"]["cafMark"], "none-shown");
}
