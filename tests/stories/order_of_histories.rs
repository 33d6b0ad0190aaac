//! Histories of a child, over the real tables (G7): what five agencies say, drawn from a seed, comes once in
//! the order in which it happened and once, of another child, in any order, some of it twice and all at the
//! same moment. Rows, answers and advice are the same in the end. Ten thousand more, without servers:
//! `services/index/src/handlers/histories.rs`.

use std::fmt;

use caf::client::Outgoing;
use futures::future::join_all;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgConnection};
use stories::facts::{
    by_name, caf, child, intention, involvement, manifest, nhs_number, practitioner, restriction, step, under,
};
use stories::{Actor, Kind, NOW, World, until};

const HISTORIES: usize = 40;
const STATEMENTS: usize = 28;
const SEED: u64 = 20_261_122;

const ADVISED: &str = "uk.caf.caf.advised.v1";

/// The tables and what of their rows differs between two tellings: ids.
const TABLES: [(&str, &str); 9] = [
    ("record", "local_id"),
    ("practitioner", "practitioner_id"),
    ("involvement", "local_ref"),
    ("caf", "local_ref"),
    ("caf_step", "local_ref"),
    ("correction", "local_ref"),
    ("restriction", "local_ref"),
    ("restriction_lifted", "local_ref"),
    ("intention", "local_ref"),
];
const OF_ONE_TELLING: &str = "{record_id,message_id,ended_message_id,received_at,state_version,changed_in}";

/// `SplitMix64`: a seed gives the same histories again.
struct Random(u64);

impl Random {
    fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % below as u64).expect("below a small number")
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// Who says what on which November day; the number tells facts of one kind apart.
#[derive(Clone, Copy)]
struct Said {
    by: usize,
    kind: &'static str,
    code: &'static str,
    number: usize,
    day: usize,
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} says {} {} {} on the {}th", self.by, self.kind, self.number, self.code, self.day)
    }
}

/// School, health visiting, social care, and two CAF teams: who may say what of the school's CAF.
const THEIRS: [&[(&str, &[&str])]; 5] = [
    &[
        ("caf.started", &["", "upon-intention"]),
        ("caf.completed", &[""]),
        ("caf.closed", &["needs-met", "died", "family-not-engaging"]),
        ("caf.withdrawn", &["wrong-child"]),
        ("caf.intended", &["practitioner", "young-person"]),
    ],
    &[("caf.closed", &["needs-met"]), ("caf.intended", &["practitioner", "parent-or-carer"])],
    &[("restriction.set", &["address"]), ("restriction.lifted", &["none"])],
    &[
        ("caf.checked", &["checked", "returned"]),
        ("caf.transferred", &["proposed"]),
        ("caf.closed", &["universal-only"]),
        ("caf.reopened", &[""]),
    ],
    &[("caf.checked", &["checked"]), ("caf.transferred", &["taken-on", "declined"]), ("caf.reopened", &[""])],
];
/// What each of them may say of the child and its own people.
const ANYBODYS: [(&str, &[&str]); 6] = [
    ("practitioner.recorded", &["active", "active", "on-leave"]),
    ("practitioner.ended", &[""]),
    ("child.recorded", &["living", "living", "died"]),
    ("child.corrected", &["names", "birth", "addresses", "identifiers"]),
    ("involvement.recorded", &["team-member", "lead-professional"]),
    ("involvement.ended", &[""]),
];
const TEAM_OF: [&str; 5] = ["borough", "borough", "borough", "borough", "county"];

fn history(random: &mut Random) -> Vec<Said> {
    let known = (0..THEIRS.len()).flat_map(|by| {
        [("practitioner.recorded", "active"), ("child.recorded", "living")].map(|(kind, code)| Said {
            by,
            kind,
            code,
            number: 0,
            day: 1,
        })
    });
    let mut history: Vec<Said> = known.collect();
    history.push(Said { by: 0, kind: "caf.started", code: "", number: 0, day: 2 });
    let first = history.len();
    while history.len() < STATEMENTS {
        // Another version of a fact, of the same day: of the two the one with the greater id holds.
        if history.len() > first && random.below(3) == 0 {
            let earlier = history[first + random.below(history.len() - first)];
            let code = random.one_of(codes_of(earlier));
            history.push(Said { code, ..earlier });
            continue;
        }
        let by = random.one_of(&[0, 0, 1, 1, 2, 3, 3, 4]);
        let of = if random.below(3) == 0 { &ANYBODYS } else { THEIRS[by] };
        let (kind, codes) = random.one_of(of);
        // A restriction hides everything else: of some children only.
        if kind == "restriction.set" && random.below(4) > 0 {
            continue;
        }
        let (code, number, day) = (random.one_of(codes), random.below(2), 3 + random.below(5));
        history.push(Said { by, kind, code, number, day });
    }
    history
}

fn codes_of(said: Said) -> &'static [&'static str] {
    let all = THEIRS[said.by].iter().chain(&ANYBODYS);
    all.filter(|(kind, _)| *kind == said.kind).map(|(_, codes)| *codes).next().expect("a kind that it says")
}

struct Cast {
    world: World,
    actors: Vec<Actor>,
}

/// A child of its own for each telling, by which all that is said of it is named.
#[derive(Clone, Copy)]
struct Told {
    history: usize,
    mark: char,
}

impl Told {
    fn name(self) -> String {
        format!("{}{}", self.mark, self.history)
    }

    fn number(self) -> String {
        let place = 2 * self.history + usize::from(self.mark == 'b');
        nhs_number(u32::try_from(place).expect("few children"))
    }

    fn child(self) -> Value {
        child("Ada", &format!("Example{}", self.name()), "2017-03-04", Some(&self.number()), "ZZ1 1AA")
    }

    /// That a CAF is intended for the child, who is described.
    fn intended(self) -> Value {
        let mut data = intention("asker");
        data["child"] = self.child();
        for name in ["childState", "authority", "happenedOn"] {
            data["child"].as_object_mut().expect("an object").remove(name);
        }
        data
    }

    /// What is right of a field that was wrong.
    fn corrected(self, field: &str) -> Value {
        let right = child("Ada", &format!("Exampel{}", self.name()), "2017-03-05", None, "ZZ2 2BB");
        let none = json!([]);
        json!({"path": format!("/{field}"), "value": right.get(field).unwrap_or(&none)})
    }

    /// As it reads of either telling.
    fn neutral(self, text: &str) -> String {
        text.replace(&self.number(), "number").replace(&self.name(), "it")
    }
}

async fn cast() -> Cast {
    let world = World::start().await;
    let mut actors = Vec::new();
    for (name, kind) in
        [("school", Kind::School), ("health", Kind::HealthVisiting), ("social", Kind::SocialCare)]
    {
        actors.push(world.agency(name, kind).await);
    }
    for authority in ["borough", "county"] {
        actors.push(world.caf_team(authority).await);
    }
    for actor in &actors {
        actor.vouches_for("asker", "Asa King", "other").await;
    }
    Cast { world, actors }
}

impl Cast {
    fn message(&self, said: Said, told: Told) -> Outgoing {
        let (name, day) = (told.name(), format!("2026-11-{:02}", said.day));
        let who = format!("p-{name}");
        let mut data = match said.kind {
            "practitioner.recorded" => {
                let mut entry = practitioner(&who, "Pat Marlow", "other");
                entry["state"] = json!(said.code);
                entry["deputy"] = json!("asker");
                entry
            }
            "practitioner.ended" => json!({"practitionerId": who, "endedOn": day}),
            "child.recorded" => {
                let mut ada = told.child();
                ada["childState"] = json!(said.code);
                ada
            }
            "involvement.recorded" => involvement(&who, said.code, "Support"),
            "involvement.ended" => {
                json!({"involvementRef": format!("involvement.recorded-{}-{name}", said.number),
                "endedOn": day, "endedReason": "work-done"})
            }
            "child.corrected" => told.corrected(said.code),
            "restriction.set" => restriction(said.code),
            "restriction.lifted" => json!({"level": said.code}),
            "caf.intended" => {
                let mut data = told.intended();
                data["askedBy"] = json!(said.code);
                data
            }
            "caf.started" => {
                let mut data = caf(&self.caf_ref(told), &who);
                if said.code == "upon-intention" {
                    data["intentionRef"] = json!(format!("caf.intended-{}-{name}", said.number));
                }
                data
            }
            _ => self.step(said, told, &day),
        };
        if data.get("endedOn").is_none() && data.get("cafRef").is_none() || said.kind == "caf.started" {
            data["happenedOn"] = json!(day);
        }
        let is_named = !said.kind.starts_with("practitioner.") && said.kind != "caf.intended";
        let subject = is_named.then(|| format!("local:{name}"));
        let reference = format!("{}-{}-{name}", said.kind, said.number);
        self.actors[said.by].message(said.kind, subject.as_deref(), under(&reference, data))
    }

    fn caf_ref(&self, told: Told) -> String {
        format!("{}/f-{}", self.actors[0].id, told.name())
    }

    fn step(&self, said: Said, told: Told, day: &str) -> Value {
        let told_family = json!({"when": "before"});
        let more = match said.kind {
            "caf.completed" => json!({"completedOn": day, "manifest": manifest(), "consentRefs": ["con-1"]}),
            "caf.checked" if said.code == "returned" => {
                json!({"checkedOn": day, "result": "returned", "codes": ["not-signed"], "dueBy": "2026-11-30"})
            }
            "caf.checked" => json!({"checkedOn": day, "result": "checked"}),
            "caf.transferred" => {
                let moved = json!({"fromAuthority": "borough", "toAuthority": "county", "movedOn": day,
                    "consentRef": "con-3", "state": said.code});
                json!({"on": day, "transfer": moved, "familyTold": told_family})
            }
            "caf.closed" => json!({"closedOn": day, "closureCode": said.code, "familyTold": told_family}),
            "caf.reopened" => json!({"reopenedOn": day, "consentRef": "con-2", "familyTold": told_family}),
            "caf.withdrawn" => {
                json!({"withdrawnOn": day, "reasonCode": said.code, "familyTold": told_family})
            }
            other => panic!("no story tells of {other}"),
        };
        let mut data = step(&self.caf_ref(told), (&format!("p-{}", told.name()), "lead-professional"), &more);
        data["authority"] = json!(TEAM_OF[said.by]);
        data
    }

    /// All at the same moment, each agency its own, and nothing is refused.
    async fn send(&self, said: &[(usize, Outgoing)]) {
        let sending = (0..self.actors.len()).map(|by| {
            let own = said.iter().filter(move |(sayer, _)| *sayer == by).map(|(_, message)| message.clone());
            let own: Vec<Outgoing> = own.collect();
            async move { self.actors[by].send_at_once(&own).await }
        });
        for answer in join_all(sending).await.concat() {
            let state = answer["data"]["state"].as_str();
            let is_advice = answer["type"] == ADVISED;
            assert!(is_advice || matches!(state, Some("recorded" | "duplicate")), "{answer}");
        }
    }

    /// What each of the five is advised about these children, one agency after the other, since each is told
    /// who intends a CAF, too.
    async fn advice(&self, all: &[Told]) -> Vec<Vec<String>> {
        let mut advice = vec![Vec::new(); all.len()];
        for actor in &self.actors {
            let intended = |told: &Told| under(&format!("in-the-end-{}", told.name()), told.intended());
            let messages: Vec<Outgoing> =
                all.iter().map(|told| actor.message("caf.intended", None, intended(told))).collect();
            actor.send_at_once(&messages).await;
            for ((told, message), advice) in all.iter().zip(&messages).zip(&mut advice) {
                // With the receipt.
                actor.hears_again(message.id(), 1).await;
                let both = actor.heard.answers_to(message.id());
                let advised = both.iter().find(|json| json["type"] == ADVISED).expect("advice");
                let mut data = advised["data"].clone();
                data.as_object_mut().expect("advice").remove("intention");
                advice.push(told.neutral(&data.to_string()));
            }
        }
        advice
    }

    /// What each of the five is answered about the child, by number and by name.
    async fn answers(&self, told: Told) -> Vec<Value> {
        let family = format!("Example{}", told.name());
        let ways = || {
            [
                json!({"identifiers": [{"kind": "nhs-number", "value": told.number()}]}),
                by_name("Ada", &family, "2017-03-04", "ZZ1 1AA"),
            ]
        };
        let ask = |actor: &Actor| -> Vec<Outgoing> {
            let question = |by| json!({"purpose": "assess-need", "practitioner": {"id": "asker"}, "by": by});
            ways().map(|by| actor.message("index.looked-up", None, question(by))).into()
        };
        let questions: Vec<Vec<Outgoing>> = self.actors.iter().map(ask).collect();
        let asking = self.actors.iter().zip(&questions);
        let answers = join_all(asking.map(|(actor, questions)| actor.send_at_once(questions))).await;
        answers.concat().iter().map(without_references).collect()
    }

    /// The rows about the child, but for what is of one telling.
    async fn rows(&self, database: &mut PgConnection, told: Told) -> Vec<String> {
        let mut rows = Vec::new();
        for (table, named_by) in TABLES {
            let query = format!(
                "SELECT (to_jsonb(t) - '{OF_ONE_TELLING}'::text[])::text FROM {table} t
                 WHERE {named_by} = $1 OR {named_by} LIKE '%-' || $1 ORDER BY 1"
            );
            let found = sqlx::query_scalar(AssertSqlSafe(query)).bind(told.name()).fetch_all(&mut *database);
            let found: Vec<String> = found.await.expect("the database answers");
            rows.extend(found.into_iter().map(|row| format!("{table} {}", told.neutral(&row))));
        }
        // The order of equal texts may differ by the name alone.
        rows.sort();
        rows
    }
}

/// How a CAF stands is noted by the look that each statement asks for, after its receipt.
async fn everything_looked_at(database: &mut PgConnection) {
    until("the looks that were asked for", async || {
        let due = "SELECT count(*) FROM timer WHERE kind = 'caf' AND look_at < $1::timestamptz + '30 min'";
        let due = sqlx::query_scalar::<_, i64>(due).bind(NOW).fetch_one(&mut *database).await;
        (due.expect("the database answers") == 0).then_some(())
    })
    .await;
}

fn without_references(answer: &Value) -> Value {
    let mut data = answer["data"].clone();
    let fields = data.as_object_mut().expect("an answer");
    fields.remove("query");
    fields.remove("childRef");
    data
}

/// Some of it twice, in an order that chance gives.
fn shuffled(mut said: Vec<(usize, Outgoing)>, random: &mut Random) -> Vec<(usize, Outgoing)> {
    for at in 0..said.len() {
        if random.below(3) == 0 {
            said.push(said[at].clone());
        }
    }
    said.sort_by_cached_key(|_| random.below(1 << 20));
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn drawn_histories_end_in_the_same_rows_answers_and_advice_in_any_order() {
    let cast = cast().await;
    let mut random = Random(SEED);
    let histories: Vec<Vec<Said>> = (0..HISTORIES).map(|_| history(&mut random)).collect();
    let told = |mark: char| -> Vec<Vec<(usize, Outgoing)>> {
        let one = |(n, history): (usize, &Vec<Said>)| {
            let of = Told { history: n, mark };
            history.iter().map(|said| (said.by, cast.message(*said, of))).collect()
        };
        histories.iter().enumerate().map(one).collect()
    };
    // In the order in which it happened: of one day's, in the order in which it was said.
    let (mut happened, arrived) = (told('a'), told('b'));
    for (history, messages) in histories.iter().zip(&mut happened) {
        let mut order: Vec<usize> = (0..history.len()).collect();
        order.sort_by_key(|at| history[*at].day);
        *messages = order.into_iter().map(|at| messages[at].clone()).collect();
    }
    for round in 0..STATEMENTS {
        let said: Vec<_> = happened.iter().map(|messages| messages[round].clone()).collect();
        cast.send(&said).await;
    }
    cast.send(&shuffled(arrived.concat(), &mut random)).await;

    let mut database = cast.world.database().await;
    everything_looked_at(&mut database).await;
    for (n, history) in histories.iter().enumerate() {
        let [one, other] = ['a', 'b'].map(|mark| Told { history: n, mark });
        let (rows, others) = (cast.rows(&mut database, one).await, cast.rows(&mut database, other).await);
        assert!(rows.len() > 10, "history {n} of seed {SEED}: {rows:?}");
        assert_eq!(rows, others, "the rows of history {n} of seed {SEED}: {history:#?}");
        let (answers, others) = (cast.answers(one).await, cast.answers(other).await);
        assert_eq!(answers, others, "the answers of history {n} of seed {SEED}: {history:#?}");
    }
    let tellings = |mark: char| (0..HISTORIES).map(move |history| Told { history, mark });
    let all: Vec<Told> = tellings('a').chain(tellings('b')).collect();
    let advice = cast.advice(&all).await;
    let (advised, others) = advice.split_at(HISTORIES);
    for (n, history) in histories.iter().enumerate() {
        assert_eq!(advised[n], others[n], "the advice of history {n} of seed {SEED}: {history:#?}");
    }
}
