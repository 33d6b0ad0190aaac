//! Any order, one life (G7): what two agencies and the CAF team say of a CAF arrives in many orders,
//! with repetitions, and the same lookup gets the same answer in the end.

use caf::client::Outgoing;
use futures::future::join_all;
use serde_json::{Value, json};
use stories::facts::{caf, child, involvement, manifest, nhs_number, practitioner, step, under};
use stories::{Actor, Kind, World};

/// Of each life, how many orders: half come one statement after another, half all at once.
const ORDERS: usize = 32;

/// Who speaks. Health has the lead, so the school may not close.
#[derive(Clone, Copy, PartialEq)]
enum By {
    School,
    Health,
    Team,
}

const ALL: [By; 3] = [By::School, By::Health, By::Team];

/// Who says what, in the order in which it happened.
const CLOSED: [(By, &str, &str); 12] = [
    (By::School, "child.recorded", ""),
    (By::Health, "child.recorded", ""),
    (By::Team, "child.recorded", ""),
    (By::School, "practitioner.recorded", ""),
    (By::Health, "practitioner.recorded", ""),
    (By::School, "caf.started", "2026-10-01"),
    (By::Health, "involvement.recorded", "2026-09-02"),
    (By::School, "caf.completed", "2026-11-02"),
    (By::Team, "caf.checked", "2026-11-04"),
    (By::School, "caf.completed", "2026-11-06"),
    (By::Team, "caf.checked", "2026-11-08"),
    (By::Health, "caf.closed", "2026-11-12"),
];
/// What follows; the last is not theirs to say while another leads, and changes nothing.
const REOPENED: [(By, &str, &str); 2] =
    [(By::Team, "caf.reopened", "2026-11-15"), (By::School, "caf.closed", "2026-11-16")];

/// Who says it, and the one who asks.
struct Cast {
    _world: World,
    school: Actor,
    health: Actor,
    team: Actor,
    surgery: Actor,
}

async fn cast() -> Cast {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    let team = world.caf_team("borough").await;
    let surgery = world.agency("surgery", Kind::Gp).await;
    surgery.vouches_for("gp1", "Gita Parmar", "gp").await;
    Cast { _world: world, school, health, team, surgery }
}

impl Cast {
    fn actor(&self, by: By) -> &Actor {
        match by {
            By::School => &self.school,
            By::Health => &self.health,
            By::Team => &self.team,
        }
    }

    /// The `at`th statement about the `n`th child, under a new id each time.
    fn statement(&self, (by, kind, on): (By, &str, &str), n: usize, at: usize) -> Outgoing {
        let who = format!("{}{n}", if by == By::School { "t" } else { "hv" });
        let subject = format!("local:c{n}");
        let caf_ref = format!("{}/f-{n}", self.school.id);
        let says = |who: (&str, &str), more: Value| step(&caf_ref, who, &more);
        let data = match kind {
            "child.recorded" => child("Ada", "Example", "2017-03-04", Some(&number(n)), "ZZ1 1AA"),
            "practitioner.recorded" if by == By::School => practitioner(&who, "Tess Archer", "teacher"),
            "practitioner.recorded" => practitioner(&who, "Hana Visram", "health-visitor"),
            "involvement.recorded" => involvement(&who, "lead-professional", "Health visiting"),
            "caf.started" => caf(&caf_ref, &who),
            "caf.completed" => says(
                (&who, "assessor"),
                json!({"completedOn": on, "manifest": manifest(), "consentRefs": ["con-1"]}),
            ),
            "caf.checked" if on == "2026-11-04" => {
                let gaps = json!(["capacity-not-recorded"]);
                says(
                    ("co1", "coordinator"),
                    json!({"checkedOn": on, "result": "returned", "codes": gaps, "dueBy": "2026-11-18"}),
                )
            }
            "caf.checked" => says(("co1", "coordinator"), json!({"checkedOn": on, "result": "checked"})),
            "caf.closed" => says(
                (&who, "lead-professional"),
                json!({"closedOn": on, "closureCode": "needs-met", "familyTold": {"when": "before"}}),
            ),
            "caf.reopened" => says(
                ("co1", "coordinator"),
                json!({"reopenedOn": on, "consentRef": "con-2", "familyTold": {"when": "before"}}),
            ),
            other => panic!("no story tells of {other}"),
        };
        let subject = (kind != "practitioner.recorded").then_some(subject.as_str());
        self.actor(by).message(kind, subject, under(&format!("r-{n}-{at}"), data))
    }

    /// Everything about the `n`th child in its order: each statement, the same message again, and the
    /// same fact under another id.
    fn everything(&self, life: &[(By, &str, &str)], n: usize) -> Vec<(By, Outgoing)> {
        let mut said = Vec::new();
        for (at, statement) in life.iter().enumerate() {
            let message = self.statement(*statement, n, at);
            let fact_again = self.statement(*statement, n, at);
            said.extend([message.clone(), message, fact_again].map(|message| (statement.0, message)));
        }
        let order = order(said.len(), n);
        order.into_iter().map(|at| said[at].clone()).collect()
    }

    /// Sends at the same moment what each of them has to say, and nothing is refused.
    async fn send(&self, said: &[(By, Outgoing)]) {
        let sending = ALL.map(|by| {
            let own = said.iter().filter(|(sayer, _)| *sayer == by).map(|(_, message)| message.clone());
            let own: Vec<Outgoing> = own.collect();
            async move { self.actor(by).send_at_once(&own).await }
        });
        for receipt in join_all(sending).await.concat() {
            let state = receipt["data"]["state"].as_str();
            assert!(matches!(state, Some("recorded" | "duplicate")), "{receipt}");
        }
    }

    /// The one answer that a lookup of every child gets, but for references.
    async fn answer(&self) -> Value {
        let question = |n| {
            let by = json!({"identifiers": [{"kind": "nhs-number", "value": number(n)}]});
            let data = json!({"purpose": "assess-need", "practitioner": {"id": "gp1"}, "by": by});
            self.surgery.message("index.looked-up", None, data)
        };
        let questions: Vec<Outgoing> = (0..ORDERS).map(question).collect();
        let answers = self.surgery.send_at_once(&questions).await;
        let mut answers = answers.iter().map(without_references);
        let one = answers.next().expect("an answer");
        for (n, answer) in (1..).zip(answers) {
            assert_eq!(answer, one, "the child with the order {n}");
        }
        one
    }
}

fn number(n: usize) -> String {
    nhs_number(u32::try_from(n).expect("few children"))
}

fn without_references(answer: &Value) -> Value {
    let mut data = answer["data"].clone();
    let fields = data.as_object_mut().expect("an answer");
    fields.remove("query");
    fields.remove("childRef");
    data
}

/// As it happened, backwards, and then the orders of a generator whose seed is `n`.
fn order(count: usize, n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    match n {
        0 => {}
        1 => order.reverse(),
        _ => {
            let mut state = n as u64;
            order.sort_by_cached_key(|_| {
                // Knuth's MMIX: the upper bits are the random ones.
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                state >> 32
            });
        }
    }
    order
}

async fn every_order(cast: &Cast, life: &[(By, &str, &str)]) -> Value {
    let mut children: Vec<_> = (0..ORDERS).map(|n| cast.everything(life, n)).collect();
    let at_once = children.split_off(ORDERS / 2).concat();
    for round in 0..life.len() * 3 {
        let said: Vec<_> = children.iter().map(|said| said[round].clone()).collect();
        cast.send(&said).await;
    }
    cast.send(&at_once).await;
    cast.answer().await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_a_cafs_life_ends_in_one_answer() {
    let cast = cast().await;
    let answer = every_order(&cast, &CLOSED).await;
    assert_eq!(answer["outcome"], "match");
    assert_eq!(answer["cafMark"], "closed-recently");
    assert_eq!(answer["cafContact"]["agencyName"], "borough-caf-team (invented)", "{answer}");
    assert_eq!(answer["contacts"].as_array().map(Vec::len), Some(1), "{answer}");
    assert_eq!(answer["contacts"][0]["name"], "Hana Visram");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_a_life_that_goes_on_ends_in_one_answer() {
    let cast = cast().await;
    let answer = every_order(&cast, &[&CLOSED[..], &REOPENED].concat()).await;
    assert_eq!(answer["cafMark"], "open", "the last word was not the school's: {answer}");
    assert_eq!(answer["cafContact"]["name"], "Hana Visram", "who leads: {answer}");
}
