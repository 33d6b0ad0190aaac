//! What was said of a child who was not known then, or with a record that was not linked then, takes effect once it meets
//! what was released (G7): just as if it were said now.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use kit::Clock;
use kit::handler::Notice;
use kit::seal::Sealer;
use kit::timers::Next;
use schemas::{AgencyId, ChildRef, MessageId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::after_withdrawal::{Gone, protection};
use super::consent_recorded::{delivery, rests_no_more};
use super::consent_widened::asks;
use super::sharing::Ids;
use super::timers::later;
use crate::rules::changes::Changes;
use crate::rules::consent::{Statement, StatementVersion, lapsed};
use crate::rules::consent_due::Told;
use crate::rules::delivery::Sent;
use crate::rules::judge::recipient;
use crate::rules::watch::Watch;
use crate::rules::widened::whom;
use crate::rules::world::{Record, World};
use crate::store::{consent_told, delivery as deliveries, widened, world};

/// What such timers are about, and what was told.
#[derive(Debug, Default)]
pub(super) struct Released {
    world: World,
    /// What went out by consent and stands.
    sent: Vec<(ChildRef, Sent)>,
    told: HashSet<Told>,
    /// Who was asked to confirm which statements.
    asked: HashSet<(AgencyId, (AgencyId, MessageId))>,
    /// For what comes of each.
    ids: HashMap<ChildRef, Ids>,
}

impl Released {
    pub(super) async fn load(
        tx: &mut PgConnection,
        watches: &[Watch],
        clock: &Clock,
        sealer: &Arc<Sealer>,
    ) -> Result<Self, sqlx::Error> {
        let records: BTreeSet<ChildRef> = watches
            .iter()
            .filter_map(|watch| match watch {
                Watch::Released(record) => Some(*record),
                Watch::Answer(_)
                | Watch::Delivery(_)
                | Watch::Showing(_)
                | Watch::Consent(_)
                | Watch::Widened(_)
                | Watch::Advice(_) => None,
            })
            .collect();
        if records.is_empty() {
            return Ok(Self::default());
        }
        let ids =
            records.iter().map(|record| (*record, Ids::new(clock.new_id(), Arc::clone(sealer)))).collect();
        let mut named = world::Wanted { records, ..world::Wanted::default() };
        // As a release does: one that is being made is waited for.
        let in_reach = world::locked_reach(tx, &named).await?;
        let reached: Vec<Uuid> = in_reach.iter().map(|one| one.child.record.as_uuid()).collect();
        let mut sent = deliveries::by_consent(tx, &reached).await?;
        sent.retain(|(_, sent)| sent.taken_back_at.is_none());
        named.agencies.extend(sent.iter().map(|(_, sent)| sent.recipient.clone()));
        let world = world::load(tx, &named, in_reach).await?;
        let records = named.records.iter().filter_map(|record| world.record(*record));
        let versions: Vec<StatementVersion> = records
            .flat_map(|record| record.statements.iter().map(|statement| statement.version.clone()))
            .collect();
        let told = consent_told::load(tx, versions.iter()).await?;
        let asked = widened::asked_of(tx, &versions).await?;
        Ok(Self { world, sent, told, asked, ids })
    }

    /// Of each statement that was recorded with the record, what did not come of it when it was said.
    pub(super) fn look(&mut self, record: ChildRef, changes: &mut Changes, now: OffsetDateTime) -> Next {
        let Some((record, mut ids)) = self.world.record(record).cloned().zip(self.ids.remove(&record)) else {
            return Next::default();
        };
        if !self.world.agencies.contains_key(&record.child.agency_id) {
            return later(now);
        }
        let mut notices = self.taken_back(&record, changes, &mut ids, now);
        rests_no_more(&self.world, &record, changes, now);
        for statement in &record.statements {
            if let Some(told) = Told::of_protection(statement)
                && self.told.insert(told.clone())
            {
                notices.extend(protection(&self.world, (&record, statement), now));
                changes.consent_told.push((told, now));
            }
            let of = (statement.version.agency.clone(), statement.version.message);
            for one in whom(&self.world, &record, statement, now) {
                if self.asked.insert((one.0.clone(), of.clone())) {
                    notices.push(asks((&self.world, changes), one, statement, ids.next(), now));
                }
            }
        }
        Next { look_at: None, notices: notices.into_iter().map(|notice| (notice, None)).collect() }
    }

    /// What rests on consent no more, statement by statement.
    fn taken_back(
        &mut self,
        record: &Record,
        changes: &mut Changes,
        ids: &mut Ids,
        now: OffsetDateTime,
    ) -> Vec<Notice> {
        let mut gone: BTreeMap<StatementVersion, (&Record, &Statement, Gone)> = BTreeMap::new();
        let mut over = HashSet::new();
        for holder in self.world.whom_it_governs(record) {
            let consents = self.world.consents(holder);
            for (_, sent) in self.sent.iter().filter(|(of, _)| *of == holder.child.record) {
                let Some(to) = self.world.agencies.get(&sent.recipient).map(recipient) else {
                    continue;
                };
                let delivery = delivery(&holder.child.agency_id, &to, sent);
                // By any statement that holds for this holder: also by one that holds for no other.
                let lost = lapsed(&consents, now, &sent.consents, &delivery);
                let lost =
                    lost.and_then(|(by, lost)| Some((self.world.stated_for(holder, &by.version)?, lost)));
                if let Some(((of, statement), lost)) = lost {
                    let version = statement.version.clone();
                    let (.., of_it) = gone.entry(version).or_insert((of, statement, Gone::default()));
                    of_it.add(holder, (sent, &lost), statement, changes, now);
                    over.insert(sent.id);
                }
            }
        }
        let mut notices = Vec::new();
        for (of, statement, gone) in gone.into_values() {
            notices.extend(gone.told(&self.world, changes, (of, statement), ids, now));
        }
        self.sent.retain(|(_, sent)| !over.contains(&sent.id));
        notices
    }
}
