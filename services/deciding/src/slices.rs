//! Which policies may match at all: most begin with a fact and the word that it must have (`context.basis ==
//! Basis::"consent"`), so that they need not be put to Cedar where the fact is another. What is left decides the same.
//!
//! Only what a policy asks before anything that could err is looked at, since Cedar stops there just as well: a policy that
//! errs is left out of nothing.

use std::sync::Arc;

use cedar_policy::{Policy, PolicySet};
use serde_json::Value;

use crate::cache::Cache;

/// Sets that are kept.
const MOST: usize = 1_024;

/// A fact by its name, and the word that it must have.
type Asked = (String, String);

#[derive(Debug)]
pub(crate) struct Slices {
    policies: Vec<(Vec<Asked>, Policy)>,
    /// By the places of the policies in them.
    made: Cache<Vec<usize>, Result<Arc<PolicySet>, String>>,
}

impl Slices {
    pub(crate) fn new(all: &PolicySet) -> Result<Self, String> {
        let of = |policy: &Policy| {
            let written = policy.to_json().map_err(|error| error.to_string())?;
            Ok((asked_first(&written), policy.clone()))
        };
        let policies = all.policies().map(of).collect::<Result<_, String>>()?;
        Ok(Self { policies, made: Cache::new(MOST) })
    }

    /// The policies that may match where the facts have these words.
    pub(crate) fn of(&self, words: &[(&str, &str)]) -> Result<Arc<PolicySet>, String> {
        let is_so = |(name, word): &Asked| words.contains(&(name.as_str(), word.as_str()));
        let may_match = |asked: &[Asked]| asked.iter().all(is_so);
        let places: Vec<usize> =
            (0..self.policies.len()).filter(|place| may_match(&self.policies[*place].0)).collect();
        self.made.get_or(places, |places| {
            let policies = places.iter().map(|place| self.policies[*place].1.clone());
            PolicySet::from_policies(policies).map(Arc::new).map_err(|error| error.to_string())
        })
    }
}

/// The facts and words that a policy asks for before anything else.
fn asked_first(policy: &Value) -> Vec<Asked> {
    let mut asked = Vec::new();
    for condition in policy["conditions"].as_array().into_iter().flatten() {
        if condition["kind"] != "when" || !add(&condition["body"], &mut asked) {
            break;
        }
    }
    asked
}

/// Whether all of it was understood: then what stands behind it may be looked at, too.
fn add(condition: &Value, asked: &mut Vec<Asked>) -> bool {
    if let Some(both) = condition.get("&&") {
        return add(&both["left"], asked) && add(&both["right"], asked);
    }
    let Some(equal) = condition.get("==") else {
        return false;
    };
    let name = of_context(&equal["left"]);
    let word = equal["right"]["Value"]["__entity"]["id"].as_str();
    asked.extend(name.zip(word).map(|(name, word)| (name.to_owned(), word.to_owned())));
    name.is_some() && word.is_some()
}

/// The name of a fact, where one stands by itself.
fn of_context(expression: &Value) -> Option<&str> {
    let of = &expression["."];
    of["attr"].as_str().filter(|_| of["left"]["Var"] == "context")
}
