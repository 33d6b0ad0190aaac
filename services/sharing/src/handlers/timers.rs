//! What becomes due: answers to requests, acknowledgements of what went out by the one door, and what is due of
//! consents. A timer is a hint: what is due is worked out from what is known when somebody looks.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use deciding::{Current, Rules, Stage};
use kit::Clock;
use kit::calendar::morning;
use kit::handler::{Notice, lock, lock_number};
use kit::seal::Sealer;
use kit::timers::{Next, Timer, Timers as Due};
use schemas::catalogue::AgencyQueue;
use schemas::{
    AgencyId, AgencyNow, AgencyStanding, DecisionId, LocalRef, ReminderKind, ReminderRef, ReminderRole,
    ShareDecision, ShareExpired, ToldCode, Urgency,
};
use serde_json::json;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::due_consents::Consents;
use super::released::Released;
use super::reminders::reminder;
use super::showing::Showing;
use crate::keys::ChildKeys;
use crate::rules::beside::NOT_ANSWERED;
use crate::rules::changes::Changes;
use crate::rules::deadline::{calendar, half_way};
use crate::rules::decision::Decided;
use crate::rules::delivery::{Again, Outstanding, What};
use crate::rules::person::PersonKeys;
use crate::rules::share::{self, Share};
use crate::rules::told::safety_note;
use crate::rules::watch::Watch;
use crate::rules::world::World;
use crate::store::{self, delivery, world};

/// So often a receiver alone is reminded; after that its CAF team hears of it, too.
const ALONE: i16 = 1;

/// Before a timer is met again that this version does not know, or whose agency is not known yet.
const LATER: Duration = Duration::hours(1);

/// The rules of the timers.
#[derive(Debug)]
pub struct Timers {
    pub(super) clock: Clock,
    sealer: Arc<Sealer>,
    keys: Arc<ChildKeys>,
    rules: Arc<Current>,
}

impl Timers {
    #[must_use]
    pub const fn new(clock: Clock, sealer: Arc<Sealer>, keys: Arc<ChildKeys>, rules: Arc<Current>) -> Self {
        Self { clock, sealer, keys, rules }
    }
}

/// What these timers are about, and what comes of them.
#[derive(Debug)]
pub struct State {
    shares: HashMap<Uuid, Share>,
    outstanding: HashMap<Uuid, Outstanding>,
    world: World,
    rules: Arc<Rules>,
    /// Of the decision that a request ended without an answer.
    decisions: HashMap<Uuid, Uuid>,
    people: PersonKeys,
    showing: Showing,
    chased: Vec<Uuid>,
    consents: Consents,
    released: Released,
    changes: Changes,
}

impl Due for Timers {
    type State = State;

    async fn load(
        &self,
        tx: &mut PgConnection,
        due: &[Timer],
        now: OffsetDateTime,
    ) -> Result<State, sqlx::Error> {
        let (mut shares, mut deliveries) = (Vec::new(), Vec::new());
        let mut showing = Vec::new();
        let watches: Vec<Watch> = due.iter().filter_map(Watch::of).collect();
        for watch in &watches {
            match watch {
                Watch::Answer(share) => shares.push(*share),
                Watch::Delivery(delivery) => deliveries.push(*delivery),
                Watch::Showing(message) => showing.push(*message),
                Watch::Consent(_) | Watch::Widened(_) | Watch::Advice(_) | Watch::Released(_) => {}
            }
        }
        // As an answer does: one that is being written is waited for, so that nothing expires that was answered.
        let answers = shares.iter().map(|share| lock_number(&["request", &share.to_string()]));
        lock(tx, &answers.collect()).await?;
        let shares = store::share::by_ids(tx, &shares).await?;
        let outstanding = delivery::outstanding(tx, &deliveries, &self.keys, &self.sealer).await?;
        let mut named = world::Wanted::default();
        named.agencies.extend(shares.values().map(|share| share.agency.clone()));
        named
            .agencies
            .extend(shares.values().filter_map(|share| Some(share.holder.as_ref()?.agency.clone())));
        named.agencies.extend(outstanding.values().map(|one| one.recipient.clone()));
        named.records.extend(outstanding.values().filter_map(Outstanding::record));
        let in_reach = world::reach(tx, &named).await?;
        let world = world::load(tx, &named, in_reach).await?;
        Ok(State {
            decisions: shares.keys().map(|share| (*share, self.clock.new_id())).collect(),
            shares,
            outstanding,
            world,
            rules: self.rules.rules(),
            showing: Showing::load(tx, &showing, now).await?,
            chased: Vec::new(),
            people: PersonKeys::new(Arc::clone(&self.sealer)),
            consents: Consents::load(tx, &watches, self).await?,
            released: Released::load(tx, &watches, &self.clock, &self.sealer).await?,
            changes: Changes::default(),
        })
    }

    fn apply(&self, state: &mut State, timer: &Timer, now: OffsetDateTime) -> Next {
        match Watch::of(timer) {
            Some(Watch::Answer(share)) => state.answer(share, now),
            Some(Watch::Delivery(delivery)) => state.acknowledgement(delivery, now),
            Some(Watch::Showing(message)) => state.showing.look(message),
            Some(Watch::Consent(record)) => {
                let by = (&*state.rules, &state.people);
                state.consents.due(record, by, &mut state.changes, now)
            }
            Some(Watch::Released(record)) => state.released.look(record, &mut state.changes, now),
            Some(Watch::Widened(reminder)) => state.consents.widened(reminder, now, &mut state.changes),
            Some(Watch::Advice(question)) => state.consents.advice(question, now),
            // Set by a newer version, which runs beside this one.
            None => later(now),
        }
    }

    async fn store(&self, tx: &mut PgConnection, state: State) -> Result<(), sqlx::Error> {
        delivery::store_chased(tx, &state.chased).await?;
        state.showing.store(tx).await?;
        store::write(tx, state.changes, &state.rules, &self.keys, &self.sealer).await
    }
}

impl State {
    /// A request that its holder has not answered: a reminder half way, and in the end an expiry, which is no silence.
    fn answer(&mut self, id: Uuid, now: OffsetDateTime) -> Next {
        let Some(share) = self.shares.get(&id).filter(|share| share.state == share::State::Wanted).cloned()
        else {
            return Next::default();
        };
        let (Some(due), Some(held)) = (share.due_at, share.holder.clone()) else {
            return Next::default();
        };
        let half = half_way(share.received_at, due);
        if now < half {
            return Next { look_at: Some(half), notices: Vec::new() };
        }
        let remind = |kind, role| {
            let reference = ReminderRef::Child(held.record);
            reminder(&held.agency, kind, reference, due, role)
        };
        if now < due {
            let notice = remind(ReminderKind::ShareAnswerDue, ReminderRole::Owner);
            return Next { look_at: Some(due), notices: vec![(notice, Some(share.message))] };
        }
        if !self.world.agencies.contains_key(&share.agency) {
            return later(now);
        }
        let urgent = matches!(share.asked.urgency, Urgency::Today | Urgency::Now);
        let mut notices: Vec<Notice> = self.expired(&share, urgent, now).into_iter().collect();
        if urgent {
            // D-S1: whoever holds something that was needed at once hears of it where somebody always answers.
            notices.push(remind(ReminderKind::ShareExpired, ReminderRole::SafeguardingLead));
            notices.push(remind(ReminderKind::ShareExpired, ReminderRole::DutyDesk));
        }
        let notices = notices.into_iter().map(|notice| (notice, Some(share.message))).collect();
        Next { look_at: None, notices }
    }

    fn expired(&mut self, share: &Share, urgent: bool, now: OffsetDateTime) -> Option<Notice> {
        let asker = self.world.agencies.get(&share.agency)?;
        let decision = *self.decisions.get(&share.id)?;
        let expired = ShareExpired {
            request: share.message,
            decision: DecisionId::from_uuid(decision),
            told_code: ToldCode::Expired,
            telephone: urgent,
            safety_note: safety_note(asker),
        };
        self.changes.states.insert(share.id, share::State::Expired);
        for (place, to) in share.asked.recipients.iter().enumerate() {
            // The first has the id that the asker is told.
            let id = if place == 0 { decision } else { after(decision, place) };
            self.changes.decisions.push(Decided {
                id,
                decided_at: now,
                stage: Stage::Release,
                outcome: ShareDecision::DoNotShare,
                matter: share.matter(to),
                consents: BTreeSet::new(),
                cases: json!({"expired": true, "parts": share.asked.parts, "outcome": "do-not-share",
                              "policies": [NOT_ANSWERED]}),
                decided_by: None,
                supplied_by: None,
                told: Some(ToldCode::Expired),
                family_told: None,
                private: None,
            });
        }
        let notice = Notice::new(share.agency.clone(), AgencyQueue::Inbox, ShareExpired::TYPE, &expired);
        Some(notice.about(share.record))
    }

    /// Something that its receiver has not acknowledged: asked for again on each working day, and sent again where no
    /// system has it.
    fn acknowledgement(&mut self, id: Uuid, now: OffsetDateTime) -> Next {
        let Some(one) = self.outstanding.get(&id).cloned() else {
            return Next::default();
        };
        let Some(receiver) = self.world.agencies.get(&one.recipient) else {
            return later(now);
        };
        if now < one.ack_by {
            return Next { look_at: Some(one.ack_by), notices: Vec::new() };
        }
        let kind = match one.what {
            What::Delivered { .. } => ReminderKind::ShareUnacknowledged,
            What::AskedBack => ReminderKind::WithdrawalUnacknowledged,
        };
        let mut notices = Vec::new();
        if let Some(again) = self.again(&one, receiver) {
            let again = Notice {
                to: one.recipient.clone(),
                queue: AgencyQueue::Inbox,
                kind: again.kind,
                id: Some(id),
                subject: again.to_child,
                data: again.content.0.clone(),
            };
            notices.push((again, None));
        }
        let reference = || LocalRef::parse(&id.to_string()).map(ReminderRef::Statement);
        let remind = |to: &AgencyId, role| {
            let reference = reference().ok()?;
            Some((reminder(to, kind, reference, one.ack_by, role), None))
        };
        notices.extend(remind(&one.recipient, ReminderRole::Owner));
        let team = receiver.authorities.first().and_then(|area| area.caf_team.as_ref());
        let team = team.filter(|team| **team != one.recipient && one.chased >= ALONE);
        notices.extend(team.and_then(|team| remind(team, ReminderRole::SecondOwner)));
        self.chased.push(id);
        let next = calendar(receiver.authorities.first()).after(now.date(), 1);
        Next { look_at: Some(morning(next)), notices }
    }

    /// What leaves once more, if it still may: to nobody who takes no part any more, and nothing of a child who was
    /// restricted since (D-I6).
    fn again<'o>(&self, one: &'o Outstanding, receiver: &AgencyNow) -> Option<&'o Again> {
        let What::Delivered { again: Some(again) } = &one.what else {
            return None;
        };
        let record = again.record.and_then(|record| self.world.record(record));
        let restriction = record.map(|record| self.world.restriction(record));
        let takes_part = receiver.state == AgencyStanding::Active;
        (takes_part && again.still_passes(restriction)).then_some(again)
    }
}

/// Nothing can be told now.
pub(super) fn later(now: OffsetDateTime) -> Next {
    Next { look_at: Some(now + LATER), notices: Vec::new() }
}

/// An id that sorts behind another.
fn after(id: Uuid, places: usize) -> Uuid {
    Uuid::from_u128(id.as_u128().wrapping_add(places as u128))
}
