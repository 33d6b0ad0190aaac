//! To whom a consent shows that a sensitive service works with the child (D-I6): worked out anew whenever something is
//! said of it or the record changes, and each day, since reviews pass, birthdays come, and other records are linked.

use std::collections::{BTreeMap, BTreeSet};

use kit::timers::Next;
use schemas::{ChildRef, Sensitivity};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::sharing::State;
use crate::rules::consent::Statement;
use crate::rules::watch::Watch;
use crate::rules::world::{Record, World};
use crate::store::showing::{self, Said, ShownTo};
use crate::store::world::{self, Wanted};

/// A statement of it has it looked at, with all that it may take away from.
pub(super) fn said(state: &mut State, own: Option<&Record>, statement: &Statement, now: OffsetDateTime) {
    if !statement.is_of_showing() {
        return;
    }
    let governed = own.map(|own| state.world.whom_it_governs(own)).unwrap_or_default();
    // Whichever of its statements is looked at: the whole record is.
    let of = governed.iter().filter_map(|record| record.statements.iter().find(|one| one.is_of_showing()));
    let messages: BTreeSet<Uuid> =
        of.chain([statement]).map(|statement| statement.version.message.as_uuid()).collect();
    state.changes.timers.extend(messages.into_iter().map(|message| (Watch::Showing(message).timer(), now)));
}

fn by_message(all: Vec<Said>) -> BTreeMap<Uuid, Vec<Said>> {
    let mut of: BTreeMap<Uuid, Vec<Said>> = BTreeMap::new();
    for said in all {
        of.entry(said.statement.version.message.as_uuid()).or_default().push(said);
    }
    of
}

/// What is looked at, and what comes of it.
#[derive(Debug)]
pub(super) struct Showing {
    said: BTreeMap<Uuid, Vec<Said>>,
    world: World,
    told: ShownTo,
    changed: ShownTo,
    /// What was looked at already for another statement of the same record.
    looked_at: BTreeSet<ChildRef>,
    now: OffsetDateTime,
}

impl Showing {
    pub(super) async fn load(
        tx: &mut PgConnection,
        messages: &[Uuid],
        now: OffsetDateTime,
    ) -> Result<Self, sqlx::Error> {
        let (mut said, mut world, mut told) = (Vec::new(), World::default(), ShownTo::new());
        if !messages.is_empty() {
            said = showing::said(tx, messages).await?;
            let records = said.iter().filter_map(|said| said.record).collect();
            let wanted = Wanted { records, ..Wanted::default() };
            let in_reach = world::reach(tx, &wanted).await?;
            world = world::load(tx, &wanted, in_reach).await?;
            let records: Vec<Uuid> = wanted.records.iter().map(ChildRef::as_uuid).collect();
            told = showing::told(tx, &records).await?;
        }
        let (said, changed, looked_at) = (by_message(said), ShownTo::new(), BTreeSet::new());
        Ok(Self { said, world, told, changed, looked_at, now })
    }

    /// The same message id may be of two agencies.
    pub(super) fn look(&mut self, message: Uuid) -> Next {
        let mut look_at = None;
        for Said { statement, record } in self.said.get(&message).into_iter().flatten() {
            // G7: of a child who is not known yet it is kept until it is.
            let record = record.and_then(|record| self.world.record(record));
            if let Some(record) = record.filter(|record| self.looked_at.insert(record.child.record)) {
                let shown = match record.of_sensitive_service() {
                    Sensitivity::Sensitive => {
                        self.world.consents(record).at(self.now).whom_it_shows(&record.child.agency_id)
                    }
                    // It shows to everybody: there is nothing to tell.
                    Sensitivity::Ordinary => None,
                };
                if self.told.get(&record.child.record).unwrap_or(&None) != &shown {
                    self.changed.insert(record.child.record, shown);
                }
            }
            if statement.last_day().is_some_and(|last| last >= self.now.date()) {
                look_at = self.now.date().next_day().map(|day| day.midnight().assume_utc());
            }
        }
        Next { look_at, notices: Vec::new() }
    }

    pub(super) async fn store(&self, tx: &mut PgConnection) -> Result<(), sqlx::Error> {
        showing::store(tx, &self.changed, self.now).await
    }
}
