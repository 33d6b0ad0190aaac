//! After the commit: publishes a bundle, forgets it once confirmed, and gives what the broker
//! did not take a row of its own. A background round takes up what a crash or a
//! broken connection left behind.

use std::sync::Arc;

use sqlx::PgPool;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::context::{Context, Stop};
use crate::metrics::Why;
use crate::outbox::{self, Bundle};
use crate::outgoing::Outgoing;
use crate::parked;
use crate::publisher::{Fate, Publisher};

/// Tries of a message that the broker gives back or closes the channel over.
const TRIES_BEFORE_PARKING: i16 = 3;
/// The longest pause between two tries of one message.
const MAX_PAUSE: Duration = Duration::seconds(60);

/// Publishes bundles on behalf of a lane or of the background round.
pub(crate) struct Relay {
    context: Arc<Context>,
    db: PgPool,
    publisher: Publisher,
}

impl Relay {
    pub(crate) fn new(context: Arc<Context>, db: PgPool, publisher: Publisher) -> Self {
        Self { context, db, publisher }
    }

    /// Publishes bundles whose rows are committed. What fails stays in the outbox, so this
    /// never does; gives the bundles of which nothing is known.
    pub(crate) async fn send(&self, bundles: Vec<Bundle>) -> Vec<Uuid> {
        let messages: Vec<&Outgoing> = bundles.iter().flat_map(|bundle| &bundle.messages).collect();
        let mut fates = self.publisher.publish(&messages).await.into_iter();
        let (mut confirmed, mut unknown) = (Vec::new(), Vec::new());
        for bundle in bundles {
            let fates: Vec<Fate> = fates.by_ref().take(bundle.messages.len()).collect();
            if fates.iter().all(|fate| *fate == Fate::Confirmed) {
                confirmed.push(bundle.id);
            } else if fates.iter().all(|fate| *fate == Fate::Unknown) {
                unknown.push(bundle.id);
            } else {
                self.split(bundle, fates).await;
            }
        }
        Self::report(outbox::delete(&self.db, &confirmed).await);
        unknown
    }

    /// One message that failed before: alone, so that its failure is its own.
    async fn send_alone(&self, bundle: Bundle) {
        let now = self.context.clock.now();
        let Some(message) = bundle.messages.first() else {
            return Self::report(outbox::delete(&self.db, &[bundle.id]).await);
        };
        let fate = self.publisher.publish(&[message]).await.first().copied().unwrap_or(Fate::Unknown);
        let reason = match fate {
            Fate::Confirmed => return Self::report(outbox::delete(&self.db, &[bundle.id]).await),
            // That says nothing of the message, and counts for nothing.
            Fate::Refused | Fate::Unknown => {
                let due_at = now + self.pause(bundle.attempts);
                return Self::report(outbox::put_off(&self.db, &[bundle.id], due_at).await);
            }
            Fate::Returned => "returned",
            Fate::ChannelClosed => "channel-closed",
        };
        if bundle.attempts < TRIES_BEFORE_PARKING {
            return self.split(bundle, vec![fate]).await;
        }
        tracing::error!(
            messaging.message_id = %message.id,
            messaging.kind = message.kind,
            reason,
            "an outgoing message was parked; see `caf parked list`"
        );
        self.context.metrics.parked.get_or_create(&Why { reason }).inc();
        let sealer = &self.context.sealer;
        Self::report(parked::park(&self.db, sealer, bundle.id, message, reason, now).await);
    }

    /// Gives each message that was not confirmed a bundle of its own.
    async fn split(&self, bundle: Bundle, fates: Vec<Fate>) {
        let now = self.context.clock.now();
        let id = bundle.id;
        let singles: Vec<(Bundle, OffsetDateTime)> = bundle
            .messages
            .into_iter()
            .zip(fates)
            .filter(|(_, fate)| *fate != Fate::Confirmed)
            .map(|(message, fate)| {
                let alone = matches!(fate, Fate::Returned | Fate::ChannelClosed);
                // How often a full queue refused it says nothing of the message itself.
                let before = if alone && !bundle.alone { 0 } else { bundle.attempts };
                let attempts = before.saturating_add(1);
                let due_at = if alone && attempts == 1 { now } else { now + self.pause(attempts) };
                let single =
                    Bundle { id: self.context.clock.new_id(), attempts, alone, messages: vec![message] };
                (single, due_at)
            })
            .collect();
        Self::report(outbox::split(&self.db, &self.context.sealer, id, &singles).await);
    }

    /// The background round: what is due, until nothing is; then again after a tick.
    pub(crate) async fn run(&self, mut stop: Stop) {
        loop {
            // Also at the start: a service is ready once it can publish.
            if self.publisher.keep_ready().await {
                while self.round().await == Round::More && !stop.is_requested() {}
            }
            if stop.sleep(self.context.config.limits.tick()).await {
                return;
            }
        }
    }

    async fn round(&self) -> Round {
        let limits = &self.context.config.limits;
        let now = self.context.clock.now();
        let lease = limits.outbox_grace() + limits.confirm_timeout();
        let due = match outbox::claim(&self.db, &self.context.sealer, now, lease).await {
            Ok(due) => due,
            Err(error) => {
                Self::report(Err(error));
                return Round::Done;
            }
        };
        if due.is_empty() {
            return Round::Done;
        }
        let (alone, together): (Vec<Bundle>, Vec<Bundle>) = due.into_iter().partition(|bundle| bundle.alone);
        let unknown = self.send(together).await;
        for bundle in alone {
            self.send_alone(bundle).await;
        }
        if unknown.is_empty() {
            return Round::More;
        }
        Self::report(outbox::put_off(&self.db, &unknown, now + self.pause(0)).await);
        Round::Done
    }

    fn pause(&self, attempts: i16) -> Duration {
        let factor = 1_i32 << attempts.clamp(0, 6);
        let pause = self.context.config.limits.outbox_retry() * factor;
        pause.min(MAX_PAUSE)
    }

    fn report(result: Result<(), sqlx::Error>) {
        if let Err(error) = result {
            tracing::warn!(
                db.error = %crate::database::describe(&error),
                "the outbox could not be brought up to date; it will be tried again"
            );
        }
    }
}

/// Whether a round found something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    More,
    Done,
}
