//! The words of a receipt: it speaks of the message only, never of what others hold (G5).

use schemas::{Day, FirstReceipt, ReceiptIssued, ReceiptOf};
use time::{Date, OffsetDateTime};

use crate::desk::Ending;
use crate::inbox::First;

/// A person looks at a message that was held within so many days.
const HELD_DAYS: i64 = 2;

/// The receipt for a message that ended so.
pub(crate) fn of(of: ReceiptOf, ending: Ending, now: OffsetDateTime) -> ReceiptIssued {
    match ending {
        Ending::Recorded(child, _, released) => {
            ReceiptIssued { released, ..ReceiptIssued::recorded(of, child) }
        }
        Ending::Duplicate(first, child, _) => ReceiptIssued::duplicate(of, told(&first), child),
        Ending::Rejected(rejection) => ReceiptIssued {
            pointers: rejection.pointers,
            ..ReceiptIssued::rejected(of, rejection.code, Vec::new())
        },
        // These two get their own message; a receipt for one would still be true.
        Ending::Answered(..) => ReceiptIssued::recorded(of, None),
        Ending::Held(_) | Ending::PutOff(_) => ReceiptIssued::held(of, due_by(now)),
    }
}

/// How the first of two equal messages ended.
fn told(first: &First) -> FirstReceipt {
    FirstReceipt { state: first.state.receipt_state(), code: first.code, at: first.at }
}

fn due_by(now: OffsetDateTime) -> Day {
    let date: Date = (now + time::Duration::days(HELD_DAYS)).date();
    Day::from_date(date)
}
