//! What is due, beside the two lanes: reminders, overdue matters, a second CAF of one child; and every
//! night the digests of what was shown, and the forgetting of what is kept no longer.

use std::collections::{BTreeSet, HashMap, HashSet};

use kit::Clock;
use kit::handler::Notice;
use kit::timers::{Next, Timer};
use schemas::catalogue::AgencyQueue;
use schemas::{
    AccessNotice, AccessNotified, AccessRef, AgencyId, AuthorityId, CafRef, CafReturned, ChildRef, Day,
    LocalRef, MessageId, MessageType, ReminderIssued, ReminderKind, ReminderRef, ReminderRole,
};
use serde::Serialize;
use sqlx::PgConnection;
use time::{Date, Duration, OffsetDateTime, Time};
use uuid::Uuid;

use crate::rules::awaited::{Standing, of_intention, of_unborn};
use crate::rules::due::{Act, Areas, Due, OF_CAFS, of_caf, stands};
use crate::rules::life::Life;
use crate::rules::task::{Task, TaskKind};
use crate::rules::watch::Watch;
use crate::rules::world::World;
use crate::store::access_notice::Shown;
use crate::store::watch::{self, Said, Told};
use crate::store::{access_notice, intention, refusal, stands, task};

/// How long an intention that lapsed is kept.
const LAPSED: Duration = Duration::days(30);
/// How long it is remembered that something was told; what is due is due sooner.
const REMEMBERED: Duration = Duration::days(3 * 366);
/// A person of the CAF team sees to a task within so many days.
const SEEN_TO: Duration = Duration::days(7);
/// In one message, as the schema has it.
const MOST_NOTICES: usize = 100;
/// Before the next missing day.
const SOON: Duration = Duration::seconds(1);
/// Before a timer is met again that this version does not know.
const LATER: Duration = Duration::hours(1);
/// When the round of each day is made, UTC.
const NIGHT: Time = time::macros::time!(02:00);

/// The index's due work.
#[derive(Debug)]
pub struct Timers {
    clock: Clock,
}

impl Timers {
    #[must_use]
    pub const fn new(clock: Clock) -> Self {
        Self { clock }
    }
}

/// What the timers of a batch are about, and what comes of them.
#[derive(Debug)]
pub struct State {
    world: World,
    areas: Areas,
    /// Of the CAFs that are looked at, for other services to know.
    lives: Vec<Life>,
    standing: HashMap<(AgencyId, LocalRef), Standing>,
    unborn: HashMap<ChildRef, AuthorityId>,
    told: HashSet<Told>,
    /// All that was said of the CAFs, with or without effect.
    said: Said,
    /// Each under the id that its notice will have, so that deciding needs no chance.
    shown: HashMap<(Date, AgencyId), Vec<(Uuid, Shown)>>,
    telling: Vec<Told>,
    noticed: Vec<(Uuid, Shown)>,
    open: Vec<Task>,
    /// Told of before, and standing.
    still_open: Vec<Task>,
    /// The tasks that do not stand, and what they would be about.
    gone: Vec<(TaskKind, String)>,
    /// The days of which no agency was told yet, the oldest first; none where it is not the time.
    missing: Vec<Date>,
    forgets: bool,
    now: OffsetDateTime,
}

/// What the timers of a batch name, kind by kind.
#[derive(Default)]
struct Named {
    cafs: Vec<CafRef>,
    intentions: Vec<(AgencyId, LocalRef)>,
    unborn: Vec<ChildRef>,
    digests: Vec<(Date, AgencyId)>,
    begins_digests: bool,
}

impl Named {
    fn of(due: &[Timer]) -> Self {
        let mut named = Self::default();
        for watch in due.iter().filter_map(Watch::of) {
            match watch {
                Watch::Caf(caf) => named.cafs.push(caf),
                Watch::Intention(agency, local_ref) => named.intentions.push((agency, local_ref)),
                Watch::Unborn(record) => named.unborn.push(record),
                Watch::Digest(day, agency) => named.digests.push((day, agency)),
                Watch::Digests => named.begins_digests = true,
                Watch::Forgetting | Watch::Conform(_) => {}
            }
        }
        named
    }
}

impl kit::timers::Timers for Timers {
    type State = State;

    async fn load(
        &self,
        tx: &mut PgConnection,
        due: &[Timer],
        now: OffsetDateTime,
    ) -> Result<State, sqlx::Error> {
        let Named { cafs, intentions, unborn, digests, begins_digests } = Named::of(due);
        let missing = match now.date().previous_day() {
            Some(yesterday) if begins_digests => access_notice::missing(tx, yesterday).await?,
            Some(_) | None => Vec::new(),
        };
        let standing = watch::standing(tx, &intentions).await?;
        let unborn: Vec<_> = unborn.iter().map(ChildRef::as_uuid).collect();
        let of_intentions =
            standing.iter().flat_map(|it| it.record.iter().chain(&it.met)).map(ChildRef::as_uuid);
        let records = of_intentions.chain(unborn.iter().copied()).collect();
        let world = watch::world(tx, &cafs, records).await?;
        let mut about: Vec<String> = cafs.iter().map(CafRef::to_string).collect();
        about.extend(intentions.iter().map(|(_, local_ref)| local_ref.to_string()));
        about.extend(unborn.iter().map(|record| ChildRef::from_uuid(*record).to_string()));
        let said = watch::said(tx, &cafs).await?;
        about.extend(said.sayings.values().flatten().map(|said| said.local_ref.to_string()));
        Ok(State {
            said,
            told: watch::told(tx, &about).await?,
            areas: watch::areas(tx).await?,
            unborn: watch::authorities_of(tx, &unborn).await?,
            standing: standing
                .into_iter()
                .map(|it| ((it.agency.clone(), it.local_ref.clone()), it))
                .collect(),
            world,
            lives: Vec::new(),
            shown: self.shown(tx, &digests).await?,
            telling: Vec::new(),
            noticed: Vec::new(),
            open: Vec::new(),
            still_open: Vec::new(),
            gone: Vec::new(),
            missing,
            forgets: false,
            now,
        })
    }

    fn apply(&self, state: &mut State, timer: &Timer, now: OffsetDateTime) -> Next {
        match Watch::of(timer) {
            Some(Watch::Caf(caf)) => {
                let said = state.said.sayings.get(&caf).map_or(&[][..], Vec::as_slice);
                let due = of_caf(&state.world, &caf, said, &state.areas, now);
                state.lives.extend(stands(&state.world, &caf, now));
                state.tell(&caf.to_string(), &OF_CAFS, due, now)
            }
            Some(Watch::Intention(agency, local_ref)) => {
                let about = format!("{agency}/{local_ref}");
                let standing = state.standing.get(&(agency, local_ref));
                let due = standing.map(|it| of_intention(&state.world, it, &state.areas, now));
                state.tell_daily(&about, TaskKind::IntentionLapsed, due.unwrap_or_default(), now)
            }
            Some(Watch::Unborn(record)) => {
                let agency = state.world.record(record).map(|record| record.supplier.agency.as_str());
                let about = format!("{}/{record}", agency.unwrap_or_default());
                let authority = state.unborn.get(&record);
                let due = authority.map(|it| of_unborn(&state.world, record, it, &state.areas, now));
                state.tell_daily(&about, TaskKind::ExpectedDatePassed, due.unwrap_or_default(), now)
            }
            Some(Watch::Digest(day, agency)) => {
                let shown = state.shown.remove(&(day, agency.clone())).unwrap_or_default();
                let notices = access_notices(&agency, day, &shown);
                state.noticed.extend(shown);
                Next { look_at: None, notices }
            }
            Some(Watch::Digests) => {
                // One day a look, however many are missing.
                let look_at = if state.missing.len() > 1 { now + SOON } else { next_night(now) };
                Next { look_at: Some(look_at), notices: Vec::new() }
            }
            Some(Watch::Forgetting) => {
                state.forgets = true;
                Next { look_at: Some(next_night(now)), notices: Vec::new() }
            }
            Some(Watch::Conform(agency)) => Next { look_at: None, notices: unasked(&agency, now.date()) },
            // Set by a newer version, which runs beside this one.
            None => Next { look_at: Some(now + LATER), notices: Vec::new() },
        }
    }

    async fn store(&self, tx: &mut PgConnection, state: State) -> Result<(), sqlx::Error> {
        watch::store_told(tx, &state.telling, state.now).await?;
        stands::note(tx, &state.lives).await?;
        access_notice::store(tx, &state.noticed).await?;
        task::close_by_themselves(tx, &state.gone, state.now).await?;
        task::reopen(tx, &state.still_open).await?;
        if !state.open.is_empty() {
            task::open(tx, &state.open).await?;
        }
        if let Some(day) = state.missing.first() {
            access_notice::begin_digests(tx, *day, state.now).await?;
        }
        if state.forgets {
            let today = state.now.date();
            intention::forget(tx, (state.now - LAPSED).date()).await?;
            refusal::forget(tx, today).await?;
            watch::forget(tx, state.now - REMEMBERED).await?;
        }
        Ok(())
    }
}

impl Timers {
    async fn shown(
        &self,
        tx: &mut PgConnection,
        digests: &[(Date, AgencyId)],
    ) -> Result<HashMap<(Date, AgencyId), Vec<(Uuid, Shown)>>, sqlx::Error> {
        let mut by_digest: HashMap<_, Vec<_>> = HashMap::new();
        for (digest, shown) in access_notice::load(tx, digests).await? {
            by_digest.entry(digest).or_default().push((self.clock.new_id(), shown));
        }
        Ok(by_digest)
    }
}

impl State {
    /// Looks every day at what nothing else has looked at, for as long as anything is due of it.
    fn tell_daily(&mut self, about: &str, task: TaskKind, due: Vec<Due>, now: OffsetDateTime) -> Next {
        let stands = !due.is_empty();
        let next = self.tell(about, &[task], due, now);
        let tomorrow = stands.then_some(now + Duration::DAY);
        Next { look_at: next.look_at.or(tomorrow), ..next }
    }

    /// Tells what is due of it and was not told, and looks again when the next thing will be; of these kinds
    /// of task only those stand that are due.
    fn tell(&mut self, task_about: &str, kinds: &[TaskKind], due: Vec<Due>, now: OffsetDateTime) -> Next {
        let standing = standing_tasks(&due, now);
        let gone = kinds.iter().filter(|kind| !standing.contains(kind));
        self.gone.extend(gone.map(|kind| (*kind, task_about.to_owned())));
        let (mut next, mut notices) = (None, Vec::new());
        for one in due {
            if one.at > now {
                next = Some(next.map_or(one.at, |next: OffsetDateTime| next.min(one.at)));
                continue;
            }
            let told = told_of(&one, task_about);
            let is_new = !self.told.contains(&told);
            // A task that was told of stands with its matter; all else is told once.
            let passes = if is_new { !one.is_no_news(now) } else { matches!(one.act, Act::Open(..)) };
            if !passes {
                continue;
            }
            if is_new {
                self.told.insert(told.clone());
                self.telling.push(told);
            }
            let Due { about, due, act, because_of, .. } = one;
            match act {
                Act::Remind(kind, agency, role) => {
                    let reminder = ReminderIssued { kind, reference: about, due: Day::from_date(due), role };
                    notices.push((inbox(agency, ReminderIssued::TYPE, &reminder), because_of));
                }
                Act::Return(agency) => {
                    let found = because_of.and_then(|check| self.said.checks.get(&check));
                    notices.extend(found.map(|it| (inbox(agency, CafReturned::TYPE, it), because_of)));
                }
                Act::Open(kind, authority) => {
                    // What is to come back has its day; to the rest a person sees soon.
                    let due_on = if kind == TaskKind::FormReturned { due } else { (now + SEEN_TO).date() };
                    let about = task_about.to_owned();
                    let task = Task { kind, authority, about, record: None, opened_at: now, due_on };
                    if is_new { &mut self.open } else { &mut self.still_open }.push(task);
                }
            }
        }
        Next { look_at: next, notices }
    }
}

/// As it is remembered, so that it is told once.
fn told_of(due: &Due, task_about: &str) -> Told {
    let (kind, whom) = match &due.act {
        Act::Remind(kind, agency, role) => (kind.as_str(), format!("{agency} {}", role.as_str())),
        // After a transfer the task is another team's; two agencies may name their statements alike.
        Act::Open(task, authority) => match &due.about {
            ReminderRef::Statement(_) => (task.as_str(), format!("{authority} {task_about}")),
            ReminderRef::Caf(_) | ReminderRef::Child(_) => (task.as_str(), authority.to_string()),
        },
        Act::Return(agency) => (CafReturned::TYPE.name(), agency.to_string()),
    };
    let whom = match due.because_of {
        Some(message) => format!("{whom} {message}"),
        None => whom,
    };
    (kind.to_owned(), due.about.to_string(), due.due, whom)
}

/// A day's digest, in as many messages as it needs.
fn access_notices(to: &AgencyId, day: Date, shown: &[(Uuid, Shown)]) -> Vec<(Notice, Option<MessageId>)> {
    let one = |(id, shown): &(Uuid, Shown)| AccessNotice {
        reference: AccessRef::from_uuid(*id),
        child_ref: shown.record,
        local_id: shown.local_id.clone(),
        kind: shown.kind,
        day: Day::from_date(day),
        purpose: shown.purpose,
        by_agency_kind: shown.by,
    };
    let digests =
        shown.chunks(MOST_NOTICES).map(|shown| AccessNotified { notices: shown.iter().map(one).collect() });
    digests.map(|digest| (inbox(to.clone(), AccessNotified::TYPE, &digest), None)).collect()
}

/// One reminder of each form, about things that there are not.
fn unasked(to: &AgencyId, today: Date) -> Vec<(Notice, Option<MessageId>)> {
    let invented = LocalRef::parse("conform").ok();
    let references = invented.into_iter().flat_map(|local_ref| {
        let caf = ReminderRef::Caf(CafRef::new(to.clone(), local_ref.clone()));
        [(ReminderKind::FirstReview, caf), (ReminderKind::IntentionLapses, ReminderRef::Statement(local_ref))]
    });
    let (due, role) = (Day::from_date(today), ReminderRole::Owner);
    let reminders = references.map(|(kind, reference)| ReminderIssued { kind, reference, due, role });
    reminders.map(|reminder| (inbox(to.clone(), ReminderIssued::TYPE, &reminder), None)).collect()
}

fn inbox(to: AgencyId, kind: MessageType, data: &impl Serialize) -> Notice {
    Notice::new(to, AgencyQueue::Inbox, kind, data)
}

/// The tasks that still stand.
fn standing_tasks(due: &[Due], now: OffsetDateTime) -> BTreeSet<TaskKind> {
    let open = |due: &Due| match &due.act {
        Act::Open(kind, _) if due.at <= now => Some(*kind),
        Act::Open(..) | Act::Remind(..) | Act::Return(_) => None,
    };
    due.iter().filter_map(open).collect()
}

fn next_night(now: OffsetDateTime) -> OffsetDateTime {
    let tonight = now.replace_time(NIGHT);
    if tonight > now { tonight } else { tonight + Duration::DAY }
}
