//! Many messages that are set aside have few causes: a person ends them by cause, and each ends in a
//! final receipt all the same (G8).

use caf::client::Outgoing;
use serde_json::{Value, json};
use stories::facts::{caf, child, involvement, nhs_number, under};
use stories::trouble::REFUSED_BY_A_RULE;
use stories::{Actor, Kind, World, until};

/// More than are asked for at a time.
const MANY: usize = 130;

async fn knows_ada(agency: &Actor) {
    agency.knows("c1", child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA")).await;
}

/// The `n`th statement about one CAF that the database will not take.
fn guilty(agency: &Actor, n: usize) -> Outgoing {
    let mut started = under("bad", caf(&format!("{}/bad", agency.id), "t1"));
    started["intentionRef"] = json!(format!("n-{n}"));
    agency.message("caf.started", Some("local:c1"), started)
}

async fn hold(agency: &Actor, messages: &[Outgoing]) {
    for receipt in agency.send_at_once(messages).await {
        assert_eq!(receipt["data"]["state"], "held", "{receipt}");
    }
}

/// How each ended; a receipt may come twice.
async fn final_states(agency: &Actor, messages: &[Outgoing]) -> Vec<Value> {
    let mut states = Vec::new();
    for message in messages {
        let last = until("a final receipt", async || {
            let told = agency.heard.answers_to(message.id()).into_iter();
            told.map(|receipt| receipt["data"]["state"].clone()).find(|state| state != "held")
        });
        states.push(last.await);
    }
    states
}

fn shown(world: &World) -> Vec<Value> {
    let groups = world.runs(&["set-aside", "groups", "--json"]).json();
    let short = |group: &Value| json!([group["messages"], group["reason"], group["type"], group["agency"]]);
    groups.as_array().expect("a list").iter().map(short).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_set_aside_is_ended_by_cause_and_each_sender_hears_of_it() {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    knows_ada(&school).await;
    knows_ada(&health).await;
    world.database_refuses("caf", "bad", REFUSED_BY_A_RULE).await;
    world.database_refuses("involvement", "bad", REFUSED_BY_A_RULE).await;
    let of_school: Vec<Outgoing> = (0..MANY).map(|n| guilty(&school, n)).collect();
    let of_health: Vec<Outgoing> = (0..2).map(|n| guilty(&health, n)).collect();
    let work = under("bad", involvement("t1", "team-member", "Support"));
    let work = [school.message("involvement.recorded", Some("local:c1"), work)];
    hold(&school, &of_school).await;
    hold(&health, &of_health).await;
    hold(&school, &work).await;
    let [started, worked] = ["uk.caf.caf.started.v1", "uk.caf.involvement.recorded.v1"];
    let expected = [
        json!([MANY, "data-error", started, school.id]),
        json!([2, "data-error", started, health.id]),
        json!([1, "data-error", worked, school.id]),
    ]
    .map(|group| {
        serde_json::from_str::<Value>(&group.to_string().replace(&format!("-{}", world.name()), ""))
    });
    assert_eq!(shown(&world), expected.map(|group| group.expect("JSON")));

    let ran = world.runs(&["set-aside", "discard", "--type", "caf.started", "--agency", "health@"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "2 discarded, 0 still set aside.\n"), "{ran:?}");
    assert_eq!(final_states(&health, &of_health).await, ["rejected", "rejected"]);

    // One cause is gone, the other not: all are tried, once each.
    world.database_relents("caf").await;
    let ran = world.runs(&["set-aside", "replay", "--reason", "data-error"]);
    let told = format!("{MANY} replayed, 1 still set aside.\n");
    assert_eq!((ran.code, ran.out), (1, told));
    assert!(ran.err.contains("messages"), "how far it is: {}", ran.err);
    assert_eq!(final_states(&school, &of_school).await, vec![json!("recorded"); MANY]);
    assert_eq!(shown(&world).len(), 1);

    world.database_relents("involvement").await;
    let ran = world.runs(&["set-aside", "replay", "--all", "--json"]);
    assert_eq!((ran.code, ran.json()), (0, json!({"replayed": 1, "left": 0})));
    assert_eq!(final_states(&school, &work).await, ["recorded"]);
    let ran = world.runs(&["set-aside", "replay", "--reason", "data-error"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "0 replayed, 0 still set aside.\n"));
    assert_eq!(world.runs(&["set-aside", "replay"]).code, 2, "which?");
    assert_eq!(world.runs(&["set-aside", "replay", "--all", "--reason", "data-error"]).code, 2, "which?");
}
