//! The rules in force: one folder of policies, checked as a whole.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use cedar_policy::{Authorizer, Entities, PolicySet, Response, Schema};
use schemas::WithheldCode;

use crate::cache::{Alike, Cache, Key};
use crate::cedar::{Names, words};
use crate::decision::precedence;
use crate::folder::{Folder, one_line};
use crate::necessity::Necessity;
use crate::policies::Policies;
use crate::slices::Slices;
use crate::{Decision, Facts, Fault, LoadError, NOTHING_PERMITS, Outcome, PolicyId, PolicyText, cases};

/// Decisions that are remembered: more than the facts of a busy day take.
const MOST: usize = 16_384;

/// Policies that were read, validated against the schema, and tried on every example.
#[derive(Debug)]
pub struct Rules {
    policies: Arc<PolicySet>,
    slices: Slices,
    texts: BTreeMap<PolicyId, PolicyText>,
    necessity: Necessity,
    alike: Alike,
    names: Names,
    hash: String,
    authorizer: Authorizer,
    /// No entity has attributes: all facts stand in the context.
    entities: Entities,
    cache: Cache<Key, Decision>,
}

impl Rules {
    /// Reads a folder such as `deploy/policies`.
    ///
    /// # Errors
    /// The first fault, with its file and policy and what to do about it. Nothing of a faulty folder is used.
    pub fn load(dir: &Path) -> Result<Self, LoadError> {
        Self::of(&Folder::read(dir)?)
    }

    pub(crate) fn of(folder: &Folder) -> Result<Self, LoadError> {
        let refuse = |error: String| LoadError::new(folder.schema.name.as_str(), Fault::Unparsable(error));
        let (schema, _warnings) =
            Schema::from_cedarschema_str(&folder.schema.text).map_err(|error| refuse(one_line(&error)))?;
        let Policies { set, texts, named } = Policies::parse(&schema, &folder.policies)?;
        let rules = Self {
            slices: Slices::new(&set).map_err(refuse)?,
            policies: Arc::new(set),
            texts,
            necessity: Necessity::parse(&folder.purposes)?,
            alike: Alike::new(named),
            names: Names::new().map_err(refuse)?,
            hash: folder.hash(),
            authorizer: Authorizer::new(),
            entities: Entities::empty(),
            cache: Cache::new(MOST),
        };
        cases::run(folder, |facts| rules.decide(facts))?;
        Ok(rules)
    }

    /// SHA-256 in hex over all that decides: it stands in each record of a decision (G3).
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// What each policy says of itself, by its id.
    #[must_use]
    pub const fn texts(&self) -> &BTreeMap<PolicyId, PolicyText> {
        &self.texts
    }

    /// Decides one part for one recipient. The same facts always come out the same.
    #[must_use]
    pub fn decide(&self, facts: &Facts) -> Decision {
        let key = self.alike.key(facts, self.necessity.of(facts));
        self.cache.get_or(key, |key| self.evaluate(key))
    }

    /// The same without the cache: what a decision costs.
    #[must_use]
    pub fn decide_anew(&self, facts: &Facts) -> Decision {
        self.evaluate(&Key { facts: facts.clone(), necessary: self.necessity.of(facts) })
    }

    /// The same by every policy: the proof that neither the cache nor what is left out changes anything.
    #[must_use]
    pub fn decide_by_all(&self, facts: &Facts) -> Decision {
        let key = Key { facts: facts.clone(), necessary: self.necessity.of(facts) };
        self.answer(&key, Ok(Arc::clone(&self.policies)))
    }

    fn evaluate(&self, key: &Key) -> Decision {
        self.answer(key, self.slices.of(&words(key)))
    }

    fn answer(&self, key: &Key, policies: Result<Arc<PolicySet>, String>) -> Decision {
        let request = self.names.request(key, None);
        match request.and_then(|request| Ok((request, policies?))) {
            Ok((request, policies)) => {
                self.read(&self.authorizer.is_authorized(&request, &policies, &self.entities))
            }
            // Fail closed: what cannot be put to the policies is not permitted by them.
            Err(_) => refused(WithheldCode::RuleError, vec![PolicyId::new(NOTHING_PERMITS)]),
        }
    }

    fn read(&self, response: &Response) -> Decision {
        // Cedar skips a policy that errs, so that a failing forbid would not forbid: any error refuses (G5).
        let erred = ids(response.diagnostics().errors().map(|error| match error {
            cedar_policy::AuthorizationError::PolicyEvaluationError(error) => error.policy_id(),
        }));
        if !erred.is_empty() {
            return refused(WithheldCode::RuleError, erred);
        }
        let policies = ids(response.diagnostics().reason());
        match response.decision() {
            cedar_policy::Decision::Allow => Decision { outcome: Outcome::Share, code: None, policies },
            cedar_policy::Decision::Deny if policies.is_empty() => {
                refused(WithheldCode::NoConsent, vec![PolicyId::new(NOTHING_PERMITS)])
            }
            cedar_policy::Decision::Deny => self.forbidden(policies),
        }
    }

    /// The strictest outcome holds; its code is the one that protects people most.
    fn forbidden(&self, policies: Vec<PolicyId>) -> Decision {
        let matched: Vec<&PolicyText> = policies.iter().filter_map(|id| self.texts.get(id)).collect();
        let Some(outcome) = matched.iter().map(|text| text.outcome).min() else {
            return refused(WithheldCode::RuleError, policies);
        };
        let codes = matched.iter().filter(|text| text.outcome == outcome).filter_map(|text| text.code);
        Decision { outcome, code: codes.min_by_key(|code| precedence(*code)), policies }
    }
}

fn refused(code: WithheldCode, policies: Vec<PolicyId>) -> Decision {
    Decision { outcome: Outcome::DoNotShare, code: Some(code), policies }
}

fn ids<'a>(of: impl Iterator<Item = &'a cedar_policy::PolicyId>) -> Vec<PolicyId> {
    let mut ids: Vec<PolicyId> = of.map(|id| PolicyId::new(id.as_ref())).collect();
    ids.sort();
    ids
}
