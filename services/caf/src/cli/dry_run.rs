//! `caf rules dry-run`: past decisions, decided anew by other policies. The policies are read by this program, so that
//! whoever may use it may try any folder; the service gives what was weighed, which names nobody.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use deciding::{Facts, Rules};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    args::Common,
    output::{Output, table},
    progress::Progress,
    rules,
};
use crate::{Result, admin::Admin};

/// Decisions asked for at once.
const PAGE: &str = "500";

#[derive(Args, Debug)]
#[command(
    long_about = "Decide past decisions anew by another folder's policies, and tell which would come out otherwise. What was
weighed then is weighed again: consents, registers and restrictions as they stood. Nothing is changed, sent or recorded.",
    after_help = "Examples:
  caf rules dry-run --rules ./policies --since 2026-09-01
  caf rules dry-run --rules ./policies --since 2026-09-01 --json"
)]
pub(super) struct DryRunArgs {
    /// The folder to be tried
    #[arg(long, value_name = "DIR")]
    rules: PathBuf,
    /// Decisions of this day or moment and later
    #[arg(long, value_name = "DATE")]
    since: String,
}

#[derive(Deserialize)]
struct Page {
    all: usize,
    decisions: Vec<Past>,
}

#[derive(Deserialize)]
struct Past {
    id: String,
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(rename = "part")]
    name: String,
    /// None: nothing was weighed, and no policy would have changed that.
    facts: Option<Facts>,
    outcome: String,
    code: Option<String>,
}

/// What came out, in a word for a table: `do-not-share (no-consent)`.
type Word = String;

/// What was found.
#[derive(Default)]
struct Found {
    looked_at: usize,
    flips: Vec<Value>,
    counts: BTreeMap<(Word, Word), usize>,
}

pub(super) async fn run(args: &DryRunArgs, common: &Common) -> Result<Output> {
    let rules = rules::load(&args.rules)?;
    let sharing = common.operator()?.sharing()?;
    let mut found = Found::default();
    let mut page = next(&sharing, &args.since, None).await?;
    let mut progress = Progress::new(page.all, "decisions");
    while let Some(last) = page.decisions.last().map(|past| past.id.clone()) {
        page.decisions.iter().for_each(|past| found.add(past, &rules));
        progress.is_at(found.looked_at, || format!("{} would come out otherwise", found.flips.len()));
        page = next(&sharing, &args.since, Some(&last)).await?;
    }
    progress.ends();
    Ok(found.told(&rules))
}

async fn next(sharing: &Admin, since: &str, after: Option<&str>) -> Result<Page> {
    let mut query = vec![("since", since), ("limit", PAGE)];
    query.extend(after.map(|after| ("after", after)));
    sharing.get("/decided", &query).await
}

impl Found {
    fn add(&mut self, past: &Past, rules: &Rules) {
        self.looked_at += 1;
        let mut changes = Vec::new();
        for part in &past.parts {
            let Some(facts) = &part.facts else { continue };
            let anew = json!(rules.decide(facts));
            let was = word(&part.outcome, part.code.as_deref());
            let becomes = word(anew["outcome"].as_str().unwrap_or_default(), anew["code"].as_str());
            if was != becomes {
                changes.push(json!({
                    "part": part.name, "was": was, "becomes": becomes, "policies": anew["policies"],
                }));
                *self.counts.entry((was, becomes)).or_default() += 1;
            }
        }
        if !changes.is_empty() {
            self.flips.push(json!({ "id": past.id, "parts": changes }));
        }
    }

    fn told(self, rules: &Rules) -> Output {
        let Self { looked_at, flips, counts } = self;
        let mut said = vec![format!("{} of {looked_at} decisions would come out otherwise.", flips.len())];
        if !flips.is_empty() {
            let rows = counts
                .iter()
                .map(|((was, becomes), parts)| vec![was.clone(), becomes.clone(), parts.to_string()]);
            said.push(table(&["was", "becomes", "parts"], rows));
            let ids = flips.iter().filter_map(|flip| Some(vec![flip["id"].as_str()?.to_owned()]));
            said.push(table(&["decision"], ids));
        }
        let counts: Vec<Value> = counts
            .into_iter()
            .map(|((was, becomes), parts)| json!({ "was": was, "becomes": becomes, "parts": parts }))
            .collect();
        let told = json!({
            "rulesHash": rules.hash(), "lookedAt": looked_at, "counts": counts, "decisions": flips,
        });
        Output::new(told, said.join("\n\n"))
    }
}

fn word(outcome: &str, code: Option<&str>) -> Word {
    code.map_or_else(|| outcome.to_owned(), |code| format!("{outcome} ({code})"))
}
