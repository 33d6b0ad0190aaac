//! Who is told that a statement widens what it recorded, and who confirmed it.

use std::collections::BTreeMap;

use schemas::{AgencyId, MessageId, ReminderRef};
use time::OffsetDateTime;
use uuid::Uuid;

use super::consent::{Decided, Recipient, Statement};
use super::judge::recipient;
use super::world::{Record, Word, World};

/// A reminder that went out: by acknowledging it its receiver confirms the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub reminder: Uuid,
    pub agency: AgencyId,
    /// The statement, by who recorded it.
    pub of: (AgencyId, MessageId),
    pub asked_at: OffsetDateTime,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    pub of: (AgencyId, MessageId),
    pub by: AgencyId,
    /// For whose releases; none: for all.
    pub for_agency: Option<AgencyId>,
    pub confirmed_at: OffsetDateTime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    TheAgencyToo,
    /// D-I6: word of it would tell of a sensitive service, or of a restricted record.
    TheCafTeamAlone,
}

/// To whom word of what was given may go besides the CAF team.
#[must_use]
pub fn tells(world: &World, record: &Record, statement: &Statement) -> Tells {
    let Decided::Given(given) = &statement.decided else {
        return Tells::TheCafTeamAlone;
    };
    let scope = given.scope.as_ref();
    // Of an agency that is not known yet nothing shows.
    let hides = |agency: &AgencyId| world.agencies.get(agency).is_none_or(|agency| agency.sensitive);
    let sensitive = scope.is_some_and(|scope| {
        scope.agencies.named.iter().any(hides)
            || scope.agencies.kinds.iter().any(|kind| kind.default_sensitive())
    });
    if sensitive || world.word_of(record) == Word::Hidden {
        Tells::TheCafTeamAlone
    } else {
        Tells::TheAgencyToo
    }
}

/// Whom the statement widens now, among those whose releases it governs, with the CAF teams that may confirm it; each
/// with what it calls the child, or else the statement.
#[must_use]
pub fn whom(
    world: &World,
    record: &Record,
    statement: &Statement,
    now: OffsetDateTime,
) -> BTreeMap<AgencyId, ReminderRef> {
    let mut asked: BTreeMap<AgencyId, ReminderRef> = BTreeMap::new();
    let known: Vec<Recipient> = world.agencies.values().map(recipient).collect();
    for holder in world.whom_it_governs(record) {
        let agency = &holder.child.agency_id;
        let widened = || world.consents(holder).widened_by(&statement.version, &known, now);
        if *agency == statement.version.agency || !widened().contains(agency) {
            continue;
        }
        if tells(world, record, statement) == Tells::TheAgencyToo {
            asked.insert(agency.clone(), ReminderRef::Child(holder.child.record));
        }
        if let Some((team, about)) = world.caf_team(holder, &statement.version.local_ref, now) {
            asked.entry(team).or_insert(about);
        }
    }
    asked
}
