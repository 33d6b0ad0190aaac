//! An agency's two queues. Their names hold a secret: anybody may ask the
//! broker passively for the counts of a queue whose name it knows.

use schemas::AgencyId;
use serde_json::json;
use time::Duration;

use crate::{
    Result, definitions,
    management::{Management, QueueState},
    random,
};

/// How long the queues of a revoked agency are kept: nobody reads them, and the agency may come back.
pub const KEPT: Duration = Duration::days(30);

/// The names of an agency's inbox and answers queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queues {
    pub inbox: String,
    pub answers: String,
}

/// The names of the agency's queues where there are any.
pub(super) async fn find(management: &Management, agency: &AgencyId) -> Result<Vec<QueueState>> {
    let mut queues = management.queues().await?;
    queues.retain(|queue| is_of(&queue.name, "inbox", agency) || is_of(&queue.name, "answers", agency));
    queues.sort_by(|one, other| other.name.cmp(&one.name));
    Ok(queues)
}

/// Declares what is missing of the two queues, and binds both.
pub(super) async fn ensure(management: &Management, agency: &AgencyId) -> Result<Queues> {
    let there = find(management, agency).await?;
    let queues = Queues { inbox: name(&there, "inbox", agency)?, answers: name(&there, "answers", agency)? };
    let (inbox, answers) = (definitions::inbox_arguments(), definitions::answers_arguments());
    management.declare_queue(&queues.inbox, &inbox).await?;
    management.declare_queue(&queues.answers, &answers).await?;
    for queue in [&queues.inbox, &queues.answers] {
        for (exchange, key) in bindings(queue, agency) {
            management.bind(exchange, queue, &key).await?;
        }
    }
    management.delete_policy(&expiry(agency)).await?;
    Ok(queues)
}

/// Lets nothing more into the agency's queues, so that what still waits for it comes back to the
/// services, and has the broker delete them after `KEPT`. Gives them with what is in them.
pub(super) async fn shut(management: &Management, agency: &AgencyId) -> Result<Vec<QueueState>> {
    let there = find(management, agency).await?;
    for queue in &there {
        for (exchange, key) in bindings(&queue.name, agency) {
            management.unbind(exchange, &queue.name, &key).await?;
        }
    }
    let pattern = format!(r"^(inbox|answers)\.{agency}\.");
    let milliseconds = u64::try_from(KEPT.whole_milliseconds()).unwrap_or_default();
    management.put_policy(&expiry(agency), &pattern, &json!({"expires": milliseconds})).await?;
    Ok(there)
}

/// What comes into a queue: `inbox.<agency>` or `answers.<agency>`.
fn bindings(queue: &str, agency: &AgencyId) -> Vec<(&'static str, String)> {
    if queue.starts_with("inbox.") {
        // case content comes on an exchange of its own, into the same inbox
        ["out", "share"].map(|exchange| (exchange, format!("inbox.{agency}"))).into()
    } else {
        vec![("out", format!("answers.{agency}"))]
    }
}

/// The policy that lets a revoked agency's queues expire.
fn expiry(agency: &AgencyId) -> String {
    format!("revoked-{agency}")
}

fn name(there: &[QueueState], part: &str, agency: &AgencyId) -> Result<String> {
    match there.iter().find(|queue| is_of(&queue.name, part, agency)) {
        Some(queue) => Ok(queue.name.clone()),
        None => Ok(format!("{part}.{agency}.{}", random::secret()?)),
    }
}

/// Whether a queue is `<part>.<agency>.<secret>`; an id holds no dot, so that
/// none of a look-alike matches.
fn is_of(queue: &str, part: &str, agency: &AgencyId) -> bool {
    let mut words = queue.split('.');
    words.next() == Some(part)
        && words.next() == Some(agency.as_str())
        && words.next().is_some_and(|secret| !secret.is_empty())
        && words.next().is_none()
}

impl Queues {
    /// The regular expression that covers these two queues and nothing else.
    pub(super) fn read_permission(&self) -> String {
        let escape = |name: &str| name.replace('.', r"\.");
        format!("^({}|{})$", escape(&self.inbox), escape(&self.answers))
    }
}
