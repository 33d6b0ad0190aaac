//! Reconciles what was sent with what was recorded, decided and received.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;
use sqlx::{AssertSqlSafe, Row};

use super::killer::Survived;
use super::reconciled::{self, Shared};
use super::says::{LONG_AGO, awaited};
use super::shares::Sharers;
use super::stubborn::{Stubborn, first_answers};
use super::{Plan, Streams};

/// The figures of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    pub kills: u32,
    /// Starts, forms and ends of CAFs.
    pub notices: usize,
    pub lookups: usize,
    pub intentions: usize,
    pub checks: usize,
    pub transfers: usize,
    pub refusals: usize,
    /// Set or lifted.
    pub restrictions: usize,
    /// Of copies that are overdue, to the assessor's agency and to the CAF team.
    pub reminders: usize,
    /// Lookups of which the digests of the night told.
    pub shown: usize,
    /// Answers that said "duplicate": a delivery was processed before and came again.
    pub told_again: usize,
    pub shared: Shared,
}

/// Where each confirmed statement of a type has one row, by the ids of the messages. The CAFs that a run
/// begins with (`…/f-checked-1`) are not counted.
const KEPT: [(&str, &str); 9] = [
    ("caf.started", "SELECT message_id::text FROM caf WHERE agency = $1 AND caf_ref NOT LIKE '%/f-%-%'"),
    (
        "caf.completed",
        "SELECT message_id::text FROM caf_step
         WHERE agency = $1 AND what = 'completed' AND caf_ref NOT LIKE '%/f-%-%'",
    ),
    ("caf.closed", "SELECT message_id::text FROM caf_step WHERE agency = $1 AND what = 'closed'"),
    ("caf.checked", "SELECT message_id::text FROM caf_step WHERE agency = $1 AND what = 'checked'"),
    ("caf.transferred", "SELECT message_id::text FROM caf_step WHERE agency = $1 AND what = 'transferred'"),
    ("caf.intended", "SELECT message_id::text FROM intention WHERE agency = $1"),
    // In the CAF team's log, with its task.
    (
        "caf.refused",
        "SELECT message_id::text FROM refusal
         JOIN task ON task.kind = 'family-refusal' AND task.ref = agency || '/' || local_ref
         WHERE agency = $1",
    ),
    ("restriction.set", "SELECT message_id::text FROM restriction WHERE agency = $1"),
    ("restriction.lifted", "SELECT message_id::text FROM restriction_lifted WHERE agency = $1"),
];
/// Types of which each message is decided upon.
const DECIDED: [&str; 2] = ["index.looked-up", "caf.intended"];

/// What is not as it should be, and the messages (or places) of which that is so.
#[derive(Default)]
pub(super) struct Faults(BTreeMap<String, Vec<String>>);

impl Faults {
    pub(super) fn add(&mut self, what: &str, of: impl IntoIterator<Item = String>) {
        for one in of {
            self.0.entry(what.to_owned()).or_default().push(one);
        }
    }

    /// What is expected is found once each, and nothing else is.
    pub(super) fn once_each(&mut self, what: &str, expected: &[String], found: &[String]) {
        self.add(&format!("{what}: missing"), missing(expected, found));
        self.add(&format!("{what}: twice"), twice(found));
        self.add(&format!("{what}: of nothing that was confirmed"), missing(found, expected));
    }

    /// Each kind with its number and the first of them.
    fn told(&self) -> Vec<String> {
        self.0.iter().map(|(what, of)| format!("{what}: {}, such as {}", of.len(), of[0])).collect()
    }
}

pub(super) async fn reconcile(
    survived: &Survived,
    (streams, sharers): (&Streams, &Sharers),
    plan: Plan,
) -> Tally {
    let mut faults = Faults::default();
    let told_again = streams.all().into_iter().map(|stream| received(stream, &mut faults)).sum();
    // Each check was told to the assessor's agency once.
    let heard = streams.school.ledger().heard.clone();
    for id in confirmed(&streams.keeper, "caf.checked") {
        match first_answers(heard.get(&id), "uk.caf.caf.returned.v1") {
            1 => {}
            n => faults.add(&format!("{n} times caf.returned"), [id]),
        }
    }
    stored(survived, streams, &mut faults).await;
    let reminders = reminded(survived, streams, &mut faults).await;
    let shown = noticed(survived, streams, &mut faults).await;
    let shared = reconciled::reconcile(survived, sharers, &mut faults).await;
    assert!(faults.0.is_empty(), "seed {}: {:#?}", plan.seed, faults.told());
    let count = |types: &[&str]| -> usize {
        let pairs = streams.all().into_iter().flat_map(|stream| types.iter().map(move |kind| (stream, kind)));
        pairs.map(|(stream, kind)| confirmed(stream, kind).len()).sum()
    };
    Tally {
        kills: plan.kills,
        notices: count(&["caf.started", "caf.completed", "caf.closed"]),
        lookups: count(&["index.looked-up"]),
        intentions: count(&["caf.intended"]),
        checks: count(&["caf.checked"]),
        transfers: count(&["caf.transferred"]),
        refusals: count(&["caf.refused"]),
        restrictions: count(&["restriction.set", "restriction.lifted"]),
        reminders,
        shown,
        told_again,
        shared,
    }
}

/// Received: for each confirmed message what it awaits, each exactly once, whatever came besides. How often it
/// was told besides that it is known.
fn received(stream: &Stubborn, faults: &mut Faults) -> usize {
    let ledger = stream.ledger();
    let mut again = 0;
    for (kind, ids) in &ledger.confirmed {
        for id in ids {
            let answers = ledger.heard.get(id);
            for of_type in awaited(kind) {
                match first_answers(answers, of_type) {
                    1 => {}
                    n => faults.add(&format!("{n} times {of_type}"), [id.clone()]),
                }
            }
            again += answers.map_or(0, HashMap::len).saturating_sub(awaited(kind).len());
        }
    }
    again
}

/// Recorded and decided: each exactly once, and nothing left behind.
async fn stored(survived: &Survived, streams: &Streams, faults: &mut Faults) {
    for stream in streams.all() {
        let recorded = "SELECT message_id::text FROM inbox
                        WHERE source = $1 AND fact IS NOT NULL AND state = 'recorded'";
        let recorded = texts(survived, recorded, stream).await;
        for (kind, rows) in KEPT {
            let said = confirmed(stream, kind);
            faults.add("not recorded", missing(&said, &recorded));
            faults.once_each(kind, &said, &texts(survived, rows, stream).await);
        }
        let decided = "SELECT query_id::text FROM decision WHERE agency = $1";
        let asked = DECIDED.map(|kind| confirmed(stream, kind)).concat();
        faults.once_each("decided", &asked, &texts(survived, decided, stream).await);
    }
    // Each was lifted, but perhaps the last.
    let police = &streams.police;
    let [set, lifted] = ["restriction.set", "restriction.lifted"].map(|kind| confirmed(police, kind).len());
    let standing = "SELECT local_id FROM record WHERE agency = $1 AND restriction > 0";
    let standing = texts(survived, standing, police).await;
    let as_said = standing.len() + lifted == set;
    faults.add("still restricted", standing.into_iter().filter(|_| !as_said));
    let left = "SELECT 'outbox' FROM outbox WHERE $1 <> ''
                UNION ALL SELECT 'parked' FROM parked UNION ALL SELECT 'set aside' FROM set_aside";
    faults.add("left behind", texts(survived, left, &streams.school).await);
}

/// Reminded: of each copy that is overdue the assessor's agency and the CAF team, once; of nothing anybody twice.
async fn reminded(survived: &Survived, streams: &Streams, faults: &mut Faults) -> usize {
    let overdue = format!(
        "SELECT caf_ref FROM caf_step
         WHERE agency = $1 AND what = 'completed' AND happened_at = '{LONG_AGO}T00:00:00Z'"
    );
    let overdue = texts(survived, &overdue, &streams.school).await;
    let mut count = 0;
    for (stream, role) in [(&streams.school, "owner"), (&streams.keeper, "second-owner")] {
        let told = unasked(stream, "uk.caf.reminder.issued.v1");
        let all: Vec<String> = told.iter().map(Value::to_string).collect();
        faults.add("reminded twice", twice(&all));
        let of_copies = told.iter().filter(|data| data["kind"] == "copy-28-days" && data["role"] == role);
        let of_copies: Vec<String> = of_copies.map(|data| text(&data["ref"])).collect();
        faults.once_each(&format!("reminder to the {role}"), &overdue, &of_copies);
        count += of_copies.len();
    }
    count
}

/// Noticed: the night's digests tell of each lookup that the school's CAF was shown, and of nothing twice.
async fn noticed(survived: &Survived, streams: &Streams, faults: &mut Faults) -> usize {
    let shown = "SELECT query_id::text FROM access_notice JOIN decision USING (decision_id)
                 WHERE agency = $1 AND kind = 'caf-shown'";
    let shown = texts(survived, shown, &streams.visitors).await;
    faults.once_each("shown", &confirmed(&streams.visitors, "index.looked-up"), &shown);
    let noticed = "SELECT notice_id::text FROM access_notice JOIN record USING (record_id) WHERE agency = $1";
    for stream in streams.all() {
        let digests = unasked(stream, "uk.caf.access.notified.v1");
        let heard = digests.iter().flat_map(|data| data["notices"].as_array().expect("notices"));
        let heard: Vec<String> = heard.map(|notice| text(&notice["ref"])).collect();
        faults.once_each("access notice", &texts(survived, noticed, stream).await, &heard);
    }
    shown.len()
}

/// The `data` of what came unasked; a message of ours that came twice has one id and counts once.
fn unasked(stream: &Stubborn, of_type: &str) -> Vec<Value> {
    let ledger = stream.ledger();
    let unasked = ledger.heard.get("").into_iter().flat_map(HashMap::values);
    unasked.filter(|message| message["type"] == of_type).map(|message| message["data"].clone()).collect()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// What a query finds of an agency.
async fn texts(survived: &Survived, query: &str, of: &Stubborn) -> Vec<String> {
    let mut database = survived.world.database().await;
    let rows = sqlx::query(AssertSqlSafe(query)).bind(of.agency.as_str()).fetch_all(&mut database).await;
    rows.expect("the database answers").iter().map(|row| row.get::<String, _>(0)).collect()
}

/// The ids of the messages of a type that were confirmed.
pub(super) fn confirmed(stream: &Stubborn, kind: &str) -> Vec<String> {
    stream.ledger().confirmed.get(&format!("uk.caf.{kind}.v1")).cloned().unwrap_or_default()
}

pub(super) fn all_confirmed(stream: &Stubborn) -> Vec<String> {
    stream.ledger().confirmed.values().flatten().cloned().collect()
}

fn missing(sent: &[String], found: &[String]) -> Vec<String> {
    let found: HashSet<&String> = found.iter().collect();
    sent.iter().filter(|id| !found.contains(id)).cloned().collect()
}

fn twice(found: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    found.iter().filter(|id| !seen.insert(*id)).cloned().collect()
}
