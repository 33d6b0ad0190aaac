//! Restrictions for safety are lifted by nothing but `restriction.lifted`, on the agency's own record
//! alone (D-I6).

use caf::client::Outgoing;
use serde_json::{Value, json};
use stories::facts::{child, nhs_number, restriction, under};
use stories::{Actor, Kind, World};

use crate::order::orders;

struct Cast {
    school: Actor,
    social: Actor,
    police: Actor,
    health: Actor,
    world: World,
}

async fn cast() -> Cast {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let social = world.agency("social", Kind::SocialCare).await;
    let police = world.agency("police", Kind::Police).await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;
    Cast { school, social, police, health, world }
}

fn ada() -> Value {
    child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA")
}

fn lifted(level: &str, on: &str) -> Value {
    let mut data = json!({"level": level, "happenedOn": on});
    if level == "address" {
        data["reason"] = json!("stalking");
        data["reviewOn"] = json!("2027-03-01");
    }
    data
}

impl Cast {
    async fn restricts(&self, agency: &Actor, on: &str) {
        agency.knows("x1", ada()).await;
        let mut set = restriction("whole-record");
        set["happenedOn"] = json!(on);
        agency.records("restriction.set", Some("local:x1"), under(&agency.new_ref("r"), set)).await;
    }

    async fn lifts(&self, agency: &Actor, level: &str, on: &str) {
        let lifted = under(&agency.new_ref("l"), lifted(level, on));
        agency.records("restriction.lifted", Some("local:x1"), lifted).await;
    }

    async fn health_is_shown(&self, outcome: &str) {
        let answer = self.health.asks_for("hv1", &nhs_number(1)).await;
        assert_eq!(answer["data"]["outcome"], outcome, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restriction_ends_when_whoever_set_it_lifts_it() {
    let cast = cast().await;
    cast.school.knows("c1", ada()).await;
    cast.restricts(&cast.social, "2026-10-05").await;
    cast.health_is_shown("nothing-to-show").await;
    // Before it was set, and on the very day: it holds.
    cast.lifts(&cast.social, "none", "2026-10-04").await;
    cast.lifts(&cast.social, "none", "2026-10-05").await;
    cast.health_is_shown("nothing-to-show").await;
    // Less is not nothing.
    cast.lifts(&cast.social, "address", "2026-10-06").await;
    cast.health_is_shown("nothing-to-show").await;
    cast.lifts(&cast.social, "none", "2026-10-07").await;
    cast.health_is_shown("match").await;
    // Until it is set again.
    cast.restricts(&cast.social, "2026-10-08").await;
    cast.health_is_shown("nothing-to-show").await;
    for actor in [&cast.school, &cast.social, &cast.health] {
        assert!(actor.heard.all().iter().all(|heard| !heard.to_string().contains("stalking")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_agency_restricts_stays_restricted() {
    let cast = cast().await;
    cast.school.knows("c1", ada()).await;
    cast.restricts(&cast.social, "2026-10-05").await;
    cast.restricts(&cast.police, "2026-10-05").await;
    cast.lifts(&cast.social, "none", "2026-10-10").await;
    cast.health_is_shown("nothing-to-show").await;
    cast.lifts(&cast.police, "none", "2026-10-10").await;
    cast.health_is_shown("match").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_lifts_nothing() {
    let cast = cast().await;
    cast.school.knows("x1", ada()).await;
    let lifted = under("l1", lifted("none", "2026-10-10"));
    let receipt = cast.school.says("restriction.lifted", Some("local:x1"), lifted).await;
    assert_eq!(receipt["data"]["code"], "not-yours", "{receipt}");
    assert_eq!(receipt["data"]["pointers"][0]["at"], "/data/level");
}

/// What is said of the `n`th child: a restricted record, a restriction, what lifts both in two versions,
/// and a later record that says of no restriction. Every other child is lifted too early.
fn said(social: &Actor, n: usize) -> [Outgoing; 5] {
    let of = |kind: &str, at: usize, data| {
        social.message(kind, Some(&format!("local:c{n}")), under(&format!("r-{n}-{at}"), data))
    };
    let mut first = ada();
    first["restricted"] = json!("whole-record");
    let mut later = ada();
    later["happenedOn"] = json!("2026-11-01");
    let last = if n.is_multiple_of(2) { "2026-10-12" } else { "2026-10-05" };
    let earlier = if n.is_multiple_of(2) { "2026-10-10" } else { "2026-10-04" };
    [
        of("child.recorded", 0, first),
        of("restriction.set", 1, restriction("address")),
        of("restriction.lifted", 2, lifted("address", earlier)),
        of("restriction.lifted", 2, lifted("none", last)),
        of("child.recorded", 3, later),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_raising_and_lifting_ends_in_one_level() {
    let cast = cast().await;
    // Beside another process, so that two transactions meet at one record.
    let _another = cast.world.another_index().await;
    let orders = orders(5);
    let twice = orders.iter().flat_map(|order| [order, order]).enumerate();
    let children: Vec<Vec<Outgoing>> = twice
        .map(|(n, order)| {
            let said = said(&cast.social, n);
            order.iter().map(|at| said[*at].clone()).collect()
        })
        .collect();
    let (one_by_one, at_once) = children.split_at(120);
    for round in 0..5 {
        let said: Vec<Outgoing> = one_by_one.iter().map(|said| said[round].clone()).collect();
        cast.social.send_at_once(&said).await;
    }
    cast.social.send_at_once(&at_once.concat()).await;

    let mut database = cast.world.database().await;
    let levels = "SELECT right(local_id, 1)::int % 2 AS early, restriction, count(*)
                  FROM record GROUP BY 1, 2 ORDER BY 1";
    let levels: Vec<(i32, i16, i64)> =
        sqlx::query_as(levels).fetch_all(&mut database).await.expect("the database answers");
    assert_eq!(levels, [(0, 0, 120), (1, 1, 120)], "lifted; lifted to nothing before the address was");
}
