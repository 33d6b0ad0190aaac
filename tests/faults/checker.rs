//! Reconciles what was sent with what was recorded, decided and received.

use std::collections::{BTreeMap, HashMap, HashSet};

use sqlx::Row;

use super::Plan;
use super::killer::Survived;
use super::stubborn::{Stubborn, first_answers};

/// The figures of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    pub kills: u32,
    pub notices: usize,
    pub lookups: usize,
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

pub(super) async fn reconcile(
    survived: &Survived,
    notices: &Stubborn,
    lookups: &Stubborn,
    plan: Plan,
) -> Tally {
    let sent = confirmed(notices);
    let asked = confirmed(lookups);
    let mut faults = Faults::default();
    let mut again = 0;
    // Received: each confirmed message has exactly one first answer, whatever came besides.
    for (ids, stream) in [(&sent, notices), (&asked, lookups)] {
        let ledger = stream.ledger();
        for id in ids {
            let answers = ledger.heard.get(id);
            match first_answers(answers) {
                1 => {}
                n => faults.add(&format!("{n} first answers"), [id.clone()]),
            }
            again += answers.map_or(0, HashMap::len).saturating_sub(1);
        }
    }
    // Recorded and decided: each exactly once, and nothing left behind.
    let mut database = survived.world.database().await;
    let mut ids = async |query: &'static str, agency: &str| -> Vec<String> {
        let rows =
            sqlx::query(query).bind(agency).fetch_all(&mut database).await.expect("the database answers");
        rows.iter().map(|row| row.get::<String, _>(0)).collect()
    };
    let recorded = ids(
        "SELECT message_id::text FROM inbox WHERE source = $1 AND fact IS NOT NULL AND state = 'recorded'",
        notices.agency.as_str(),
    )
    .await;
    let cafs = ids("SELECT caf_ref FROM caf WHERE agency = $1", notices.agency.as_str()).await;
    let decided = ids("SELECT query_id::text FROM decision WHERE agency = $1", lookups.agency.as_str()).await;
    let left = ids(
        "SELECT 'outbox' FROM outbox WHERE $1 <> ''
         UNION ALL SELECT 'parked' FROM parked UNION ALL SELECT 'set aside' FROM set_aside",
        "anybody's",
    )
    .await;
    faults.add("not recorded", missing(&sent, &recorded));
    faults.add("not a CAF each", (cafs.len() != sent.len()).then(|| format!("{} CAFs", cafs.len())));
    faults.add("not decided", missing(&asked, &decided));
    faults.add("decided twice", twice(&decided));
    faults.add("left behind", left);
    assert!(faults.0.is_empty(), "seed {}: {:#?}", plan.seed, faults.told());
    Tally { kills: plan.kills, notices: sent.len(), lookups: asked.len(), told_again: again }
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
