//! Hearing what an agency gets in its inbox: copies in a queue of the operator's own, which takes nothing
//! from the agency. Answers to lookups, which name people, are not copied: the index tells of its decisions.

use std::collections::BTreeSet;

use schemas::AgencyId;
use serde_json::{Value, json};

use super::script::{Heard, PRACTITIONER};
use crate::{Error, Result, exchange_file::AgencyAccess, operator::Operator, random};

/// A killed program leaves no queue behind: the broker deletes one that nobody used for so long.
const UNUSED_MILLISECONDS: u64 = 600_000;

/// Listens beside one agency until it is closed.
#[derive(Debug)]
pub struct Listening<'a> {
    operator: &'a Operator,
    agency: AgencyId,
    access: AgencyAccess,
    queue: String,
    /// Decisions of before.
    old: BTreeSet<String>,
    heard: Heard,
}

impl<'a> Listening<'a> {
    /// Begins; what was before does not count.
    ///
    /// # Errors
    /// When the agency has no access, or broker or index do not answer.
    pub async fn begin(operator: &'a Operator, agency: &AgencyId) -> Result<Self> {
        let access = operator.exchange()?.agency(agency.as_str())?.clone();
        // four words: no agency's queue has such a name
        let queue = format!("inbox.conform.{agency}.{}", random::secret()?);
        let mut listening = Self {
            operator,
            agency: agency.clone(),
            access,
            queue,
            old: BTreeSet::new(),
            heard: Heard::default(),
        };
        listening.old = listening.decisions().await?;
        let management = &operator.management;
        let arguments = json!({"x-expires": UNUSED_MILLISECONDS, "x-max-length": 10_000});
        management.declare_queue(&listening.queue, &arguments).await?;
        management.bind("out", &listening.queue, &format!("inbox.{agency}")).await?;
        let _: Value = operator.registers()?.post(&format!("/agencies/{agency}/conform"), &[]).await?;
        Ok(listening)
    }

    /// What was seen until now.
    ///
    /// # Errors
    /// When broker or index do not answer.
    pub async fn look(&mut self) -> Result<&Heard> {
        for body in self.operator.management.take(&self.queue, 1_000).await? {
            let body: Value = serde_json::from_str(&body)
                .map_err(|cause| Error::failed("the exchange sent a message that is not JSON", cause))?;
            self.heard.message(&body);
        }
        self.heard.lookups = self.decisions().await?.difference(&self.old).count();
        self.heard.waiting = Some(self.waiting().await?);
        Ok(&self.heard)
    }

    /// Ends.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn end(self) -> Result<()> {
        self.operator.management.delete_queue(&self.queue).await
    }

    /// Decisions on lookups by the practitioner of the script; one whom the register does not know counts not.
    async fn decisions(&self) -> Result<BTreeSet<String>> {
        let practitioner = format!("{}/{PRACTITIONER}", self.agency);
        let query = [("practitioner", practitioner.as_str()), ("limit", "10000")];
        let all: Vec<Value> = self.operator.registers()?.get("/decisions", &query).await?;
        let known = all.iter().filter(|decision| decision["reason"] != "unknown-practitioner");
        Ok(known.filter_map(|decision| decision["id"].as_str().map(str::to_owned)).collect())
    }

    async fn waiting(&self) -> Result<u64> {
        let mut waiting = 0;
        for queue in [&self.access.inbox, &self.access.answers] {
            let state = self.operator.management.queue(queue).await?;
            waiting += state.map_or(0, |state| state.messages);
        }
        Ok(waiting)
    }
}
