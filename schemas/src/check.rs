//! Whether a message is well formed, and the message as typed values if it is.

use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::problems::{MOST_PROBLEMS, Problem};
use crate::values::instant;
use crate::{AgencyId, Inbound, MessageId, MessageType, Subject, TraceParent, validator};

/// A message of an agency that is as its schema says: the envelope, and the data by type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub id: MessageId,
    pub source: AgencyId,
    pub time: OffsetDateTime,
    pub subject: Option<Subject>,
    pub correlation: Option<MessageId>,
    pub causation: Option<MessageId>,
    pub traceparent: Option<TraceParent>,
    pub data: Inbound,
}

/// The envelope without its data, which is read by type.
#[derive(Deserialize)]
struct Head {
    id: MessageId,
    source: AgencyId,
    #[serde(with = "instant")]
    time: OffsetDateTime,
    #[serde(default)]
    subject: Option<Subject>,
    #[serde(default)]
    correlationid: Option<MessageId>,
    #[serde(default)]
    causationid: Option<MessageId>,
    #[serde(default)]
    traceparent: Option<TraceParent>,
}

/// Checks a whole message, envelope and data, against the schema of its type.
///
/// # Errors
/// What is wrong, at most [`MOST_PROBLEMS`] of it. Nothing in it quotes the message.
pub fn check(kind: MessageType, whole: &Value) -> Result<Accepted, Vec<Problem>> {
    if !kind.entry().is_inbound() {
        return Err(vec![Problem::bad_form("/type", "a type that only the exchange's services publish")]);
    }
    let problems = told(validator::faults(kind, whole));
    if !problems.is_empty() {
        return Err(problems);
    }
    // The schema allowed it, so reading it cannot fail; were the two ever to differ, the sender is told
    // without the error of serde, which quotes.
    let unfit = |at: &str| vec![Problem::bad_form(at, "does not fit the type of this message")];
    let head = Head::deserialize(whole).map_err(|_| unfit(""))?;
    let data = whole.get("data").and_then(|data| Inbound::read(kind, data));
    let data = data.ok_or_else(|| unfit("/data"))?.map_err(|_| unfit("/data"))?;
    Ok(head.with(data))
}

/// Checks what a service is about to publish against its schema *closed*: for tests, since receivers
/// must accept what they do not know.
///
/// # Errors
/// What is wrong, at most [`MOST_PROBLEMS`] of it.
pub fn check_published(kind: MessageType, whole: &Value) -> Result<(), Vec<Problem>> {
    let problems = told(validator::faults_when_closed(kind, whole));
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Each problem once, in the order found.
fn told(faults: Vec<validator::Fault>) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for problem in faults.into_iter().map(Problem::from) {
        if problems.len() < MOST_PROBLEMS && !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    problems
}

impl Head {
    fn with(self, data: Inbound) -> Accepted {
        let Self { id, source, time, subject, correlationid, causationid, traceparent } = self;
        Accepted {
            id,
            source,
            time,
            subject,
            correlation: correlationid,
            causation: causationid,
            traceparent,
            data,
        }
    }
}
