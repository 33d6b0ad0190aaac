//! A statement that covers more than another agency recorded of the same person's word: that agency and the CAF team
//! are told, and its parts stay where they are until one of them confirms it.

use std::collections::BTreeMap;

use kit::handler::Notice;
use schemas::{AgencyId, AgencyKind, Became, ReminderKind, ReminderRef, ReminderRole};
use time::OffsetDateTime;
use uuid::Uuid;

use super::after_withdrawal::Said;
use super::reminders::{reminder, soon};
use super::sharing::{Ids, State};
use crate::rules::changes::Changes;
use crate::rules::consent::Statement;
use crate::rules::watch::Watch;
use crate::rules::widened::{Asked, Confirmed, whom};
use crate::rules::world::{Record, World};

/// A statement that may widen others', and whom it did already.
pub(super) type Widening = (Record, Statement, BTreeMap<AgencyId, ReminderRef>);

/// What may widen others' once a statement is known: it, and what was said after it and came before it.
pub(super) fn widenings(state: &State, (record, statement): Said<'_>, now: OffsetDateTime) -> Vec<Widening> {
    let known = state.world.consented_for(record).into_iter().flat_map(|of| {
        let later = of.statements.iter().filter(|one| one.follows(statement));
        later.map(move |one| (of.clone(), one.clone(), whom(&state.world, of, one, now)))
    });
    known.chain([(record.clone(), statement.clone(), BTreeMap::new())]).collect()
}

/// Tells whom these widen now and did not before.
pub(super) fn told(
    state: &mut State,
    widenings: Vec<Widening>,
    ids: &mut Ids,
    now: OffsetDateTime,
) -> Vec<Notice> {
    let mut notices = Vec::new();
    for (record, statement, before) in widenings {
        let asked = whom(&state.world, &record, &statement, now).into_iter();
        for one in asked.filter(|(agency, _)| !before.contains_key(agency)) {
            let reminder = ids.next();
            notices.push(asks((&state.world, &mut state.changes), one, &statement, reminder, now));
        }
    }
    notices
}

/// Asks one that a statement widens.
pub(super) fn asks(
    (world, changes): (&World, &mut Changes),
    (agency, reference): (AgencyId, ReminderRef),
    statement: &Statement,
    reminder: Uuid,
    now: OffsetDateTime,
) -> Notice {
    let due = soon(world, &agency, now);
    let of = (statement.version.agency.clone(), statement.version.message);
    let asked = Asked { reminder, agency, of, asked_at: now };
    let notice = remind(&asked, reference, due);
    changes.timers.push((Watch::Widened(asked.reminder).timer(), due));
    changes.consent_asked.push(asked);
    notice
}

/// Under its own id, by which what is answered finds the statement.
pub(super) fn remind(asked: &Asked, reference: ReminderRef, due: OffsetDateTime) -> Notice {
    let (kind, role) = (ReminderKind::ConsentWidened, ReminderRole::IgLead);
    reminder(&asked.agency, kind, reference, due, role).with_id(asked.reminder)
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
    // What waited for it may pass.
    state.changes.timers.push((Watch::Widened(asked.reminder).timer(), now));
    state.world.confirm(&confirmed);
    state.changes.confirmed.push(confirmed);
}
