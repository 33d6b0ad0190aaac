//! A statement that covers more than another agency recorded of the same person's word: that agency and the CAF team
//! are told, and its parts stay where they are until one of them confirms it.

use std::collections::BTreeMap;

use kit::Message;
use kit::handler::Notice;
use schemas::catalogue::AgencyQueue;
use schemas::{
    AgencyId, AgencyKind, Became, Day, ReminderIssued, ReminderKind, ReminderRef, ReminderRole, Restriction,
    Urgency,
};
use time::OffsetDateTime;

use super::sharing::{Ids, State};
use crate::rules::consent::{Decided, Recipient, Statement};
use crate::rules::deadline::{acknowledge_by, calendar};
use crate::rules::judge::recipient;
use crate::rules::widened::{Asked, Confirmed};
use crate::rules::world::Record;

/// Tells whom the statement widens, among those whose releases it governs.
pub(super) fn told(
    state: &mut State,
    message: &Message,
    (record, statement): (&Record, &Statement),
    ids: &mut Ids,
    now: OffsetDateTime,
) -> Vec<Notice> {
    let mut asked: BTreeMap<AgencyId, ReminderRef> = BTreeMap::new();
    let known: Vec<Recipient> = state.world.agencies.values().map(recipient).collect();
    for holder in state.world.whom_it_governs(record) {
        let agency = &holder.child.agency_id;
        let widened = || state.consents(holder).widened_by(&statement.version, &known, now);
        if *agency == message.sender || !widened().contains(agency) {
            continue;
        }
        if tells(state, record, statement) == Tells::TheAgencyToo {
            asked.insert(agency.clone(), ReminderRef::Child(holder.child.record));
        }
        if let Some((team, about)) = state.caf_team(holder, &statement.version.local_ref, now) {
            asked.entry(team).or_insert(about);
        }
    }
    asked.into_iter().map(|one| remind(state, one, statement, ids, now)).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tells {
    TheAgencyToo,
    /// D-I6: word of it would tell of a sensitive service, or of a restricted record.
    TheCafTeamAlone,
}

fn tells(state: &State, record: &Record, statement: &Statement) -> Tells {
    let Decided::Given(given) = &statement.decided else {
        return Tells::TheCafTeamAlone;
    };
    let scope = given.scope.as_ref();
    // Of an agency that is not known yet nothing shows.
    let hides = |agency: &AgencyId| state.world.agencies.get(agency).is_none_or(|agency| agency.sensitive);
    let sensitive = scope.is_some_and(|scope| {
        scope.agencies.named.iter().any(hides)
            || scope.agencies.kinds.iter().any(|kind| kind.default_sensitive())
    });
    if sensitive || state.world.restriction(record) != Restriction::None {
        Tells::TheCafTeamAlone
    } else {
        Tells::TheAgencyToo
    }
}

fn remind(
    state: &mut State,
    (agency, reference): (AgencyId, ReminderRef),
    statement: &Statement,
    ids: &mut Ids,
    now: OffsetDateTime,
) -> Notice {
    let area = state.world.agencies.get(&agency).and_then(|agency| agency.authorities.first());
    let due = Day::from_date(acknowledge_by(Urgency::Soon, &calendar(area), now).date());
    let (kind, role) = (ReminderKind::ConsentWidened, ReminderRole::IgLead);
    let reminder = ReminderIssued { kind, reference, due, role };
    let id = ids.next();
    state.changes.consent_asked.push(Asked {
        reminder: id,
        agency: agency.clone(),
        of: (statement.version.agency.clone(), statement.version.message),
        asked_at: now,
    });
    Notice::new(agency, AgencyQueue::Inbox, ReminderIssued::TYPE, &reminder).with_id(id)
}

/// An acknowledgement of such a reminder: a person of the agency saw it, or the CAF team acted on it.
pub(super) fn acknowledged(state: &mut State, asked: &Asked, became: &Became, now: OffsetDateTime) {
    let kind = state.world.agencies.get(&asked.agency).map(|agency| agency.kind);
    let for_agency = match (kind, became) {
        (Some(AgencyKind::CafTeam), Became::Acted) => None,
        (
            Some(AgencyKind::CafTeam),
            Became::ReceivedByPerson { .. } | Became::ReceivedBySystem | Became::Cannot { .. },
        )
        | (_, Became::ReceivedBySystem | Became::Cannot { .. }) => return,
        (_, Became::ReceivedByPerson { .. } | Became::Acted) => Some(asked.agency.clone()),
    };
    let (of, by) = (asked.of.clone(), asked.agency.clone());
    let confirmed = Confirmed { of, by, for_agency, confirmed_at: now };
    state.world.confirm(&confirmed);
    state.changes.confirmed.push(confirmed);
}
