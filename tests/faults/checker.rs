//! Reconciles what was sent with what was recorded, decided and received.

use std::collections::{BTreeMap, HashMap, HashSet};

use sqlx::Row;

use super::killer::Survived;
use super::stubborn::{Stubborn, first_answers};
use super::{Plan, Streams};

/// The figures of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    pub kills: u32,
    pub notices: usize,
    pub lookups: usize,
    pub intentions: usize,
    pub checks: usize,
    /// Answers that said "duplicate": a delivery was processed before and came again.
    pub told_again: usize,
}

/// What is not as it should be, and the messages (or places) of which that is so.
#[derive(Default)]
struct Faults(BTreeMap<String, Vec<String>>);

impl Faults {
    fn add(&mut self, what: &str, of: impl IntoIterator<Item = String>) {
        for one in of {
            self.0.entry(what.to_owned()).or_default().push(one);
        }
    }

    /// Each kind with its number and the first of them.
    fn told(&self) -> Vec<String> {
        self.0.iter().map(|(what, of)| format!("{what}: {}, such as {}", of.len(), of[0])).collect()
    }
}

pub(super) async fn reconcile(survived: &Survived, streams: &Streams, plan: Plan) -> Tally {
    let mut faults = Faults::default();
    let told_again = streams.all().into_iter().map(|stream| received(stream, &mut faults)).sum();
    // Each check was told to the assessor's agency once.
    let heard = streams.notices.ledger().heard.clone();
    for id in confirmed(&streams.checks) {
        match first_answers(heard.get(&id), "uk.caf.caf.returned.v1") {
            1 => {}
            n => faults.add(&format!("{n} times caf.returned"), [id]),
        }
    }
    stored(survived, streams, &mut faults).await;
    assert!(faults.0.is_empty(), "seed {}: {:#?}", plan.seed, faults.told());
    let count = Stubborn::confirmed;
    Tally {
        kills: plan.kills,
        notices: count(&streams.notices),
        lookups: count(&streams.lookups),
        intentions: count(&streams.intentions),
        checks: count(&streams.checks),
        told_again,
    }
}

/// Received: for each confirmed message what it awaits, each exactly once, whatever came besides. How often it
/// was told besides that it is known.
fn received(stream: &Stubborn, faults: &mut Faults) -> usize {
    let ledger = stream.ledger();
    let mut again = 0;
    for id in &ledger.confirmed {
        let answers = ledger.heard.get(id);
        for of_type in stream.says.awaits() {
            match first_answers(answers, of_type) {
                1 => {}
                n => faults.add(&format!("{n} times {of_type}"), [id.clone()]),
            }
        }
        again += answers.map_or(0, HashMap::len).saturating_sub(stream.says.awaits().len());
    }
    again
}

/// Recorded and decided: each exactly once, and nothing left behind.
async fn stored(survived: &Survived, streams: &Streams, faults: &mut Faults) {
    let mut database = survived.world.database().await;
    let mut ids = async |query: &'static str, of: &Stubborn| -> Vec<String> {
        let rows = sqlx::query(query).bind(of.agency.as_str()).fetch_all(&mut database).await;
        rows.expect("the database answers").iter().map(|row| row.get::<String, _>(0)).collect()
    };
    for stream in [&streams.notices, &streams.intentions, &streams.checks] {
        let recorded = "SELECT message_id::text FROM inbox
                        WHERE source = $1 AND fact IS NOT NULL AND state = 'recorded'";
        faults.add("not recorded", missing(&confirmed(stream), &ids(recorded, stream).await));
    }
    for stream in [&streams.lookups, &streams.intentions] {
        let decided = ids("SELECT query_id::text FROM decision WHERE agency = $1", stream).await;
        faults.add("not decided", missing(&confirmed(stream), &decided));
        faults.add("decided twice", twice(&decided));
    }
    for (stream, rows) in [
        (
            &streams.notices,
            "SELECT message_id::text FROM caf WHERE agency = $1 AND caf_ref NOT LIKE '%/f-checked-%'
             UNION ALL SELECT message_id::text FROM caf_step
             WHERE agency = $1 AND caf_ref NOT LIKE '%/f-checked-%'",
        ),
        (&streams.intentions, "SELECT message_id::text FROM intention WHERE agency = $1"),
        (&streams.checks, "SELECT message_id::text FROM caf_step WHERE agency = $1 AND what = 'checked'"),
    ] {
        let rows = ids(rows, stream).await;
        let count = (rows.len() != stream.confirmed()).then(|| format!("{} rows", rows.len()));
        faults.add("not a row each", missing(&confirmed(stream), &rows).into_iter().chain(count));
    }
    let left = "SELECT 'outbox' FROM outbox WHERE $1 <> ''
                UNION ALL SELECT 'parked' FROM parked UNION ALL SELECT 'set aside' FROM set_aside";
    faults.add("left behind", ids(left, &streams.notices).await);
}

fn confirmed(stream: &Stubborn) -> Vec<String> {
    stream.ledger().confirmed.clone()
}

fn missing(sent: &[String], found: &[String]) -> Vec<String> {
    let found: HashSet<&String> = found.iter().collect();
    sent.iter().filter(|id| !found.contains(id)).cloned().collect()
}

fn twice(found: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    found.iter().filter(|id| !seen.insert(*id)).cloned().collect()
}
