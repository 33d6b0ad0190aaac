//! What is told to a sender: where, and what is wrong, in plain words, quoting nothing that was sent.

use serde::{Deserialize, Serialize};

use crate::ReceiptCode;
use crate::validator::{Fault, Wrong};

/// At most this many problems of one message are told.
pub const MOST_PROBLEMS: usize = 20;

/// A list of codes up to this length is told with the problem, unless it makes a long text.
const SHORT_LIST: usize = 10;
const SHORT_TEXT: usize = 200;

/// One fault of a message, with the code it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A JSON pointer, of names that the schemas know; empty for the message as a whole.
    pub at: String,
    /// What is wrong there. Never quotes the message.
    pub problem: String,
    pub code: ReceiptCode,
}

/// A problem as a receipt tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pointer {
    pub at: String,
    pub problem: String,
}

impl From<Problem> for Pointer {
    fn from(Problem { at, problem, code: _ }: Problem) -> Self {
        Self { at, problem }
    }
}

/// The one code of a message with these problems: `bad-form` if any is of the form, else the first.
#[must_use]
pub fn code_of(problems: &[Problem]) -> ReceiptCode {
    let bad_form = problems.iter().any(|problem| problem.code == ReceiptCode::BadForm);
    match problems.first() {
        Some(first) if !bad_form => first.code,
        Some(_) | None => ReceiptCode::BadForm,
    }
}

impl Problem {
    pub(crate) fn bad_form(at: &str, problem: &str) -> Self {
        Self { at: at.to_owned(), problem: problem.to_owned(), code: ReceiptCode::BadForm }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let code = match fault.wrong {
            Wrong::NotACode(_) => ReceiptCode::UnknownCode,
            Wrong::CheckDigit => ReceiptCode::CheckDigit,
            Wrong::DateImpossible => ReceiptCode::DateImpossible,
            Wrong::NotAgreedToRecord => ReceiptCode::ContentNotAllowedHere,
            Wrong::UnknownProperty
            | Wrong::Missing
            | Wrong::NotConst(_)
            | Wrong::Type
            | Wrong::Pattern
            | Wrong::TooLong(_)
            | Wrong::TooShort
            | Wrong::TooMany(_)
            | Wrong::TooFew(_)
            | Wrong::OutOfRange
            | Wrong::Remark(_)
            | Wrong::Form => ReceiptCode::BadForm,
        };
        Self { at: fault.at, problem: told(fault.wrong), code }
    }
}

fn told(wrong: Wrong) -> String {
    match wrong {
        Wrong::UnknownProperty => "a property that is not in the schema".to_owned(),
        Wrong::Missing => "missing".to_owned(),
        Wrong::NotACode(codes)
            if codes.len() <= SHORT_LIST && codes.iter().map(String::len).sum::<usize>() <= SHORT_TEXT =>
        {
            format!("not a code of this list: {}", codes.join(", "))
        }
        Wrong::NotACode(_) => "not a code of this list (the schema has it)".to_owned(),
        Wrong::NotConst(wanted) => format!("must be {wanted}"),
        Wrong::CheckDigit => "the check digit or check letter is wrong".to_owned(),
        Wrong::DateImpossible => "no such day or time".to_owned(),
        Wrong::NotAgreedToRecord => {
            "what was not agreed to be recorded does not belong in a message".to_owned()
        }
        Wrong::Type => "of another JSON type than the schema says".to_owned(),
        Wrong::Pattern => "not of the form that the schema says".to_owned(),
        Wrong::TooLong(limit) => format!("longer than {limit} characters"),
        Wrong::TooShort => "empty".to_owned(),
        Wrong::TooMany(limit) => format!("more than {limit} entries"),
        Wrong::TooFew(limit) => format!("fewer than {limit} entries"),
        Wrong::OutOfRange => "out of the range that the schema says".to_owned(),
        Wrong::Remark(remark) => remark,
        Wrong::Form => "not as the schema says".to_owned(),
    }
}
