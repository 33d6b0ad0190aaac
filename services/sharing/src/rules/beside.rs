//! What decides beside the policies: its ids stand in the records just as theirs do, each with its words and paragraphs.

use deciding::BESIDE;
use serde_json::{Value, json};

/// Whoever may not know of a holder is answered as of a child whom nobody knows.
pub const NOT_SHOWN: &str = BESIDE[1];
/// An offer to an agency of which nothing is known.
pub const NOT_ON_THE_REGISTER: &str = BESIDE[2];
/// The holder judges what it holds.
pub const HOLDER_DECLINED: &str = BESIDE[3];
/// A request that nobody answered ends; it does not share.
pub const NOT_ANSWERED: &str = BESIDE[4];

/// What is said of one of them, as of a policy.
#[must_use]
pub fn words(id: &str) -> Option<Value> {
    let (words, paragraphs) = match id {
        NOT_SHOWN => (
            "Whoever asked may not know whether this agency works with the child, and is answered as of a child whom nobody knows.",
            "MG 4.19; ContactPoint regulations 2007",
        ),
        NOT_ON_THE_REGISTER => ("No such agency stands on the register.", "MG 4.10"),
        HOLDER_DECLINED => (
            "The practitioner who holds the information judged that it is not shared, and said why.",
            "MG 4.21, 4.24",
        ),
        NOT_ANSWERED => ("The holder did not answer by the date.", "MG 4.24"),
        deciding::NOTHING_PERMITS => ("No policy permits it: what nothing permits is not shared.", "MG 4.16"),
        _ => return None,
    };
    Some(json!({ "words": words, "paragraphs": paragraphs }))
}
