//! Any order, one state (G7): whatever comes first, last or at once, the same lookup gets the same
//! answer in the end.

use caf::client::Outgoing;
use futures::future::join_all;
use serde_json::{Value, json};
use stories::facts::{by_name, caf, child, involvement, nhs_number, practitioner, under};
use stories::{Actor, Kind, World};

/// What is said of one child and of the practitioner who works with it.
const ONGOING: [&str; 4] = ["practitioner.recorded", "child.recorded", "involvement.recorded", "caf.started"];
const ENDED: [&str; 6] = [
    "practitioner.recorded",
    "child.recorded",
    "involvement.recorded",
    "caf.started",
    "involvement.ended",
    "practitioner.ended",
];

/// Every order of so many things.
pub(crate) fn orders(count: usize) -> Vec<Vec<usize>> {
    let Some(last) = count.checked_sub(1) else {
        return vec![Vec::new()];
    };
    let shorter = orders(last);
    let with_last = |order: &Vec<usize>, at| {
        let mut order = order.clone();
        order.insert(at, last);
        order
    };
    let places = |order| (0..count).map(move |at| with_last(order, at));
    shorter.iter().flat_map(places).collect()
}

/// The statement about the `n`th child. Each has a child and a practitioner of its own, so that
/// nothing of one meets another.
fn statement(school: &Actor, kind: &str, n: usize) -> Outgoing {
    let (who, subject) = (format!("t{n}"), format!("local:c{n}"));
    let (subject, data) = match kind {
        "practitioner.recorded" => (None, practitioner(&who, "Tess Archer", "teacher")),
        "practitioner.ended" => (None, json!({"practitionerId": who, "endedOn": "2026-11-02"})),
        "child.recorded" => (Some(subject), ada(n)),
        "involvement.recorded" => (Some(subject), involvement(&who, "lead-professional", "Year 5")),
        "involvement.ended" => {
            // Ended on the day on which it began: of one day the ending holds.
            let ended = json!({"involvementRef": format!("r-{n}-2"), "endedOn": "2026-09-02", "endedReason": "moved"});
            (Some(subject), ended)
        }
        "caf.started" => (Some(subject), caf(&format!("{}/f-{n}", school.id), &who)),
        other => panic!("no story tells of {other}"),
    };
    let at = ENDED.iter().position(|known| *known == kind).expect("one of them");
    school.message(kind, subject.as_deref(), under(&format!("r-{n}-{at}"), data))
}

fn ada(n: usize) -> Value {
    child("Ada", &format!("Example{n}"), "2017-03-04", Some(&number(n)), "ZZ1 1AA")
}

fn number(n: usize) -> String {
    nhs_number(u32::try_from(n).expect("few children"))
}

/// Everything of an answer but the ids of question and child.
fn without_ids(answer: &Value) -> Value {
    let mut data = answer["data"].clone();
    let fields = data.as_object_mut().expect("an answer");
    fields.remove("query");
    fields.remove("childRef");
    data
}

/// The answers to one question about each child.
async fn answers(health: &Actor, children: std::ops::Range<usize>) -> Vec<Value> {
    let question = |n| {
        let by = json!({"identifiers": [{"kind": "nhs-number", "value": number(n)}]});
        let data = json!({"purpose": "assess-need", "practitioner": {"id": "hv1"}, "by": by});
        health.message("index.looked-up", None, data)
    };
    let questions: Vec<Outgoing> = children.map(question).collect();
    health.send_at_once(&questions).await
}

/// Sends a first, then a second … statement about every child, each after the receipts of the last.
async fn one_by_one(school: &Actor, kinds: &[&str], first_child: usize, orders: &[Vec<usize>]) {
    for round in 0..kinds.len() {
        let said = |(n, order): (usize, &Vec<usize>)| statement(school, kinds[order[round]], first_child + n);
        let round: Vec<Outgoing> = orders.iter().enumerate().map(said).collect();
        expect_recorded(&school.send_at_once(&round).await);
    }
}

/// Sends everything about every child without waiting for anything.
async fn at_once(school: &Actor, kinds: &[&str], first_child: usize, orders: &[Vec<usize>]) {
    let about = |(n, order): (usize, &Vec<usize>)| -> Vec<Outgoing> {
        order.iter().map(|at| statement(school, kinds[*at], first_child + n)).collect()
    };
    let all: Vec<Outgoing> = orders.iter().enumerate().flat_map(about).collect();
    expect_recorded(&school.send_at_once(&all).await);
}

fn expect_recorded(receipts: &[Value]) {
    for receipt in receipts {
        assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");
    }
}

fn expect_one_answer(answers: &[Value]) -> Value {
    let one = without_ids(&answers[0]);
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(without_ids(answer), one, "the child with the order {n}");
    }
    one
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_what_is_said_ends_in_one_answer() {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;

    let orders = orders(ONGOING.len());
    assert_eq!(orders.len(), 24);
    one_by_one(&school, &ONGOING, 0, &orders).await;
    at_once(&school, &ONGOING, 24, &orders).await;

    let answer = expect_one_answer(&answers(&health, 0..48).await);
    assert_eq!(answer["outcome"], "match");
    assert_eq!(answer["cafMark"], "open");
    assert_eq!(answer["contacts"].as_array().map(Vec::len), Some(1), "{answer}");
    assert_eq!(answer["contacts"][0]["name"], "Tess Archer");
    assert_eq!(answer["contacts"][0]["lead"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_with_endings_ends_in_one_answer() {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;

    let orders = orders(ENDED.len());
    assert_eq!(orders.len(), 720);
    one_by_one(&school, &ENDED, 0, &orders).await;
    at_once(&school, &ENDED, 720, &orders).await;

    let answer = expect_one_answer(&answers(&health, 0..1440).await);
    assert_eq!(answer["outcome"], "match");
    assert_eq!(answer["contacts"], json!([]), "the work has ended");
    assert_eq!(answer["cafMark"], "open");
    assert_eq!(answer["cafContact"].get("name"), None, "the assessor has left: {answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_versions_of_a_fact_the_later_one_holds_in_either_order() {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;

    for (n, order) in [[0, 1], [1, 0]].into_iter().enumerate() {
        let (local, who) = (format!("c{n}"), format!("t{n}"));
        school.knows(&local, ada(n)).await;
        school.works_with(&local, &who, "team-member").await;
        let versions = [("Tess Archer", "2026-09-01"), ("Tess Bowman", "2026-10-01")].map(|(name, on)| {
            let mut entry = practitioner(&who, name, "teacher");
            entry["happenedOn"] = json!(on);
            under(&format!("entry-{n}"), entry)
        });
        for at in order {
            school.records("practitioner.recorded", None, versions[at].clone()).await;
        }
    }
    let answer = expect_one_answer(&answers(&health, 0..2).await);
    assert_eq!(answer["contacts"][0]["name"], "Tess Bowman");
}

/// Half of the agencies know the number, half only name, birth date and address.
fn all_it_knows(agency: &Actor, at: usize, children: usize) -> Vec<Outgoing> {
    let who = format!("p{at}");
    let entry = practitioner(&who, &format!("Worker {at}"), "other");
    let entry = agency.message("practitioner.recorded", None, under("p", entry));
    let about = |n: usize| {
        let number = number(n);
        let known = at.is_multiple_of(2).then_some(number.as_str());
        let child = child(given(n), &format!("Example{n}"), "2017-03-04", known, "ZZ1 1AA");
        let subject = format!("local:c{n}");
        let work = involvement(&who, "team-member", "Support");
        [
            agency.message("involvement.recorded", Some(&subject), under(&format!("i-{n}"), work)),
            agency.message("child.recorded", Some(&subject), under(&format!("c-{n}"), child)),
        ]
    };
    (0..children).flat_map(about).chain([entry]).collect()
}

fn given(n: usize) -> &'static str {
    ["Ada", "Bea", "Cem", "Dov"][n % 4]
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_of_several_agencies_at_the_same_moment_link_into_one_child() {
    const CHILDREN: usize = 20;
    let world = World::start().await;
    let mut agencies = Vec::new();
    for (name, kind) in [
        ("nursery", Kind::EarlyYears),
        ("surgery", Kind::Gp),
        ("housing", Kind::Housing),
        ("youth", Kind::YouthService),
    ] {
        agencies.push(world.agency(name, kind).await);
    }
    let school = world.agency("school", Kind::School).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;

    let messages: Vec<Vec<Outgoing>> =
        agencies.iter().enumerate().map(|(at, agency)| all_it_knows(agency, at, CHILDREN)).collect();
    let sending = agencies.iter().zip(&messages);
    for receipts in join_all(sending.map(|(agency, messages)| agency.send_at_once(messages))).await {
        expect_recorded(&receipts);
    }

    for n in 0..CHILDREN {
        let by_number = school.asks_for("t1", &number(n)).await;
        let by = by_name(given(n), &format!("Example{n}"), "2017-03-04", "ZZ1 1AA");
        for answer in [by_number, school.looks_up("t1", by).await] {
            let contacts = answer["data"]["contacts"].as_array().expect("contacts");
            assert_eq!(contacts.len(), agencies.len(), "{answer}");
        }
    }
}
