//! What is due of a CAF, and who is told when (D-I7, D-P5).
//!
//! Everything is worked out from what is known when it is looked at. Nothing is due any more once a
//! child of the records in question died or the pregnancy ended.

use std::collections::{BTreeSet, HashMap};

use linking::{group_of, hidden_from};
use schemas::{
    AgencyId, AgencyKind, AuthorityId, CafRef, ChildRef, ChildState, LocalRef, MessageId, ReminderKind,
    ReminderRef, ReminderRole, RoleInCase, Sensitivity, TransferState,
};
use time::{Date, Duration, OffsetDateTime};

use super::contacts::caf_shows;
use super::life::{Copy, Leads, Life, Stage, Step, What, in_effect, lives};
use super::task::TaskKind;
use super::world::{AgencyState, Caf, Record, Selector, World};
use kit::calendar::{Calendar, months_after, morning};

/// D-I7: so long after it was completed the copy is to be with the CAF team.
const COPY_WITHIN: Duration = Duration::days(28);
/// What was checked, or due, before is no news to anybody: a log that is taken over may be old.
const NEWS: Duration = Duration::days(366);
/// D-P5, in months.
const REVIEW_WITHIN: u8 = 3;
/// In working days.
const AHEAD_OF_COPY: usize = 5;
const AHEAD_OF_REVIEW: usize = 10;
const TO_LIAISE: usize = 2;

/// What an authority's clocks go by, and who keeps its log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Area {
    pub team: Option<AgencyId>,
    pub calendar: Calendar,
}

impl Area {
    /// A child as its CAF team may see it, if it has one that may.
    pub(super) fn as_seen<'w>(
        &self,
        pool: &[&'w Record],
        record: ChildRef,
        now: OffsetDateTime,
    ) -> Option<View<'w>> {
        View::of(self.team.as_ref()?, AgencyKind::CafTeam, pool, record, now)
    }
}

pub type Areas = HashMap<AuthorityId, Area>;

/// Something that somebody is told at a moment; what was told once is not told again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// From when on it is to be told.
    pub at: OffsetDateTime,
    pub about: ReminderRef,
    /// When it is or was due.
    pub due: Date,
    pub act: Act,
    /// The statement that led to it, where each is told of.
    pub because_of: Option<MessageId>,
}

impl Due {
    /// Whether nobody is told of it any more who was not told in time.
    #[must_use]
    pub fn is_no_news(&self, now: OffsetDateTime) -> bool {
        match self.act {
            // Two that came together only now.
            Act::Remind(ReminderKind::SecondCaf, ..) | Act::Open(TaskKind::SecondCaf, _) => false,
            Act::Remind(..) | Act::Open(..) | Act::Return(_) => self.due < (now - NEWS).date(),
        }
    }
}

/// How it is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    Remind(ReminderKind, AgencyId, ReminderRole),
    /// For the CAF team of the authority.
    Open(TaskKind, AuthorityId),
    /// To the assessor's agency: what the check found.
    Return(AgencyId),
}

/// That an agency which takes part stated something of a CAF after its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saying {
    pub agency: AgencyId,
    pub kind: AgencyKind,
    pub local_ref: LocalRef,
    pub message: MessageId,
    pub received_on: Date,
}

/// The tasks that are closed by themselves once they are no longer due of a CAF.
pub const OF_CAFS: [TaskKind; 6] = [
    TaskKind::FormReturned,
    TaskKind::OverdueCopy,
    TaskKind::OverdueCheck,
    TaskKind::OverdueReview,
    TaskKind::SecondCaf,
    TaskKind::TransferProposed,
];

/// All that is or will be due of a CAF.
#[must_use]
pub fn of_caf(
    world: &World,
    caf_ref: &CafRef,
    said: &[Saying],
    areas: &Areas,
    now: OffsetDateTime,
) -> Vec<Due> {
    let Some(case) = Case::of(world, caf_ref, areas, now) else {
        return Vec::new();
    };
    let mut due = case.checks();
    due.extend(case.without_effect(said));
    if case.life.is_open() {
        due.extend(case.form());
        due.extend(case.review());
        due.extend(case.second_caf());
        due.extend(case.offer(areas));
    }
    due
}

/// A child as an agency may see it (D-I6): what is hidden is taken away before anything is linked, so
/// that nothing that is told, and nothing that is not, says that it is there (G5).
pub(super) struct View<'w> {
    /// The records of the child.
    group: Vec<&'w Record>,
    /// The open CAFs that a lookup would show.
    pub(super) open: Vec<&'w Caf>,
}

impl<'w> View<'w> {
    /// None where the agency may not see that record.
    fn of(
        agency: &AgencyId,
        kind: AgencyKind,
        pool: &[&'w Record],
        record: ChildRef,
        now: OffsetDateTime,
    ) -> Option<Self> {
        let hidden = hidden_from(agency, kind, pool);
        let visible: Vec<&Record> = pool
            .iter()
            .zip(hidden)
            .filter(|(_, hidden)| hidden.is_none())
            .map(|(record, _)| *record)
            .collect();
        let group = group_of(&visible, record);
        if group.is_empty() {
            return None;
        }
        let lives: HashMap<CafRef, Life> = lives(&group).collect();
        let is_open = |caf: &Caf| lives.get(&caf.caf_ref).is_some_and(Life::is_open);
        let cafs = group.iter().flat_map(|record| record.cafs.iter().map(move |caf| (*record, caf)));
        let shown = cafs.filter(|(record, caf)| is_open(caf) && caf_shows(agency, record, caf, now));
        let open = shown.map(|(_, caf)| caf).collect();
        Some(Self { group, open })
    }

    /// The latest, where there is another.
    fn second(&self) -> Option<&'w Caf> {
        let last = self.open.iter().max_by_key(|caf| (caf.started_at, &caf.caf_ref))?;
        (self.open.len() > 1).then_some(last)
    }

    pub(super) fn shows(&self, caf: &CafRef) -> bool {
        self.open.iter().any(|open| open.caf_ref == *caf)
    }
}

/// How a CAF stands, as the records say that its assessor's agency may see.
#[must_use]
pub fn stands(world: &World, caf_ref: &CafRef, now: OffsetDateTime) -> Option<Life> {
    let record = world.holder(caf_ref)?;
    let caf = record.cafs.iter().find(|caf| caf.caf_ref == *caf_ref)?;
    let pool = world.reach(&record.supplier.agency, &Selector::Child(record.id));
    let view = View::of(&record.supplier.agency, AgencyKind::Other, &pool, record.id, now)?;
    Some(in_effect(caf, &Leads(&view.group)).0)
}

/// A CAF, as its assessor's agency may see the child.
struct Case<'w> {
    caf: &'w Caf,
    record: &'w Record,
    life: Life,
    /// Of all that was said of it, what had an effect.
    effects: Vec<&'w Step>,
    pool: Vec<&'w Record>,
    view: View<'w>,
    area: Area,
    /// As the CAF team may see it, if it may.
    of_team: Option<View<'w>>,
    now: OffsetDateTime,
}

impl<'w> Case<'w> {
    fn of(world: &'w World, caf_ref: &CafRef, areas: &Areas, now: OffsetDateTime) -> Option<Self> {
        let record = world.holder(caf_ref)?;
        let caf = record.cafs.iter().find(|caf| caf.caf_ref == *caf_ref)?;
        let pool = world.reach(&record.supplier.agency, &Selector::Child(record.id));
        let view = View::of(&record.supplier.agency, AgencyKind::Other, &pool, record.id, now)?;
        let (life, effects) = in_effect(caf, &Leads(&view.group));
        if is_over(&group_of(&pool, record.id)) {
            return None;
        }
        let area = areas.get(&life.authority).cloned().unwrap_or_default();
        let of_team = area.as_seen(&pool, record.id, now).filter(|view| view.shows(caf_ref));
        Some(Self { caf, record, life, effects, pool, view, area, of_team, now })
    }

    /// D-I7: what each check found.
    fn checks(&self) -> Vec<Due> {
        let of_step = |step: &&Step| match step.what {
            What::Checked(..) => self.assessors().into_iter().next().map(|agency| Due {
                because_of: Some(step.message),
                ..self.due(self.now, step.happened_at.date(), Act::Return(agency))
            }),
            _ => None,
        };
        self.effects.iter().filter_map(of_step).collect()
    }

    /// What changed nothing is told to whoever said it, on the next working day: what it waited for may have
    /// come by then. Not to those who may not know how the CAF stands.
    fn without_effect(&self, said: &[Saying]) -> Vec<Due> {
        let had_effect = |said: &Saying| self.effects.iter().any(|step| step.message == said.message);
        let in_vain = said.iter().filter(|said| !had_effect(said) && self.may_know(said));
        let due = in_vain.map(|said| {
            let day = self.area.calendar.after(said.received_on, 1);
            let act = Act::Remind(ReminderKind::WithoutEffect, said.agency.clone(), ReminderRole::Owner);
            let about = ReminderRef::Statement(said.local_ref.clone());
            Due { about, because_of: Some(said.message), ..self.due(morning(day), day, act) }
        });
        due.collect()
    }

    fn may_know(&self, said: &Saying) -> bool {
        let shows = self.life.is_open() || self.life.shows_as_closed(self.now, self.caf.reopen);
        let view = || View::of(&said.agency, said.kind, &self.pool, self.record.id, self.now);
        said.agency == self.record.supplier.agency
            || ((shows || said.kind == AgencyKind::CafTeam)
                && caf_shows(&said.agency, self.record, self.caf, self.now)
                && view().is_some())
    }

    /// D-I7: the copy reaches the CAF team within 28 days, is checked, and comes back if there are gaps.
    fn form(&self) -> Vec<Due> {
        let (completed_on, copy) = match self.life.stage {
            Stage::Completed { on, copy } => (on, copy),
            // D-I6: what the team may not know of it does not read in its list.
            Stage::Returned { .. } if self.area.team.is_some() && self.of_team.is_none() => {
                return Vec::new();
            }
            Stage::Returned { back_by, check } => {
                let act = Act::Open(TaskKind::FormReturned, self.life.authority.clone());
                return vec![Due { because_of: Some(check), ..self.due(self.now, back_by, act) }];
            }
            Stage::Started | Stage::Checked | Stage::Closed { .. } | Stage::Reopened | Stage::Withdrawn => {
                return Vec::new();
            }
        };
        let due = self.area.calendar.on_or_after((completed_on + COPY_WITHIN).date());
        let (kind, owners, overdue) = match copy {
            Copy::Awaited => (ReminderKind::Copy28Days, self.assessors(), TaskKind::OverdueCopy),
            Copy::Sent => {
                let team = self.team_that_sees().cloned();
                (ReminderKind::CafCheck, team.into_iter().collect(), TaskKind::OverdueCheck)
            }
        };
        self.clock(kind, due, AHEAD_OF_COPY, &owners, overdue)
    }

    /// D-P5: within three months of the assessment, plan or none; where the CAF was taken over from an
    /// older log, on the day that stands there.
    fn review(&self) -> Vec<Due> {
        let (kind, day) = match (self.life.review_due_on, self.life.assessed_on) {
            (Some(day), _) => (ReminderKind::NextReview, day),
            (None, Some(on)) => (ReminderKind::FirstReview, months_after(on.date(), REVIEW_WITHIN)),
            (None, None) => return Vec::new(),
        };
        let due = self.area.calendar.on_or_after(day);
        let leads = Leads(&self.view.group).at(self.now).into_iter();
        let mut owners: Vec<AgencyId> =
            leads.filter(|lead| self.is_seen_to_lead(lead) && self.knows(lead)).cloned().collect();
        if owners.is_empty() {
            owners = self.assessors();
        }
        self.clock(kind, due, AHEAD_OF_REVIEW, &owners, TaskKind::OverdueReview)
    }

    /// None where their agency was revoked: its matters are the CAF team's.
    fn assessors(&self) -> Vec<AgencyId> {
        is_active(self.record).then(|| self.record.supplier.agency.clone()).into_iter().collect()
    }

    /// Whether the assessor's agency may know who leads.
    fn is_seen_to_lead(&self, lead: &AgencyId) -> bool {
        let of_lead = self.view.group.iter().filter(|record| record.supplier.agency == *lead);
        *lead == self.record.supplier.agency
            || of_lead.flat_map(|record| &record.involvements).any(|involvement| {
                involvement.role_in_case == RoleInCase::LeadProfessional
                    && involvement.sensitivity == Sensitivity::Ordinary
            })
    }

    /// Whether a lookup by that agency would show this CAF.
    fn knows(&self, agency: &AgencyId) -> bool {
        let view = View::of(agency, AgencyKind::Other, &self.pool, self.record.id, self.now);
        view.is_some_and(|view| view.shows(&self.caf.caf_ref))
    }

    /// Both are kept, both told to liaise, and the CAF team has a task (codes §3); who may not know of
    /// the other one is told nothing (D-I6). The other's agency is told when the other CAF is looked at.
    fn second_caf(&self) -> Vec<Due> {
        let due = |last: &Caf, act| {
            let day = self.area.calendar.after(last.started_at.date(), TO_LIAISE);
            self.due(last.started_at, day, act)
        };
        let reminders = self.view.second().into_iter().flat_map(|last| {
            let remind =
                |agency| due(last, Act::Remind(ReminderKind::SecondCaf, agency, ReminderRole::Owner));
            self.assessors().into_iter().map(remind).collect::<Vec<_>>()
        });
        // One task: under the latest of those that the team may know of.
        let latest = self.of_team.as_ref().and_then(View::second);
        let task = latest
            .filter(|last| last.caf_ref == self.caf.caf_ref)
            .map(|last| due(last, Act::Open(TaskKind::SecondCaf, self.life.authority.clone())));
        reminders.chain(task).collect()
    }

    /// The team that a CAF is offered to takes it on or declines, where it may know of it.
    fn offer(&self, areas: &Areas) -> Option<Due> {
        let to = self.life.offered_to.as_ref()?;
        let area = areas.get(to)?;
        let view = area.as_seen(&self.pool, self.record.id, self.now)?;
        let proposed = |step: &&&Step| matches!(step.what, What::Transferred(TransferState::Proposed, _));
        let step = self.effects.iter().rfind(proposed).filter(|_| view.shows(&self.caf.caf_ref))?;
        let day = area.calendar.after(step.happened_at.date(), TO_LIAISE);
        let act = Act::Open(TaskKind::TransferProposed, to.clone());
        Some(Due { because_of: Some(step.message), ..self.due(self.now, day, act) })
    }

    /// The owners are told ahead, and once more when the day has passed; then the second owner too, with a
    /// task: the CAF team, where it may know of the CAF. Whether it may shows in nothing that the owners hear.
    fn clock(
        &self,
        kind: ReminderKind,
        due: Date,
        ahead: usize,
        owners: &[AgencyId],
        overdue: TaskKind,
    ) -> Vec<Due> {
        let calendar = &self.area.calendar;
        let (early, late) = (morning(calendar.before(due, ahead)), morning(calendar.after(due, 1)));
        let remind = |agency: &AgencyId, role| Act::Remind(kind, agency.clone(), role);
        let first = owners.iter().map(|owner| (early, remind(owner, ReminderRole::Owner)));
        let mut acts: Vec<(OffsetDateTime, Act)> = first.collect();
        let told_late: BTreeSet<&AgencyId> = owners.iter().chain(self.team_that_sees()).collect();
        acts.extend(told_late.into_iter().map(|agency| (late, remind(agency, ReminderRole::SecondOwner))));
        if self.team_that_sees().is_some() {
            acts.push((late, Act::Open(overdue, self.life.authority.clone())));
        }
        acts.into_iter().map(|(at, act)| self.due(at, due, act)).collect()
    }

    fn due(&self, at: OffsetDateTime, due: Date, act: Act) -> Due {
        Due { at, about: ReminderRef::Caf(self.caf.caf_ref.clone()), due, act, because_of: None }
    }

    fn team_that_sees(&self) -> Option<&AgencyId> {
        self.area.team.as_ref().filter(|_| self.of_team.is_some())
    }
}

pub(super) fn is_active(record: &Record) -> bool {
    record.supplier.state == AgencyState::Active
}

/// Whoever said so, and whoever may know of it: nobody is to be reminded of a child who died (codes §2),
/// and a pregnancy that ended is closed silently.
pub(super) fn is_over(group: &[&Record]) -> bool {
    group.iter().filter_map(|record| record.facts.as_ref()).any(|facts| match facts.child_state {
        ChildState::Died | ChildState::PregnancyEnded => true,
        ChildState::Unborn | ChildState::Living => false,
    })
}

#[cfg(test)]
#[path = "due_tests.rs"]
pub(super) mod tests;
