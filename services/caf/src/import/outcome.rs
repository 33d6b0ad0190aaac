//! What came of a message and of a row.

use std::collections::BTreeMap;

use schemas::MessageType;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What came of a row.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All that the row says was there already.
    Duplicate,
    Recorded,
    /// A person looks; a final receipt follows in the inbox.
    Held,
    /// Something that the row says was not taken.
    Rejected,
}

impl Outcome {
    fn from_state(state: &str) -> Option<Self> {
        match state {
            "recorded" => Some(Self::Recorded),
            "duplicate" => Some(Self::Duplicate),
            "held" => Some(Self::Held),
            "rejected" => Some(Self::Rejected),
            _ => None,
        }
    }
}

/// What is wrong, and where; it quotes nothing that stands in the file.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The type of the message whose place `at` is; without one it is a column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    pub at: String,
    pub problem: String,
}

impl Problem {
    /// Something wrong in a column.
    #[must_use]
    pub fn in_column(column: &str, problem: &str) -> Self {
        Self { of: None, at: column.to_owned(), problem: problem.to_owned() }
    }
}

/// What was answered to one message, or said before it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub outcome: Outcome,
    pub code: Option<String>,
    pub problems: Vec<Problem>,
}

impl Answer {
    /// The row is not as it should be; nothing is sent.
    #[must_use]
    pub fn refused(code: &str, problems: Vec<Problem>) -> Self {
        Self { outcome: Outcome::Rejected, code: Some(code.to_owned()), problems }
    }

    /// Reads the receipt of a message of this type. None if it is none.
    #[must_use]
    pub fn read(receipt: &Value, of: MessageType) -> Option<Self> {
        let data = &receipt["data"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let outcome = Outcome::from_state(data["state"].as_str()?)?;
        // a message that was sent before an interruption: what counts is what was said of it then
        let first = data["first"]["state"].as_str().and_then(Outcome::from_state);
        if let (Outcome::Duplicate, Some(first @ (Outcome::Rejected | Outcome::Held))) = (outcome, first) {
            return Some(Self { outcome: first, code: text(&data["first"]["code"]), problems: Vec::new() });
        }
        let pointers = data["pointers"].as_array().into_iter().flatten();
        let problems = pointers.filter_map(|pointer| {
            let (at, problem) = (text(&pointer["at"])?, text(&pointer["problem"])?);
            Some(Problem { of: Some(of.name().to_owned()), at, problem })
        });
        Some(Self { outcome, code: text(&data["code"]), problems: problems.collect() })
    }

    /// What several messages of one row come to: the worst of them.
    #[must_use]
    pub fn together(answers: impl IntoIterator<Item = Self>) -> Option<Self> {
        answers.into_iter().reduce(|one, other| {
            let (mut worse, rest) = if one.outcome >= other.outcome { (one, other) } else { (other, one) };
            if rest.outcome == Outcome::Rejected {
                worse.problems.extend(rest.problems);
            }
            worse
        })
    }
}

/// How many rows came to what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub recorded: usize,
    pub duplicate: usize,
    pub held: usize,
    pub rejected: usize,
    /// Of those rejected, by code.
    pub codes: BTreeMap<String, usize>,
}

impl Tally {
    pub(super) fn add(&mut self, outcome: Outcome, code: Option<&str>) {
        match outcome {
            Outcome::Recorded => self.recorded += 1,
            Outcome::Duplicate => self.duplicate += 1,
            Outcome::Held => self.held += 1,
            Outcome::Rejected => {
                self.rejected += 1;
                *self.codes.entry(code.unwrap_or("rejected").to_owned()).or_default() += 1;
            }
        }
    }

    /// How many rows have an outcome.
    #[must_use]
    pub fn done(&self) -> usize {
        self.recorded + self.duplicate + self.held + self.rejected
    }
}
