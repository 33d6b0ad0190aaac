//! What becomes due of consents: reviews and birthdays, reminders of what was widened that nobody answers, and advice
//! that nobody gives.

use std::collections::{BTreeSet, HashMap, HashSet};

use kit::Clock;
use kit::handler::Notice;
use kit::timers::Next;
use schemas::catalogue::AgencyQueue;
use schemas::{
    AgencyId, AgencyStanding, ChildRef, Day, MessageId, ReminderIssued, ReminderKind, ReminderRef,
    ReminderRole, Subject, Urgency,
};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::consent_widened::remind;
use super::timers::later;
use crate::rules::advice::Question;
use crate::rules::changes::Changes;
use crate::rules::consent::Statement;
use crate::rules::consent_due::{Told, of_record};
use crate::rules::deadline::{acknowledge_by, calendar};
use crate::rules::watch::Watch;
use crate::rules::widened::{Asked, whom};
use crate::rules::world::World;
use crate::store::{advice, consent, consent_told, widened, world};

/// A statement, by who recorded it.
type Of = (AgencyId, MessageId);

/// What such timers are about, and what was told.
#[derive(Debug, Default)]
pub(super) struct Consents {
    world: World,
    told: HashSet<Told>,
    /// What reminders asked, each with the id that the next one will have.
    asked: HashMap<Uuid, (Asked, Uuid)>,
    stated: HashMap<Of, (Subject, Statement)>,
    questions: HashMap<Uuid, Question>,
    telling: Vec<Told>,
}

impl Consents {
    pub(super) async fn load(
        tx: &mut PgConnection,
        watches: &[Watch],
        clock: &Clock,
    ) -> Result<Self, sqlx::Error> {
        let (mut named, mut reminders, mut questions) =
            (world::Wanted::default(), BTreeSet::new(), Vec::new());
        for watch in watches {
            match watch {
                Watch::Consent(record) => drop(named.records.insert(*record)),
                Watch::Widened(reminder) => drop(reminders.insert(*reminder)),
                Watch::Advice(question) => questions.push(*question),
                Watch::Answer(_) | Watch::Delivery(_) | Watch::Showing(_) => {}
            }
        }
        let mut known = Self { questions: advice::unanswered(tx, &questions).await?, ..Self::default() };
        let asked = widened::asked(tx, &reminders).await?;
        let of: BTreeSet<&Of> = asked.values().map(|asked| &asked.of).collect();
        known.stated = consent::stated(tx, &of).await?;
        named.agencies.extend(asked.values().map(|asked| asked.agency.clone()));
        for ((agency, _), (subject, _)) in &known.stated {
            named.subjects.insert((agency.clone(), subject.clone()));
        }
        known.asked = asked.into_iter().map(|(id, asked)| (id, (asked, clock.new_id()))).collect();
        if named.records.is_empty() && named.subjects.is_empty() {
            return Ok(known);
        }
        let in_reach = world::reach(tx, &named).await?;
        known.world = world::load(tx, &named, in_reach).await?;
        world::add_named(tx, &mut known.world).await?;
        let records = named.records.iter().filter_map(|record| known.world.record(*record));
        let statements = records.flat_map(|record| &record.statements);
        known.told = consent_told::load(tx, statements.map(|one| &one.version)).await?;
        Ok(known)
    }

    /// Tells what is due of what was recorded with a record and was not told.
    pub(super) fn due(&mut self, record: ChildRef, now: OffsetDateTime) -> Next {
        let Some(record) = self.world.record(record) else {
            return Next::default();
        };
        if !self.world.agencies.contains_key(&record.child.agency_id) {
            return later(now);
        }
        let next_start = self.world.consents(record).next_start(now);
        let (due, ahead): (Vec<_>, Vec<_>) =
            of_record(&self.world, record, now).into_iter().partition(|telling| telling.at <= now);
        let mut notices = Vec::new();
        for telling in due {
            if self.told.insert(telling.told.clone()) {
                notices.push((inbox(&telling.told.whom, &telling.reminder), None));
                self.telling.push(telling.told);
            }
        }
        let look_at = ahead.iter().map(|telling| telling.at).chain(next_start).min();
        Next { look_at, notices }
    }

    /// Asks again whoever did not answer that a consent was widened, while it is.
    pub(super) fn widened(&mut self, reminder: Uuid, now: OffsetDateTime, changes: &mut Changes) -> Next {
        let Some((asked, next)) = self.asked.get(&reminder) else {
            return Next::default();
        };
        let Some((subject, statement)) = self.stated.get(&asked.of) else {
            return Next::default();
        };
        let record = self.world.named(&asked.of.0, subject);
        let (Some(record), Some(agency)) = (record, self.world.agencies.get(&asked.agency)) else {
            return later(now);
        };
        let still = whom(&self.world, record, statement, now).remove(&asked.agency);
        let Some(reference) = still.filter(|_| agency.state == AgencyStanding::Active) else {
            return Next::default();
        };
        let due = acknowledge_by(Urgency::Soon, &calendar(agency.authorities.first()), now);
        let again = Asked { reminder: *next, asked_at: now, ..asked.clone() };
        let notice = remind(&again, reference, due);
        changes.timers.push((Watch::Widened(again.reminder).timer(), due));
        changes.consent_asked.push(again);
        Next { look_at: None, notices: vec![(notice, Some(asked.of.1))] }
    }

    /// D-S8: advice that was not given by its date; whoever asked for it is told.
    pub(super) fn advice(&self, question: Uuid, now: OffsetDateTime) -> Next {
        let Some(Question { agency, local_ref, due_at }) = self.questions.get(&question) else {
            return Next::default();
        };
        if now < *due_at {
            return Next { look_at: Some(*due_at), notices: Vec::new() };
        }
        let reminder = ReminderIssued {
            kind: ReminderKind::PendingAdvice,
            reference: ReminderRef::Statement(local_ref.clone()),
            due: Day::from_date(due_at.date()),
            role: ReminderRole::Owner,
        };
        let because_of = Some(MessageId::from_uuid(question));
        Next { look_at: None, notices: vec![(inbox(agency, &reminder), because_of)] }
    }

    pub(super) async fn store(self, tx: &mut PgConnection, now: OffsetDateTime) -> Result<(), sqlx::Error> {
        consent_told::store(tx, &self.telling, now).await
    }
}

fn inbox(to: &AgencyId, reminder: &ReminderIssued) -> Notice {
    Notice::new(to.clone(), AgencyQueue::Inbox, ReminderIssued::TYPE, reminder)
}
