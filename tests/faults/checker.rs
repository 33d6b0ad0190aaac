//! Reconciles what was sent with what was recorded, decided and received.

use std::collections::{HashMap, HashSet};

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

pub(super) async fn reconcile(
    survived: &Survived,
    notices: &Stubborn,
    lookups: &Stubborn,
    plan: Plan,
) -> Tally {
    let sent = confirmed(notices);
    let asked = confirmed(lookups);
    let mut faults = Vec::new();
    let mut again = 0;
    // Received: each confirmed message has exactly one first answer, whatever came besides.
    for (ids, stream) in [(&sent, notices), (&asked, lookups)] {
        let ledger = stream.ledger();
        for id in ids {
            let answers = ledger.heard.get(id);
            match first_answers(answers) {
                1 => {}
                n => faults.push(format!("{id}: {n} first answers")),
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
    let left = ids("SELECT 'outbox' FROM outbox WHERE $1 <> '' UNION ALL SELECT 'parked' FROM parked UNION ALL SELECT 'set aside' FROM set_aside", "x").await;
    faults.extend(missing("recorded", &sent, &recorded));
    faults.extend(missing("decided", &asked, &decided));
    faults.extend(twice("decided", &decided));
    if cafs.len() != sent.len() {
        faults.push(format!("{} CAFs for {} notices", cafs.len(), sent.len()));
    }
    faults.extend(left.into_iter().map(|place| format!("left behind: {place}")));
    assert!(
        faults.is_empty(),
        "seed {}: {} faults, such as {:?}",
        plan.seed,
        faults.len(),
        &faults[..faults.len().min(10)]
    );
    Tally { kills: plan.kills, notices: sent.len(), lookups: asked.len(), told_again: again }
}

fn confirmed(stream: &Stubborn) -> Vec<String> {
    stream.ledger().confirmed.clone()
}

fn missing(what: &str, sent: &[String], found: &[String]) -> Vec<String> {
    let found: HashSet<&String> = found.iter().collect();
    sent.iter().filter(|id| !found.contains(id)).map(|id| format!("{id}: not {what}")).collect()
}

fn twice(what: &str, found: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    found.iter().filter(|id| !seen.insert(*id)).map(|id| format!("{id}: {what} twice")).collect()
}
