//! What the agency's system is asked to do, and how it is seen that it did. Pure.

use serde_json::Value;

/// The practitioner of the script.
pub(super) const PRACTITIONER: &str = "conform-p-1";

/// Reminders that the exchange sends for the script.
const UNASKED: usize = 2;

/// What was seen of the agency's system so far.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// In the order in which they were sent.
    receipts: Vec<Receipt>,
    /// Lookups by the practitioner of the script that were decided.
    pub(super) lookups: usize,
    /// Reminders that were sent to it for the script.
    reminders: usize,
    /// What lies unacknowledged in its two queues; none before that was looked at.
    pub(super) waiting: Option<u64>,
}

/// What a receipt says: nothing of a person.
#[derive(Clone, Debug)]
struct Receipt {
    of: String,
    state: String,
    code: String,
    child: Option<String>,
}

/// One thing that the agency's system is to do.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    pub name: &'static str,
    /// For the person who makes the system do it.
    pub ask: &'static str,
    met: fn(&Heard) -> bool,
}

/// The series, in its order.
pub const SCRIPT: [Point; 7] = [
    Point {
        name: "a practitioner is recorded",
        ask: "practitioner.recorded: practitionerId conform-p-1, active, check held",
        met: |heard| heard.receipts.iter().any(|one| one.is("recorded") && one.child.is_none()),
    },
    Point {
        name: "a child is recorded",
        ask: "child.recorded: an invented child, synthetic true",
        met: |heard| heard.receipts.iter().any(Receipt::is_of_a_child),
    },
    Point {
        name: "a mistake is rejected",
        ask: "caf.started for that child, with the authority no-such-authority",
        met: |heard| heard.rejection().is_some(),
    },
    Point {
        name: "what was rejected is sent anew",
        ask: "the same caf.started with your own authority, under a new id",
        met: Heard::was_corrected,
    },
    Point {
        name: "a message sent again keeps its id",
        ask: "that caf.started once more, unchanged and with the same id",
        met: Heard::was_repeated,
    },
    Point {
        name: "a lookup is answered",
        ask: "index.looked-up by conform-p-1 for that child, synthetic true",
        met: |heard| heard.lookups > 0,
    },
    Point {
        name: "all that comes is acknowledged, asked for or not",
        ask: "read inbox and answers until nothing waits in them; two reminders came about \"conform\", which your system does not know",
        // an empty queue says nothing of a system that was sent nothing
        met: |heard| heard.waiting == Some(0) && heard.reminders >= UNASKED && !heard.receipts.is_empty(),
    },
];

impl Point {
    #[must_use]
    pub fn is_met(&self, heard: &Heard) -> bool {
        (self.met)(heard)
    }
}

impl Heard {
    /// Takes note of a message that the exchange sent to the agency's inbox.
    pub fn message(&mut self, body: &Value) {
        let about = body.pointer("/data/ref").and_then(Value::as_str).unwrap_or_default();
        if about.rsplit('/').next() == Some("conform") {
            self.reminders += 1;
        }
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        if let (Some(of), Some(state)) = (text("/data/of"), text("/data/state")) {
            let code = text("/data/code").unwrap_or_default();
            self.receipts.push(Receipt { of, state, code, child: text("/data/childRef") });
        }
    }

    fn rejection(&self) -> Option<usize> {
        self.receipts.iter().position(|one| one.is("rejected") && one.code == "unknown-code")
    }

    /// After the rejection, something of the child that was known before it.
    fn was_corrected(&self) -> bool {
        let Some(rejected) = self.rejection() else {
            return false;
        };
        let (before, after) = self.receipts.split_at(rejected);
        let known =
            |one: &Receipt| before.iter().any(|first| first.is_of_a_child() && first.child == one.child);
        after.iter().any(|one| one.is_of_a_child() && known(one))
    }

    fn was_repeated(&self) -> bool {
        let first =
            |again: &Receipt| self.receipts.iter().any(|one| one.is("recorded") && one.of == again.of);
        self.receipts.iter().any(|one| one.is("duplicate") && first(one))
    }
}

impl Receipt {
    fn is(&self, state: &str) -> bool {
        self.state == state
    }

    fn is_of_a_child(&self) -> bool {
        self.is("recorded") && self.child.is_some()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Heard, SCRIPT};

    fn met(heard: &Heard) -> Vec<bool> {
        SCRIPT.iter().map(|point| point.is_met(heard)).collect()
    }

    #[test]
    fn points_are_met_one_after_the_other() {
        let mut heard = Heard::default();
        assert_eq!(met(&heard), [false; 7]);
        let receipts = [
            json!({"of": "1", "state": "recorded"}),
            json!({"of": "2", "state": "recorded", "childRef": "child:a"}),
            json!({"of": "3", "state": "rejected", "code": "unknown-code"}),
            json!({"of": "4", "state": "recorded", "childRef": "child:a"}),
            json!({"of": "4", "state": "duplicate", "childRef": "child:a"}),
        ];
        for (n, receipt) in receipts.into_iter().enumerate() {
            heard.message(&json!({ "data": receipt }));
            let expected: Vec<bool> = (0..7).map(|point| point <= n).collect();
            assert_eq!(met(&heard), expected, "after receipt {n}");
        }
        heard.lookups = 1;
        heard.waiting = Some(2);
        assert_eq!(met(&heard), [true, true, true, true, true, true, false]);
        heard.waiting = Some(0);
        assert!(!SCRIPT[6].is_met(&heard), "nothing came unasked yet");
        for about in ["willow-nursery/conform", "conform"] {
            heard.message(&json!({"data": {"ref": about}}));
        }
        assert_eq!(met(&heard), [true; 7]);
    }

    #[test]
    fn the_same_fact_under_another_id_is_not_the_same_message() {
        let mut heard = Heard::default();
        heard.message(&json!({"data": {"of": "1", "state": "recorded", "childRef": "child:a"}}));
        heard.message(&json!({"data": {"of": "2", "state": "duplicate", "childRef": "child:a"}}));
        assert!(!SCRIPT[4].is_met(&heard));
    }
}
