//! Tells other services of this one's state: what changed is read page by page and told, one replica at a
//! time.
//!
//! Invariants: what is told and how far it was told commit together (G2), and nothing is published before.
//! A state is whole and has a version, so it may be told twice, and in any order (G7).

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;

use schemas::StateEvent;
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;

use crate::context::{Context, Stop};
use crate::handler::{lock, lock_number};
use crate::intake::MAX_BODY;
use crate::outbox::{self, Bundle};
use crate::outgoing::{Outgoing, OutgoingError};
use crate::relay::Relay;

/// Where a service's state is read.
pub trait StateSource: Send + Sync + 'static {
    /// What comes next: whatever was committed since, at most a page of each type; and notes how far that
    /// was. Nothing where nothing is left.
    fn page(
        &self,
        tx: &mut PgConnection,
    ) -> impl Future<Output = Result<Vec<StateEvent>, sqlx::Error>> + Send;
}

/// A service's telling of its state with all that it runs on.
pub(crate) struct Publication<S> {
    pub(crate) context: Arc<Context>,
    pub(crate) db: PgPool,
    pub(crate) relay: Relay,
    pub(crate) source: S,
}

impl<S: StateSource> Publication<S> {
    /// Tells until asked to stop: all that there is, then again after a tick.
    pub(crate) async fn run(self, mut stop: Stop) {
        while !stop.sleep(self.context.config.limits.tick()).await {
            while !stop.is_requested() {
                match self.round().await {
                    Ok(Round::More) => {}
                    Ok(Round::Done) => break,
                    Err(error) => {
                        tracing::warn!(
                            db.error = %crate::database::describe(&error),
                            "what changed could not be told; it will be tried again"
                        );
                        break;
                    }
                }
            }
        }
    }

    async fn round(&self) -> Result<Round, sqlx::Error> {
        let mut tx = self.db.begin().await?;
        let number = lock_number(&["publication", self.context.name]);
        let ours = sqlx::query_scalar!(r#"SELECT pg_try_advisory_xact_lock($1) AS "ours!""#, number);
        if !ours.fetch_one(&mut *tx).await? {
            return Ok(Round::Done);
        }
        let events = self.source.page(&mut tx).await?;
        if events.is_empty() {
            return Ok(Round::Done);
        }
        let now = self.context.clock.now();
        let mut messages = Vec::with_capacity(events.len());
        for event in events {
            self.write(event, now, &mut messages).map_err(|error| sqlx::Error::Encode(error.into()))?;
        }
        let bundle = Bundle { id: self.context.clock.new_id(), attempts: 0, alone: false, messages };
        let due_at = now + self.context.config.limits.outbox_grace();
        outbox::insert(&mut tx, &self.context.sealer, &bundle, due_at).await?;
        tx.commit().await?;
        self.relay.send(vec![bundle]).await;
        Ok(Round::More)
    }

    /// In one message, or in as many as its size needs.
    fn write(
        &self,
        mut event: StateEvent,
        now: OffsetDateTime,
        messages: &mut Vec<Outgoing>,
    ) -> Result<(), OutgoingError> {
        let whole = Outgoing::event(self.context.clock.new_id(), self.context.user, &event, now)?;
        if whole.length() <= MAX_BODY || event.count() < 2 {
            messages.push(whole);
            return Ok(());
        }
        let later = event.split_off();
        self.write(event, now, messages)?;
        self.write(later, now, messages)
    }
}

/// Waits until no round of this service is under way, and keeps others from one for the transaction.
///
/// # Errors
/// When the database refuses.
pub async fn exclusive(tx: &mut PgConnection, service: &str) -> Result<(), sqlx::Error> {
    lock(tx, &BTreeSet::from([lock_number(&["publication", service])])).await
}

/// A moment as the version of a state, or what one is raised by: its milliseconds, more than a row is ever written. What a
/// restored backup tells from then on is higher than what was told before.
#[must_use]
pub fn version_at(now: OffsetDateTime) -> i64 {
    i64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// Whether a round found something to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    More,
    Done,
}
