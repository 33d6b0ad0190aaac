//! What other services say of their state: a batch of messages, one transaction.
//!
//! Invariants: no inbox row and no receipt. Each state is whole and has a version, and the service keeps the
//! highest, so that a message that comes twice or late changes nothing (G7). What cannot be kept is set
//! aside (G8); a later version of the same state, or `caf republish`, heals what it leaves out.

use std::future::Future;
use std::sync::Arc;

use schemas::StateEvent;
use sqlx::{PgConnection, PgPool};

use crate::batch::{Item, Origin, Treat, set_aside};
use crate::context::Context;
use crate::desk::Told;
use crate::halving::Transact;
use crate::intake::Verdict;
use crate::outbox::Bundle;
use crate::telemetry;

/// What a service keeps of others' state.
pub trait StateHandler: Send + Sync + 'static {
    /// Keeps the highest version of each entity. May run again for the same events after a rollback.
    fn keep(
        &self,
        tx: &mut PgConnection,
        events: &[&StateEvent],
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
}

/// A service's keeping of states with all that it runs on.
pub(crate) struct Keeper<K> {
    pub(crate) context: Arc<Context>,
    pub(crate) db: PgPool,
    pub(crate) handler: K,
}

impl<K: StateHandler> Transact for Keeper<K> {
    fn context(&self) -> &Context {
        &self.context
    }

    async fn transact(&self, items: &[Item], treat: Treat) -> Result<Option<Bundle>, sqlx::Error> {
        let mut tx = self.db.begin().await?;
        let endings: Vec<Ending<'_>> = items.iter().map(|item| Ending::of(item, treat)).collect();
        let kept: Vec<&StateEvent> = endings.iter().filter_map(Ending::event).collect();
        if !kept.is_empty() {
            self.handler.keep(&mut tx, &kept).await?;
        }
        for (item, ending) in items.iter().zip(&endings) {
            self.end(&mut tx, item, ending).await?;
        }
        tx.commit().await?;
        let told: Vec<Told> = items.iter().zip(&endings).map(|(item, ending)| tell(item, ending)).collect();
        self.context.tell(&told);
        Ok(None)
    }
}

impl<K: StateHandler> Keeper<K> {
    /// Takes the message to the list of those set aside, or off it.
    async fn end(&self, tx: &mut PgConnection, item: &Item, ending: &Ending<'_>) -> Result<(), sqlx::Error> {
        match (ending, item.origin) {
            (Ending::Held(reason), Origin::SetAside(id)) => {
                crate::set_aside::failed_again(tx, id, reason).await
            }
            (Ending::Held(reason), Origin::Broker | Origin::Retry(_)) => {
                set_aside(&self.context, tx, item, reason, self.context.clock.now()).await
            }
            (Ending::Kept(_) | Ending::Discarded, Origin::SetAside(id)) => {
                crate::set_aside::close(tx, id).await
            }
            (Ending::Kept(_) | Ending::Discarded, Origin::Broker | Origin::Retry(_)) => Ok(()),
        }
    }
}

/// How one message ends.
enum Ending<'a> {
    Kept(&'a StateEvent),
    Held(&'static str),
    Discarded,
}

impl<'a> Ending<'a> {
    fn of(item: &'a Item, treat: Treat) -> Self {
        match (treat, &item.checked.verdict) {
            (Treat::Discard, _) => Self::Discarded,
            (Treat::SetAside(reason), _) => Self::Held(reason),
            (Treat::Normally, Verdict::SetAside(reason)) => Self::Held(reason),
            // There is no row of it that could wait.
            (Treat::PutOff, _) => Self::Held("retries-exhausted"),
            (Treat::Normally, Verdict::Keep(event)) => Self::Kept(event),
            // The checks of this lane give neither.
            (Treat::Normally, Verdict::Fold(_) | Verdict::Reject(_)) => Self::Held("not-a-state"),
        }
    }

    const fn event(&self) -> Option<&'a StateEvent> {
        match self {
            Self::Kept(event) => Some(event),
            Self::Held(_) | Self::Discarded => None,
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Kept(_) => "kept",
            Self::Held(_) => "held",
            Self::Discarded => "discarded",
        }
    }
}

fn tell(item: &Item, ending: &Ending<'_>) -> Told {
    let (kind, outcome) = (item.checked.type_name(), ending.name());
    let sent = item.checked.traceparent.as_deref();
    // Nothing follows from it that could go on with the trace.
    let _ = telemetry::handled(kind, outcome, sent, item.parcel.meta.received_at);
    let message_id = item.checked.identity.as_ref().map(|identity| identity.id.as_uuid());
    Told { kind, outcome, message_id, agency: None }
}
