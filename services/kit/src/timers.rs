//! Due work: found by a query, done once whichever replica finds it, and surviving restarts.
//!
//! A timer is a row that says when something is to be looked at. It is a hint and no more: whoever
//! looks works out from what is known *then* whether anything is due. So a timer may be set too
//! early, twice or in vain, and a statement that changes what is due only has to set it to now.
//!
//! Invariant: what comes of a look, its messages and the timer's next moment commit together, with
//! the row locked; a replica passes by rows that another one holds.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use schemas::MessageId;
use sqlx::{PgConnection, PgPool};
use time::{Duration, OffsetDateTime};

use crate::context::{Context, Stop};
use crate::database::Failure;
use crate::handler::Notice;
use crate::outbox::{self, Bundle};
use crate::outgoing::{Cause, Outgoing};
use crate::relay::Relay;

/// Timers in one transaction.
const BATCH: i64 = 256;
/// A timer whose look failed is left alone for so long.
const PUT_OFF: Duration = Duration::hours(1);

/// The rules of a service's timers: the same three steps as for messages.
pub trait Timers: Send + Sync + 'static {
    type State: Send;

    /// Loads what these timers are about: a statement a table or so, whatever their number.
    fn load(
        &self,
        tx: &mut PgConnection,
        due: &[Timer],
        now: OffsetDateTime,
    ) -> impl Future<Output = Result<Self::State, sqlx::Error>> + Send;

    /// What is due of one of them: pure, no clock, no chance.
    fn apply(&self, state: &mut Self::State, timer: &Timer, now: OffsetDateTime) -> Next;

    /// Stores what changed.
    fn store(
        &self,
        tx: &mut PgConnection,
        state: Self::State,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
}

/// What is to be looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timer {
    pub kind: String,
    /// A reference, never a name.
    pub about: String,
}

/// What came of a look.
#[derive(Debug, Default)]
pub struct Next {
    /// When to look again; never, if nothing more can come of it.
    pub look_at: Option<OffsetDateTime>,
    /// Each with the message that led to it, if one did.
    pub notices: Vec<(Notice, Option<MessageId>)>,
}

/// Sets timers; one that is set already goes off at the earlier of both moments.
///
/// # Errors
/// When the database refuses.
pub async fn set(tx: &mut PgConnection, timers: &[(Timer, OffsetDateTime)]) -> Result<(), sqlx::Error> {
    if timers.is_empty() {
        return Ok(());
    }
    // In one order, so that two transactions never wait for each other's rows crosswise; and once
    // each, since one statement must not meet a row of its own twice.
    let mut timers: Vec<&(Timer, OffsetDateTime)> = timers.iter().collect();
    timers.sort();
    timers.dedup_by(|later, earlier| later.0 == earlier.0);
    let kinds: Vec<&str> = timers.iter().map(|(timer, _)| timer.kind.as_str()).collect();
    let abouts: Vec<&str> = timers.iter().map(|(timer, _)| timer.about.as_str()).collect();
    let moments: Vec<OffsetDateTime> = timers.iter().map(|(_, look_at)| *look_at).collect();
    sqlx::query!(
        "INSERT INTO timer AS known (kind, about, look_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[])
         ON CONFLICT (kind, about) DO UPDATE SET look_at = EXCLUDED.look_at
         -- One that goes off before is only locked, so that nobody looks until we have committed.
         WHERE known.look_at > EXCLUDED.look_at",
        &kinds as _,
        &abouts as _,
        &moments,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A service's round over its timers, whatever its types.
pub(crate) struct Round<T> {
    pub(crate) context: Arc<Context>,
    pub(crate) db: PgPool,
    pub(crate) relay: Relay,
    pub(crate) timers: T,
}

impl<T: Timers> Round<T> {
    /// Looks until asked to stop: at all that is due, then again after a tick.
    pub(crate) async fn run(self, mut stop: Stop) {
        let mut most = BATCH;
        while !stop.sleep(self.context.config.limits.tick()).await {
            while !stop.is_requested() {
                let mut claimed = Vec::new();
                match self.look(most, &mut claimed).await {
                    Ok(0) => break,
                    Ok(_) => most = (most * 2).min(BATCH),
                    Err(error) => match Failure::of(&error) {
                        // Nobody is to blame: at the next tick.
                        Failure::Down | Failure::Again => break,
                        // Some timer of the batch is to blame, or their number: one by one it will be found.
                        Failure::Data | Failure::Transient if most > 1 => most = 1,
                        Failure::Data | Failure::Transient => self.put_off(&error, &claimed).await,
                    },
                }
            }
        }
    }

    /// One transaction over at most so many timers; how many there were.
    async fn look(&self, most: i64, claimed: &mut Vec<Timer>) -> Result<usize, sqlx::Error> {
        let now = self.context.clock.now();
        let mut tx = self.db.begin().await?;
        let due = claim(&mut tx, now, most).await?;
        if due.is_empty() {
            return Ok(0);
        }
        claimed.clone_from(&due);
        let mut state = self.timers.load(&mut tx, &due, now).await?;
        let mut nexts = Vec::with_capacity(due.len());
        for timer in &due {
            let next = catch_unwind(AssertUnwindSafe(|| self.timers.apply(&mut state, timer, now)));
            nexts.push(next.map_err(|_| sqlx::Error::Decode("a rule panicked".into()))?);
        }
        self.timers.store(&mut tx, state).await?;
        let bundle = self.bundle(&nexts, now)?;
        set_next(&mut tx, &due, &nexts).await?;
        let due_at = now + self.context.config.limits.outbox_grace();
        if let Some(bundle) = &bundle {
            outbox::insert(&mut tx, &self.context.sealer, bundle, due_at).await?;
        }
        tx.commit().await?;
        self.relay.send(bundle.into_iter().collect()).await;
        Ok(due.len())
    }

    fn bundle(&self, nexts: &[Next], now: OffsetDateTime) -> Result<Option<Bundle>, sqlx::Error> {
        let messages = nexts
            .iter()
            .flat_map(|next| &next.notices)
            .map(|(notice, because_of)| {
                let cause = Cause { message_id: *because_of, correlation_id: None, traceparent: None };
                Outgoing::notice(self.context.clock.new_id(), self.context.user, notice, &cause, now)
                    .map_err(|error| sqlx::Error::Encode(error.into()))
            })
            .collect::<Result<Vec<Outgoing>, _>>()?;
        let id = self.context.clock.new_id();
        let bundle = Bundle { id, attempts: 0, alone: false, messages };
        Ok((!bundle.messages.is_empty()).then_some(bundle))
    }

    /// A timer that failed by itself must not hold up those behind it.
    async fn put_off(&self, error: &sqlx::Error, claimed: &[Timer]) {
        tracing::error!(
            db.error = %crate::database::describe(error),
            "a timer could not be looked at; it is left alone for an hour"
        );
        self.context.metrics.timers_put_off.inc();
        let later = self.context.clock.now() + PUT_OFF;
        for Timer { kind, about } in claimed {
            let put_off = sqlx::query!(
                "UPDATE timer SET look_at = $3 WHERE kind = $1 AND about = $2",
                kind,
                about,
                later,
            );
            if let Err(error) = put_off.execute(&self.db).await {
                tracing::warn!(db.error = %crate::database::describe(&error), "nor could it be put off");
            }
        }
    }
}

/// What is due and held by no other replica, locked for the transaction; of one kind, so that what takes
/// long does not hold the rows of others.
async fn claim(tx: &mut PgConnection, now: OffsetDateTime, most: i64) -> Result<Vec<Timer>, sqlx::Error> {
    sqlx::query_as!(
        Timer,
        "SELECT kind, about FROM timer
         WHERE look_at <= $1 AND kind = (SELECT first.kind FROM timer AS first WHERE first.look_at <= $1
                                         ORDER BY first.look_at, first.kind, first.about LIMIT 1)
         ORDER BY look_at, kind, about LIMIT $2 FOR UPDATE SKIP LOCKED",
        now,
        most,
    )
    .fetch_all(tx)
    .await
}

/// Sets each timer to its next moment, or ends it.
async fn set_next(tx: &mut PgConnection, due: &[Timer], nexts: &[Next]) -> Result<(), sqlx::Error> {
    let kinds: Vec<&str> = due.iter().map(|timer| timer.kind.as_str()).collect();
    let abouts: Vec<&str> = due.iter().map(|timer| timer.about.as_str()).collect();
    let moments: Vec<Option<OffsetDateTime>> = nexts.iter().map(|next| next.look_at).collect();
    sqlx::query!(
        "WITH said AS (SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[])
                           AS said(kind, about, look_at)),
              over AS (DELETE FROM timer USING said
                       WHERE timer.kind = said.kind AND timer.about = said.about
                         AND said.look_at IS NULL)
         UPDATE timer SET look_at = said.look_at FROM said
         WHERE timer.kind = said.kind AND timer.about = said.about AND said.look_at IS NOT NULL",
        &kinds as _,
        &abouts as _,
        &moments as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}
