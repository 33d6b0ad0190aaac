//! One batch, one transaction: earlier messages, locks, state, fold, store, inbox, outbox.
//!
//! Invariants: a message's effect, its inbox row and its outgoing messages commit together
//! (G2); nothing is published before the commit.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::context::Context;
use crate::desk::{Desk, Ending};
use crate::halving::Transact;
use crate::handler::{Handler, Outcome, lock};
use crate::intake::{Checked, Parcel, Verdict};
use crate::message::Message;
use crate::outbox::Bundle;
use crate::{inbox, retry, set_aside};

/// A message on its way through a batch.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) parcel: Parcel,
    pub(crate) checked: Checked,
    pub(crate) origin: Origin,
}

/// Where a message comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Broker,
    /// Its inbox row, where it waited after so many attempts.
    Retry(i16),
    /// The list of those set aside.
    SetAside(Uuid),
}

/// How a part of a batch is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Treat {
    Normally,
    PutOff,
    SetAside(&'static str),
    /// A person looked and decided against it.
    Discard,
}

/// The batch was not finished: its deliveries go back to the broker.
#[derive(Debug)]
pub(crate) struct GaveUp;

/// Whether it is still worth waiting for the database.
pub(crate) trait Patience: Sync {
    fn worth_waiting(&self) -> bool;

    /// Whether nobody has any use for the outcome any more.
    fn in_vain(&self) -> bool {
        false
    }
}

/// A lane's rules over its own pool, whatever the handler's types.
pub(crate) trait Process: Send + Sync {
    /// Processes `items` and gives the bundles to be published.
    fn process<'a>(
        &'a self,
        items: &'a [Item],
        treat: Treat,
        patience: &'a dyn Patience,
    ) -> BoxFuture<'a, Result<Vec<Bundle>, GaveUp>>;
}

/// A handler with all that it runs on.
pub(crate) struct Engine<H> {
    pub(crate) context: Arc<Context>,
    pub(crate) db: PgPool,
    pub(crate) handler: H,
}

impl<H: Handler> Transact for Engine<H> {
    fn context(&self) -> &Context {
        &self.context
    }

    async fn transact(&self, items: &[Item], treat: Treat) -> Result<Option<Bundle>, sqlx::Error> {
        let now = self.context.clock.now();
        let mut tx = self.db.begin().await?;
        let (ids, facts) = identities(items);
        let earlier = inbox::find(&mut tx, &ids, &facts).await?;
        let mut desk = Desk::new(&self.context, now, earlier);
        let to_fold: Vec<Option<&Message>> = items.iter().map(|item| desk.pick(item, treat)).collect();
        let outcomes = self.fold(&mut tx, &to_fold, now).await?;
        for (item, outcome) in items.iter().zip(outcomes) {
            let ending = desk.conclude(item, treat, outcome);
            self.keep(&mut tx, item, &ending, now).await?;
            desk.answer(item, ending)?;
        }
        let (rows, bundle, told) = desk.finish();
        let due_at = now + self.context.config.limits.outbox_grace();
        inbox::write(&mut tx, &self.context.sealer, &rows, bundle.as_ref(), due_at).await?;
        tx.commit().await?;
        self.context.tell(&told);
        Ok(bundle)
    }
}

impl<H: Handler> Engine<H> {
    /// Locks, loads, folds in arrival order, stores.
    async fn fold(
        &self,
        tx: &mut PgConnection,
        messages: &[Option<&Message>],
        now: time::OffsetDateTime,
    ) -> Result<Vec<Option<Outcome>>, sqlx::Error> {
        let keys: BTreeSet<H::Key> =
            messages.iter().flatten().flat_map(|message| self.handler.keys(message)).collect();
        if messages.iter().all(Option::is_none) {
            return Ok(messages.iter().map(|_| None).collect());
        }
        let locks: BTreeSet<i64> = keys.iter().filter_map(|key| self.handler.lock(key)).collect();
        lock(tx, &locks).await?;
        let mut state = self.handler.load(tx, &keys).await?;
        let outcomes = messages
            .iter()
            .map(|message| message.map(|message| self.apply(&mut state, message, now)).transpose())
            .collect::<Result<_, _>>()?;
        self.handler.store(tx, state).await?;
        Ok(outcomes)
    }

    /// A rule that panics has met data that it was not made for: its message is found like one that
    /// the database refuses.
    fn apply(
        &self,
        state: &mut H::State,
        message: &Message,
        now: time::OffsetDateTime,
    ) -> Result<Outcome, sqlx::Error> {
        catch_unwind(AssertUnwindSafe(|| self.handler.apply(state, message, now)))
            .map_err(|_| sqlx::Error::Decode("a rule panicked".into()))
    }

    /// Keeps the message itself where it has to be looked at again, or ends its being kept.
    async fn keep(
        &self,
        tx: &mut PgConnection,
        item: &Item,
        ending: &Ending,
        now: time::OffsetDateTime,
    ) -> Result<(), sqlx::Error> {
        match (ending, item.origin) {
            (Ending::Held(reason), Origin::SetAside(id)) => set_aside::failed_again(tx, id, reason).await,
            (Ending::Held(reason), Origin::Broker | Origin::Retry(_)) => {
                set_aside(&self.context, tx, item, reason, now).await
            }
            (Ending::PutOff(row), _) => {
                let attempts = match item.origin {
                    Origin::Retry(attempts) => attempts,
                    Origin::Broker | Origin::SetAside(_) => 0,
                };
                let pause = self.context.config.limits.retry_delay() * (1 << attempts.min(10));
                let sealed = self.context.sealer.seal(retry::CONTEXT, &item.parcel.to_bytes());
                retry::put_off(tx, row, now + pause, &sealed).await
            }
            (_, Origin::SetAside(id)) => set_aside::close(tx, id).await,
            (_, Origin::Broker | Origin::Retry(_)) => Ok(()),
        }
    }
}

/// Keeps a message for a person to look at (G8).
pub(crate) async fn set_aside(
    context: &Context,
    tx: &mut PgConnection,
    item: &Item,
    reason: &str,
    now: time::OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let sealed = context.sealer.seal(set_aside::CONTEXT, &item.parcel.to_bytes());
    let row = set_aside::SetAside {
        id: context.clock.new_id(),
        agency: item.checked.sender.as_ref().map(|id| id.as_str().to_owned()),
        r#type: item.checked.type_name().to_owned(),
        message_id: item.checked.identity.as_ref().map(|i| i.id.as_uuid()),
        reason: reason.to_owned(),
        set_aside_at: now,
        attempts: 0,
    };
    set_aside::insert(tx, &row, &sealed).await
}

/// Ids and facts by which earlier messages are found.
fn identities(items: &[Item]) -> (Vec<(String, Uuid)>, Vec<crate::seal::KeyedHash>) {
    let known = || {
        items.iter().filter_map(|item| {
            let identity = item.checked.identity.as_ref()?;
            Some((item.checked.sender.as_ref()?, identity))
        })
    };
    let ids = known().map(|(sender, identity)| (sender.as_str().to_owned(), identity.id.as_uuid())).collect();
    (ids, known().filter_map(|(_, identity)| identity.fact).collect())
}

impl Item {
    /// The message, if its checks let it through.
    pub(crate) fn message(&self) -> Option<&Message> {
        match &self.checked.verdict {
            Verdict::Fold(message) => Some(message),
            Verdict::Keep(_) | Verdict::Reject(_) | Verdict::SetAside(_) => None,
        }
    }
}
