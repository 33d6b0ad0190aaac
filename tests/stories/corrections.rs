//! Corrections: what an agency's record says follows what is right, whatever comes first (G7).

use caf::client::Outgoing;
use serde_json::{Value, json};
use stories::facts::{by_name, child, nhs_number, under};
use stories::{Actor, Kind, World};

use crate::order::orders;

const BORN: &str = "2017-03-04";
const HOME: &str = "ZZ1 1AA";

struct Cast {
    school: Actor,
    health: Actor,
    world: World,
}

async fn cast() -> Cast {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;
    Cast { school, health, world }
}

fn correction(local_ref: &str, on: &str, path: &str, value: &Value) -> Value {
    json!({"path": path, "value": value, "happenedOn": on, "localRef": local_ref})
}

fn number(n: u32) -> Value {
    json!([{"kind": "nhs-number", "value": nhs_number(n)}])
}

fn names(family: &str) -> Value {
    json!({"given": ["Ada"], "family": family})
}

impl Cast {
    async fn corrects(&self, local: &str, correction: Value) {
        self.school.records("child.corrected", Some(&format!("local:{local}")), correction).await;
    }

    async fn finds(&self, by: Value, outcome: &str) {
        let answer = self.health.looks_up("hv1", by.clone()).await;
        assert_eq!(answer["data"]["outcome"], outcome, "{by}: {answer}");
    }

    async fn finds_number(&self, n: u32, outcome: &str) {
        self.finds(json!({"identifiers": number(n)}), outcome).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_is_found_by_what_is_right_and_no_longer_by_what_was_wrong() {
    let cast = cast().await;
    cast.school.knows("c1", child("Ada", "Exmaple", BORN, Some(&nhs_number(1)), HOME)).await;
    cast.finds_number(1, "match").await;

    cast.corrects("c1", correction("k1", "2026-09-10", "/identifiers", &number(2))).await;
    cast.finds_number(1, "nothing-to-show").await;
    cast.finds_number(2, "match").await;

    cast.finds(by_name("Ada", "Exmaple", BORN, HOME), "match").await;
    cast.corrects("c1", correction("k2", "2026-09-10", "/names", &names("Example"))).await;
    cast.finds(by_name("Ada", "Exmaple", BORN, HOME), "nothing-to-show").await;
    cast.finds(by_name("Ada", "Example", BORN, HOME), "match").await;

    // The same fact about another child: this one's number was right after all.
    cast.school.knows("c2", child("Bea", "Example", BORN, None, HOME)).await;
    cast.corrects("c2", correction("k1", "2026-09-11", "/identifiers", &number(3))).await;
    cast.finds_number(1, "match").await;
    cast.finds_number(2, "nothing-to-show").await;
    cast.finds_number(3, "match").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn children_link_by_what_is_right() {
    let cast = cast().await;
    cast.school.knows("c1", child("Ada", "Example", BORN, Some(&nhs_number(1)), HOME)).await;
    cast.school.works_with("c1", "t1", "team-member").await;
    cast.health.knows("h1", child("Ada", "Example", "2017-03-05", Some(&nhs_number(1)), HOME)).await;
    let answer = cast.health.looks_up_own("hv1", "local:h1").await;
    assert_eq!(answer["data"]["contacts"], json!([]), "two birth dates, two children: {answer}");

    let born = json!({"date": BORN, "precision": "exact"});
    let right = correction("k1", "2026-09-10", "/birth", &born);
    cast.health.records("child.corrected", Some("local:h1"), right).await;
    let answer = cast.health.looks_up_own("hv1", "local:h1").await;
    assert_eq!(answer["data"]["contacts"][0]["name"], "Tess Archer", "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_of_a_known_authority_and_waits_for_its_child() {
    let cast = cast().await;
    let nowhere = correction("k1", "2026-09-10", "/authority", &json!("nowhere"));
    let receipt = cast.school.says("child.corrected", Some("local:c1"), nowhere).await;
    assert_eq!(receipt["data"]["code"], "unknown-code", "{receipt}");
    assert_eq!(receipt["data"]["pointers"][0]["at"], "/data/value");

    cast.corrects("c1", correction("k1", "2026-09-10", "/identifiers", &number(2))).await;
    cast.finds_number(2, "nothing-to-show").await;
    cast.school.knows("c1", child("Ada", "Example", BORN, Some(&nhs_number(1)), HOME)).await;
    cast.finds_number(1, "nothing-to-show").await;
    cast.finds_number(2, "match").await;
    // What is recorded later says all anew.
    let mut later = child("Ada", "Example", BORN, Some(&nhs_number(3)), HOME);
    later["happenedOn"] = json!("2026-09-11");
    cast.school.knows("c1", later).await;
    cast.finds_number(2, "nothing-to-show").await;
    cast.finds_number(3, "match").await;
}

/// What is said of the `n`th child, in the order in which it happened: the first record, a correction
/// that the second record overtakes, that record, a correction, and its later version, of another field.
fn said(school: &Actor, n: usize) -> [Outgoing; 5] {
    let of = |kind: &str, data| school.message(kind, Some(&format!("local:c{n}")), data);
    let nobodys = nhs_number(100_000);
    let recorded = |family: &str, on: &str, number: &str| {
        let mut data = child("Ada", family, "2017-03-05", Some(number), HOME);
        data["happenedOn"] = json!(on);
        data["birth"]["date"] = json!(if on == "2026-09-08" { BORN } else { "2017-03-05" });
        under(&format!("r-{n}-{on}"), data)
    };
    let right = nhs_number(u32::try_from(n).expect("few children"));
    let wrong = json!([{"kind": "nhs-number", "value": nobodys}]);
    let overtaken = json!({"date": "2016-01-01", "precision": "exact"});
    let family = format!("Example{n}");
    [
        of("child.recorded", recorded("Wrong", "2026-09-01", &nobodys)),
        of("child.corrected", correction(&format!("b-{n}"), "2026-09-05", "/birth", &overtaken)),
        of("child.recorded", recorded("Wrong", "2026-09-08", &right)),
        of("child.corrected", correction(&format!("k-{n}"), "2026-09-10", "/identifiers", &wrong)),
        of("child.corrected", correction(&format!("k-{n}"), "2026-09-20", "/names", &names(&family))),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_records_and_corrections_ends_in_one_record() {
    let cast = cast().await;
    // Beside another process, so that two transactions meet at one child.
    let _another = cast.world.another_index().await;
    let orders = orders(5);
    assert_eq!(orders.len(), 120);
    let taken = |receipts: &[Value]| {
        for receipt in receipts {
            let state = receipt["data"]["state"].as_str();
            assert!(matches!(state, Some("recorded" | "duplicate")), "{receipt}");
        }
    };
    let children: Vec<[Outgoing; 5]> = (0..240).map(|n| said(&cast.school, n)).collect();
    let (one_by_one, at_once) = children.split_at(orders.len());
    for round in 0..5 {
        let said = one_by_one.iter().zip(&orders).map(|(said, order)| said[order[round]].clone());
        taken(&cast.school.send_at_once(&said.collect::<Vec<_>>()).await);
    }
    // The same facts under other ids, and then the same messages again.
    let thrice = at_once.iter().zip(&orders).enumerate().flat_map(|(n, (first, order))| {
        let again = said(&cast.school, orders.len() + n);
        [first, &again, first].map(|said| order.iter().map(|at| said[*at].clone()).collect::<Vec<_>>())
    });
    taken(&cast.school.send_at_once(&thrice.collect::<Vec<_>>().concat()).await);

    let lookup = |by: Value| {
        let data = json!({"purpose": "assess-need", "practitioner": {"id": "hv1"}, "by": by});
        cast.health.message("index.looked-up", None, data)
    };
    let by_what_is_right = (0..240).flat_map(|n| {
        [json!({"identifiers": number(n)}), by_name("Ada", &format!("Example{n}"), BORN, HOME)].map(lookup)
    });
    for answer in cast.health.send_at_once(&by_what_is_right.collect::<Vec<_>>()).await {
        assert_eq!(answer["data"]["outcome"], "match", "{answer}");
    }
    cast.finds_number(100_000, "nothing-to-show").await;
    for (born, family) in [(BORN, "Wrong"), ("2017-03-05", "Wrong"), ("2016-01-01", "Wrong")] {
        cast.finds(by_name("Ada", family, born, HOME), "nothing-to-show").await;
    }
    let mut database = cast.world.database().await;
    let keys = sqlx::query_scalar("SELECT count(*) FROM record_key");
    let keys: i64 = keys.fetch_one(&mut database).await.expect("the database answers");
    assert_eq!(keys, 240, "no key of what was wrong is left");
}
