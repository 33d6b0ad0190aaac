//! Sends the rows that have no outcome yet and reads their receipts.
//!
//! At most `IN_FLIGHT` messages are sent and not answered: that bounds the memory here, and how far
//! another agency's message can stand behind ours in the index's queue.
//!
//! The receipts come to the agency's inbox among other messages. The inbox is read before the agency's own
//! reader, which would take them, and with the widest limit of unacknowledged messages, since ours may
//! stand behind very many others; only the receipts of this import are acknowledged, after the journal has
//! them. All else goes back to its place when the reading ends. A receipt of an earlier run is as good as one
//! of this run; the answer to the same message sent again is then a duplicate, which is taken from the inbox
//! where it comes in time.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use aws_lc_rs::digest::{SHA256, digest};
use futures::{StreamExt as _, stream::FuturesUnordered};
use schemas::MessageType;
use tokio::time::Instant;

use super::{
    Answer, Author, Outcome, Problem, Tally, draft,
    journal::Journal,
    sheet::{Row, Rows, Sheet},
};
use crate::{
    Result,
    client::{AgencyClient, Pending, Reader, Received},
};

/// Messages sent and not answered, at most.
const IN_FLIGHT: usize = 1_024;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Complete,
    /// No receipt came for a while; some rows have none.
    Silent,
}

/// A row of which not all messages are answered.
struct Waiting {
    /// By the place of the message among those of the row.
    answers: Vec<Option<Answer>>,
    missing: usize,
}

struct Flow<'a> {
    client: &'a AgencyClient,
    sheet: &'a Sheet,
    journal: &'a mut Journal,
    author: Author,
    rows: Rows<'a>,
    /// The keys of the rows so far, shortened: the second of two rows is refused.
    seen: HashSet<u128>,
    waiting: HashMap<u32, Waiting>,
    in_flight: usize,
    /// Whether others' messages were read, which only wait here.
    left_in_place: bool,
}

/// Sends what has no outcome yet; gives up when nothing was heard for as long as `patience`.
///
/// # Errors
/// When the connection breaks or the journal cannot be written. What was noted stays noted.
pub async fn run(
    client: &AgencyClient,
    sheet: &Sheet,
    journal: &mut Journal,
    author: Author,
    patience: Duration,
    mut shown: impl FnMut(&Tally),
) -> Result<End> {
    // reads before anything is sent: no receipt can be missed
    let mut reader = client.inbox_before_others().await?;
    let rows = sheet.rows()?;
    let (seen, waiting) = (HashSet::new(), HashMap::new());
    let mut flow =
        Flow { client, sheet, journal, author, rows, seen, waiting, in_flight: 0, left_in_place: false };
    let mut confirms = FuturesUnordered::new();
    let mut heard = Instant::now();
    let end = loop {
        flow.fill(|pending: Pending| confirms.push(pending.confirmed())).await?;
        shown(&flow.journal.tally);
        if flow.waiting.is_empty() {
            break End::Complete;
        }
        let left = patience.saturating_sub(heard.elapsed());
        tokio::select! {
            Some(confirmed) = confirms.next(), if !confirms.is_empty() => confirmed?,
            received = reader.next(left) => {
                let Some(first) = received? else { break End::Silent };
                if flow.take(first, &mut reader).await? == Heard::Ours {
                    heard = Instant::now();
                }
            }
        }
    };
    flow.journal.flush()?;
    reader.close().await?;
    Ok(end)
}

/// Whose message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    Ours,
    Others,
}

/// Enough of a key to tell it from all others.
fn shortened(key: &str) -> u128 {
    let mut start = [0; 16];
    start.copy_from_slice(&digest(&SHA256, key.as_bytes()).as_ref()[..16]);
    u128::from_be_bytes(start)
}

impl Flow<'_> {
    /// Sends rows until enough is in flight.
    async fn fill(&mut self, mut sent: impl FnMut(Pending)) -> Result<()> {
        while self.in_flight < IN_FLIGHT {
            let Some(row) = self.rows.next().transpose()? else {
                break;
            };
            let repeated = self.is_repeated(&row);
            if self.journal.outcome(row.number).is_some() {
                continue;
            }
            let messages = if repeated {
                let key = self.sheet.kind.key();
                Err(Answer::refused(
                    "repeated-row",
                    vec![Problem::in_column(key, "an earlier row has the same")],
                ))
            } else {
                draft::messages(self.sheet, &row, &self.author)?
            };
            match messages {
                Err(refused) => self.journal.note(row.number, refused)?,
                Ok(messages) => {
                    let answers = self.sheet.kind.parts().iter().map(|_| None).collect();
                    let count = messages.len();
                    self.waiting.insert(row.number, Waiting { answers, missing: count });
                    self.in_flight += count;
                    for message in messages {
                        sent(self.client.start(&message).await?);
                    }
                }
            }
        }
        self.journal.flush()
    }

    fn is_repeated(&mut self, row: &Row) -> bool {
        let key = self.sheet.value(row, self.sheet.kind.key());
        key.is_some_and(|key| !self.seen.insert(shortened(key)))
    }

    /// Takes what came, and what is here besides: one write of the journal for all of it, then the acks.
    async fn take(&mut self, first: Received, reader: &mut Reader) -> Result<Heard> {
        let mut ours = Vec::new();
        let mut next = Some(first);
        while let Some(received) = next {
            match self.note(&received)? {
                Heard::Ours => ours.push(received),
                Heard::Others => self.left_in_place = true,
            }
            next = if ours.len() < IN_FLIGHT { reader.next_here()? } else { None };
        }
        self.journal.flush()?;
        if self.left_in_place {
            for received in &ours {
                received.ack().await?;
            }
        } else if let Some(last) = ours.last() {
            last.ack_all_so_far().await?;
        }
        Ok(if ours.is_empty() { Heard::Others } else { Heard::Ours })
    }

    fn note(&mut self, received: &Received) -> Result<Heard> {
        let receipt = received.json();
        let named = receipt["data"]["of"].as_str().and_then(|id| self.author.ids.row_of(id));
        let is_receipt = received.message_type() == MessageType::ReceiptIssued.name();
        let Some((row, place)) = named.filter(|_| is_receipt) else {
            return Ok(Heard::Others);
        };
        let part = self.sheet.kind.parts().get(usize::from(place));
        let Some(answer) = part.and_then(|part| Answer::read(receipt, part.what.message_type())) else {
            return Ok(Heard::Others);
        };
        let Some(waiting) = self.waiting.get_mut(&row) else {
            // Of a message that was answered before: said again, for what is published may come twice. But the final
            // receipt of a held one is for a person.
            let again =
                answer.outcome == Outcome::Duplicate || self.journal.outcome(row) != Some(Outcome::Held);
            return Ok(if again { Heard::Ours } else { Heard::Others });
        };
        let place = &mut waiting.answers[usize::from(place)];
        if place.is_none() {
            waiting.missing -= 1;
            self.in_flight -= 1;
        }
        if place.is_none() || answer.outcome != Outcome::Duplicate {
            *place = Some(answer);
        }
        if waiting.missing == 0
            && let Some(Waiting { answers, .. }) = self.waiting.remove(&row)
            && let Some(answer) = Answer::together(answers.into_iter().flatten())
        {
            self.journal.note(row, answer)?;
        }
        Ok(Heard::Ours)
    }
}
