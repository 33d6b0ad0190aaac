//! What a service supplies for each lane: four functions over a batch of messages.

use std::collections::BTreeSet;
use std::future::Future;

use schemas::catalogue::{AgencyQueue, MessageType};
use schemas::codes::ReceiptCode;
use schemas::ids::{AgencyId, ChildRef};
use schemas::{Pointer, Released};
use serde::Serialize;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::message::Message;

/// The rules of one lane.
///
/// The kit takes a batch, collects its keys, locks them in sorted order, loads the state,
/// folds the messages into it in arrival order and stores what changed; all in one
/// transaction with the inbox rows and the outgoing messages. The functions may run
/// again for the same messages after a rollback, so they have no effect but on
/// the state and the transaction that they are given.
pub trait Handler: Send + Sync + 'static {
    /// What a message touches or asks for.
    type Key: Clone + Ord + Send + Sync;
    /// What the batch's messages are folded into.
    type State: Send;

    /// The keys of one message.
    fn keys(&self, message: &Message) -> Vec<Self::Key>;

    /// The number under which a key is locked for the transaction (see [`lock_number`]), before anything
    /// is loaded; none where the key is only read.
    fn lock(&self, key: &Self::Key) -> Option<i64>;

    /// Loads the state for all keys of a batch: a statement a table or so, whatever the number of keys.
    fn load(
        &self,
        tx: &mut PgConnection,
        keys: &BTreeSet<Self::Key>,
    ) -> impl Future<Output = Result<Self::State, sqlx::Error>> + Send;

    /// Folds one message into the state: pure, no clock, no chance.
    fn apply(&self, state: &mut Self::State, message: &Message, now: OffsetDateTime) -> Outcome;

    /// Stores what changed, a statement a table (UNNEST).
    fn store(
        &self,
        tx: &mut PgConnection,
        state: Self::State,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
}

/// What became of one message.
#[derive(Debug)]
pub enum Outcome {
    /// A statement was taken down.
    Recorded {
        /// The sender's own reference for the child, where the message was about one.
        child: Option<ChildRef>,
        /// What follows from it, besides the receipt.
        notices: Vec<Notice>,
        /// What of it was released to whom: its receipt says so.
        released: Vec<Released>,
    },
    /// Refused, with reasons that the sender may see.
    Rejected { code: ReceiptCode, pointers: Vec<Pointer> },
    /// A query was answered: the answer's type and its `data`.
    Answered { kind: MessageType, data: serde_json::Value },
}

/// A message that follows from a statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub to: AgencyId,
    pub queue: AgencyQueue,
    pub kind: MessageType,
    /// Its id, where something of ours is to find it again by what comes back; else a new one.
    pub id: Option<Uuid>,
    /// The child that it is about, by the receiver's own reference.
    pub subject: Option<ChildRef>,
    /// Its `data`.
    pub data: serde_json::Value,
}

impl Notice {
    /// `data` is one of the catalogue's structs: its keys are all names, so that it is JSON always.
    #[must_use]
    pub fn new(to: AgencyId, queue: AgencyQueue, kind: MessageType, data: &impl Serialize) -> Self {
        Self { to, queue, kind, id: None, subject: None, data: serde_json::json!(data) }
    }

    /// With an id that was set aside for it.
    #[must_use]
    pub fn with_id(self, id: Uuid) -> Self {
        Self { id: Some(id), ..self }
    }

    /// About a child, by the receiver's own reference; of a child that the receiver has no reference of, none.
    #[must_use]
    pub fn about(self, subject: Option<ChildRef>) -> Self {
        Self { subject, ..self }
    }
}

impl Outcome {
    /// Taken down, and these are told.
    #[must_use]
    pub const fn told(child: Option<ChildRef>, notices: Vec<Notice>) -> Self {
        Self::Recorded { child, notices, released: Vec::new() }
    }

    /// Taken down, and nobody else is told.
    #[must_use]
    pub const fn recorded(child: Option<ChildRef>) -> Self {
        Self::told(child, Vec::new())
    }
}

/// A lock's number from the parts of a key (FNV-1a; two keys that share a number only wait
/// for one another).
#[must_use]
pub fn lock_number(parts: &[&str]) -> i64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash ^= u64::from(byte);
            hash = hash.wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash.cast_signed()
}

/// Takes locks for the transaction, in ascending order, so that two batches cannot wait for one
/// another. A handler calls it once at most, for what it cannot tell before it has loaded something: all
/// batches then take these after those of [`Handler::lock`].
///
/// # Errors
/// When the database refuses.
pub async fn lock(tx: &mut PgConnection, numbers: &BTreeSet<i64>) -> Result<(), sqlx::Error> {
    if numbers.is_empty() {
        return Ok(());
    }
    let numbers: Vec<i64> = numbers.iter().copied().collect();
    sqlx::query!(
        r#"SELECT count(pg_advisory_xact_lock(n)) AS "locked!" FROM unnest($1::bigint[]) AS q(n)"#,
        &numbers
    )
    .fetch_one(tx)
    .await?;
    Ok(())
}
