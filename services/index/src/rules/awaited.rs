//! What is awaited before there is a CAF: a start upon an intention, and a birth (D-I3, D-I4).

use linking::group_of;
use schemas::{
    AgencyId, AuthorityId, ChildRef, ChildState, LocalRef, ReminderKind, ReminderRef, ReminderRole,
    Sensitivity,
};
use time::{Date, OffsetDateTime};

use super::due::{Act, Areas, Due, is_active, is_over};
use super::task::TaskKind;
use super::world::{Record, Selector, World};
use kit::calendar::morning;

/// How long the CAF team leaves it to the agency, in working days.
const TO_ANSWER: usize = 10;

/// An intention to start a CAF that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub agency: AgencyId,
    pub local_ref: LocalRef,
    pub record: Option<ChildRef>,
    pub authority: AuthorityId,
    pub lapses_on: Date,
    /// Of the agency, or of what the practitioner does in it.
    pub sensitivity: Sensitivity,
    /// Where the child was described: the records that the description fits by now.
    pub met: Vec<ChildRef>,
}

/// An intention upon which no CAF was started lapses, and its agency is told (D-I4). Where nobody else has
/// started one either, the CAF team is to ask what became of it.
#[must_use]
pub fn of_intention(world: &World, standing: &Standing, areas: &Areas, now: OffsetDateTime) -> Vec<Due> {
    let Standing { agency, local_ref, authority, lapses_on, sensitivity, .. } = standing;
    let area = areas.get(authority).cloned().unwrap_or_default();
    let met: Vec<&Record> = standing.met.iter().filter_map(|id| world.record(*id)).collect();
    let own = met.iter().find(|record| record.supplier.agency == *agency).map(|record| record.id);
    let pool = standing.record.or(own).map(|id| (world.reach(agency, &Selector::Child(id)), id));
    if is_over(&met) || pool.as_ref().is_some_and(|(pool, id)| is_over(&group_of(pool, *id))) {
        return Vec::new();
    }
    let told = area.calendar.after(*lapses_on, 1);
    let due = |day, act| Due {
        at: morning(day),
        about: ReminderRef::Statement(local_ref.clone()),
        due: *lapses_on,
        act,
        because_of: None,
    };
    let remind = Act::Remind(ReminderKind::IntentionLapses, agency.clone(), ReminderRole::Owner);
    let view = pool.and_then(|(pool, record)| area.as_seen(&pool, record, now));
    let nobody_helps = view.is_some_and(|view| view.open.is_empty()) && *sensitivity == Sensitivity::Ordinary;
    let task = nobody_helps.then(|| Act::Open(TaskKind::IntentionLapsed, authority.clone()));
    let asked = task.map(|task| due(area.calendar.after(told, TO_ANSWER), task));
    [due(told, remind)].into_iter().chain(asked).collect()
}

/// Nothing was said of a birth: the agency that recorded the child is asked, never the family; then again,
/// with a task for the CAF team where it may see the record.
#[must_use]
pub fn of_unborn(
    world: &World,
    id: ChildRef,
    authority: &AuthorityId,
    areas: &Areas,
    now: OffsetDateTime,
) -> Vec<Due> {
    let Some(record) = world.record(id) else {
        return Vec::new();
    };
    let pool = world.reach(&record.supplier.agency, &Selector::Child(id));
    let unborn = record.facts.as_ref().filter(|facts| facts.child_state == ChildState::Unborn);
    let unborn = unborn.filter(|_| is_active(record) && !is_over(&group_of(&pool, id)));
    let Some(facts) = unborn else {
        return Vec::new();
    };
    let area = areas.get(authority).cloned().unwrap_or_default();
    let expected = facts.birth.last_day();
    let asked = area.calendar.after(expected, 1);
    let again = area.calendar.after(asked, TO_ANSWER);
    let remind = |role| Act::Remind(ReminderKind::ExpectedDatePassed, record.supplier.agency.clone(), role);
    let task =
        area.as_seen(&pool, id, now).map(|_| Act::Open(TaskKind::ExpectedDatePassed, authority.clone()));
    let acts = [(asked, remind(ReminderRole::Owner)), (again, remind(ReminderRole::SecondOwner))];
    let acts = acts.into_iter().chain(task.map(|task| (again, task)));
    acts.map(|(day, act)| Due {
        at: morning(day),
        about: ReminderRef::Child(id),
        due: expected,
        act,
        because_of: None,
    })
    .collect()
}

#[cfg(test)]
#[path = "awaited_tests.rs"]
mod tests;
