//! What becomes due of consents: reviews and birthdays, what waited and may pass, reminders of what was widened that
//! nobody answers, and advice that nobody gives.

use std::collections::{BTreeSet, HashMap, HashSet};

use deciding::Rules;
use kit::timers::Next;
use schemas::{
    AgencyId, AgencyStanding, ChildRef, MessageId, ReminderKind, ReminderRef, ReminderRole, Subject,
};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::awaited::passes;
use super::consent_widened::remind;
use super::reminders::{self, reminder, soon};
use super::sharing::person_of;
use super::timers::{Timers, later};
use crate::rules::advice::Question;
use crate::rules::awaited::Awaited;
use crate::rules::changes::Changes;
use crate::rules::consent::Statement;
use crate::rules::consent_due::{Told, of_record};
use crate::rules::judge::Law;
use crate::rules::person::PersonKeys;
use crate::rules::watch::Watch;
use crate::rules::widened::{Asked, whom};
use crate::rules::world::World;
use crate::store::{advice, awaited, consent, consent_told, widened, world};

/// A statement, by who recorded it.
type Of = (AgencyId, MessageId);

/// What such timers are about, and what was told.
#[derive(Debug, Default)]
pub(super) struct Consents {
    world: World,
    told: HashSet<Told>,
    waiting: Vec<Awaited>,
    /// What reminders asked, each with the id that the next one will have.
    asked: HashMap<Uuid, (Asked, Uuid)>,
    stated: HashMap<Of, (Subject, Statement)>,
    questions: HashMap<Uuid, Question>,
}

impl Consents {
    pub(super) async fn load(
        tx: &mut PgConnection,
        watches: &[Watch],
        timers: &Timers,
    ) -> Result<Self, sqlx::Error> {
        let (mut named, mut reminders, mut questions) =
            (world::Wanted::default(), BTreeSet::new(), Vec::new());
        for watch in watches {
            match watch {
                Watch::Consent(record) => drop(named.records.insert(*record)),
                Watch::Widened(reminder) => drop(reminders.insert(*reminder)),
                Watch::Advice(question) => questions.push(*question),
                Watch::Answer(_) | Watch::Delivery(_) | Watch::Showing(_) | Watch::Released(_) => {}
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
        known.asked = asked.into_iter().map(|(id, asked)| (id, (asked, timers.clock.new_id()))).collect();
        if watches.iter().any(|watch| matches!(watch, Watch::Consent(_))) {
            awaited::all_is_decided(tx).await?;
        }
        let in_reach = world::reach(tx, &named).await?;
        let ids: Vec<Uuid> = in_reach.iter().map(|one| one.child.record.as_uuid()).collect();
        known.waiting = awaited::waiting(tx, &ids).await?;
        for Awaited { asked, .. } in &known.waiting {
            named.agencies.insert(asked.agency.clone());
            named.practitioners.extend(asked.recipients.iter().filter_map(|to| person_of(&asked.agency, to)));
        }
        known.world = world::load(tx, &named, in_reach).await?;
        let records = named.records.iter().filter_map(|record| known.world.record(*record));
        let statements = records.flat_map(|record| &record.statements);
        known.told = consent_told::load(tx, statements.map(|one| &one.version)).await?;
        Ok(known)
    }

    /// Tells what is due of what was recorded with a record and was not told, and what of what waited may pass.
    pub(super) fn due(
        &mut self,
        record: ChildRef,
        (rules, people): (&Rules, &PersonKeys),
        changes: &mut Changes,
        now: OffsetDateTime,
    ) -> Next {
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
                notices.push((reminders::of(&telling.told.whom, &telling.reminder), None));
                changes.consent_told.push((telling.told, now));
            }
        }
        let governed: Vec<ChildRef> =
            self.world.whom_it_governs(record).into_iter().map(|one| one.child.record).collect();
        let waiting = std::mem::take(&mut self.waiting);
        let (of_these, others): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|one| governed.contains(&one.record));
        let (told, waiting) = passes(&Law { world: &self.world, rules, people }, of_these, changes, now);
        notices.extend(told.into_iter().map(|notice| (notice, None)));
        self.waiting = others.into_iter().chain(waiting).collect();
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
            let governed = self.world.whom_it_governs(record).into_iter();
            let waited = governed.map(|one| (Watch::Consent(one.child.record).timer(), now));
            changes.timers.extend(waited);
            return Next::default();
        };
        let due = soon(&self.world, &asked.agency, asked.asked_at);
        if now < due {
            return Next { look_at: Some(due), notices: Vec::new() };
        }
        let due = soon(&self.world, &asked.agency, now);
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
        let reference = ReminderRef::Statement(local_ref.clone());
        let notice = reminder(agency, ReminderKind::PendingAdvice, reference, *due_at, ReminderRole::Owner);
        Next { look_at: None, notices: vec![(notice, Some(MessageId::from_uuid(question)))] }
    }
}
