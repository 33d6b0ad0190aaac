//! The examples: facts, and what must come out. A folder whose examples come out otherwise is refused.

use schemas::WithheldCode;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::folder::{Folder, Switch, Text, one_line};
use crate::{Decision, Facts, Fault, LoadError, Outcome, PolicyId};

/// One file: what is usual in it, and the cases, each with what is otherwise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    usual: Map<String, Value>,
    cases: Vec<Case>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// Sets that must be on for the example to mean anything.
    #[serde(default)]
    needs: Vec<String>,
    /// Sets that must be off for it.
    #[serde(default)]
    without: Vec<String>,
    but: Map<String, Value>,
    outcome: Outcome,
    code: Option<WithheldCode>,
    policies: Vec<String>,
}

/// Decides every example, and says whether all come out as written.
pub(crate) fn run(folder: &Folder, decide: impl Fn(&Facts) -> Decision) -> Result<(), LoadError> {
    for file in &folder.cases {
        let written: Written = serde_json::from_str(&file.text)
            .map_err(|error| LoadError::new(file.name.as_str(), Fault::Unparsable(one_line(&error))))?;
        let is_on = |set: &String| folder.switches.get(set) == Some(&Switch::On);
        let applies = |case: &&Case| case.needs.iter().all(is_on) && !case.without.iter().any(is_on);
        for case in written.cases.iter().filter(applies) {
            let came = decide(&facts(file, &written.usual, case)?);
            if !case.agrees(&came) {
                let came = words(came.outcome, came.code, came.policies.iter().map(PolicyId::as_str));
                let should = words(case.outcome, case.code, case.policies.iter().map(String::as_str));
                let fault = Fault::CaseFails { should, came };
                return Err(LoadError::of(file.name.as_str(), format!("\"{}\"", case.name), fault));
            }
        }
    }
    Ok(())
}

impl Case {
    /// The order in which the policies are written does not matter.
    fn agrees(&self, came: &Decision) -> bool {
        let mut policies: Vec<&str> = self.policies.iter().map(String::as_str).collect();
        policies.sort_unstable();
        came.outcome == self.outcome
            && came.code == self.code
            && came.policies.iter().map(PolicyId::as_str).eq(policies)
    }
}

fn facts(file: &Text, usual: &Map<String, Value>, case: &Case) -> Result<Facts, LoadError> {
    let mut facts = usual.clone();
    facts.extend(case.but.clone());
    serde_json::from_value(Value::Object(facts)).map_err(|error| {
        LoadError::of(file.name.as_str(), format!("\"{}\"", case.name), Fault::Unparsable(one_line(&error)))
    })
}

fn words<'a>(
    outcome: Outcome,
    code: Option<WithheldCode>,
    policies: impl Iterator<Item = &'a str>,
) -> String {
    let code = code.as_ref().map_or("no code", |code| code.as_str());
    let outcome = schemas::ShareDecision::from(outcome);
    format!("{outcome} with {code} by {}", policies.collect::<Vec<_>>().join(", "))
}
