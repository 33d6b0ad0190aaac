//! Who is told what of the consents that one agency recorded with one of its records, and when (D-C3, D-C6): its own
//! agency; the lead professional's, as far as it may know of that record; the CAF team once a review has passed.

use kit::calendar::morning;
use schemas::{
    AgencyId, AgencyStanding, ChildState, Day, LocalRef, ReminderIssued, ReminderKind, ReminderRef,
    ReminderRole, Sensitivity,
};
use time::{Date, OffsetDateTime};

use super::consent::{Due, Statement, Timer, due};
use super::deadline::calendar;
use super::lead::leads;
use super::widened::{Tells, tells};
use super::world::{Record, World};

/// That something was told of a statement, whatever its version, so that it is told once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Told {
    pub agency: AgencyId,
    pub local_ref: LocalRef,
    pub kind: ReminderKind,
    pub due: Date,
    pub whom: AgencyId,
}

impl Told {
    /// That it was asked whether the child of whom a consent was withdrawn may be at risk (D-S1).
    #[must_use]
    pub fn of_protection(statement: &Statement) -> Option<Self> {
        statement.ends.map(|_| Self {
            agency: statement.version.agency.clone(),
            local_ref: statement.version.local_ref.clone(),
            kind: ReminderKind::ConsiderProtection,
            due: statement.said_on.effective_at().date(),
            whom: statement.version.agency.clone(),
        })
    }
}

/// Something to be told, once its time has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    pub at: OffsetDateTime,
    pub told: Told,
    pub reminder: ReminderIssued,
}

/// Of two things of one matter that are due, the later alone.
#[must_use]
pub fn of_record(world: &World, record: &Record, now: OffsetDateTime) -> Vec<Telling> {
    let ended = |record: &&Record| {
        matches!(record.child.child_state, Some(ChildState::Died | ChildState::PregnancyEnded))
    };
    if world.consented_for(record).iter().any(ended) {
        return Vec::new();
    }
    let agency = world.agencies.get(&record.child.agency_id);
    let days = calendar(agency.and_then(|agency| world.area(agency, Some(record))));
    let at = |due: &Due| morning(days.on_or_after(due.on));
    let consents = world.consents(record);
    let all = due(&consents.at(now));
    let passed_by = |one: &&Due| {
        let of_it =
            |other: &&Due| other.statement == one.statement && other.timer.matter() == one.timer.matter();
        all.iter().filter(of_it).any(|other| other.timer > one.timer && at(other) <= now)
    };
    let mut telling = Vec::new();
    for one in all.iter().filter(|one| !passed_by(one)) {
        let own = record.statements.iter().find(|statement| statement.version == one.statement);
        for (whom, reference, role) in
            own.into_iter().flat_map(|own| told(world, record, (own, one.timer), now))
        {
            let (kind, due) = (kind(one.timer), Day::from_date(one.of));
            let (agency, local_ref) = (one.statement.agency.clone(), one.statement.local_ref.clone());
            telling.push(Telling {
                at: at(one),
                told: Told { agency, local_ref, kind, due: one.of, whom },
                reminder: ReminderIssued { kind, reference, due, role },
            });
        }
    }
    telling
}

/// Who is told. What a sensitive service recorded is told to nobody else (D-I6).
fn told(
    world: &World,
    record: &Record,
    (statement, timer): (&Statement, Timer),
    now: OffsetDateTime,
) -> Vec<(AgencyId, ReminderRef, ReminderRole)> {
    let recorder = &record.child.agency_id;
    let own = ReminderRef::Statement(statement.version.local_ref.clone());
    let mut told = vec![(recorder.clone(), own, ReminderRole::Owner)];
    if record.of_sensitive_service() == Sensitivity::Ordinary {
        let lead = match timer {
            Timer::ConsiderAskingTheChild => None,
            Timer::Review60
            | Timer::Review30
            | Timer::Review7
            | Timer::ReviewPassed
            | Timer::AskTheYoungPerson
            | Timer::ParentalConsentEnds => Some(tells(world, record, statement)),
        };
        if lead == Some(Tells::TheAgencyToo) {
            let may_know = |lead: &Record| {
                let agency = world.agencies.get(&lead.child.agency_id)?;
                let own = ReminderRef::Child(world.record_of(agency, record, now)?.child.record);
                Some((agency.agency_id.clone(), own, ReminderRole::LeadProfessional))
            };
            told.extend(leads(world, record, now).into_iter().filter_map(may_know));
        }
        let second = (timer == Timer::ReviewPassed)
            .then(|| world.caf_team(record, &statement.version.local_ref, now))
            .flatten();
        told.extend(second.map(|(team, about)| (team, about, ReminderRole::SecondOwner)));
    }
    let mut known: Vec<AgencyId> = Vec::new();
    told.retain(|(agency, ..)| {
        let is_new = !known.contains(agency);
        known.push(agency.clone());
        let now = world.agencies.get(agency);
        is_new && now.is_some_and(|agency| agency.state == AgencyStanding::Active)
    });
    told
}

const fn kind(timer: Timer) -> ReminderKind {
    match timer {
        Timer::Review60 => ReminderKind::ConsentReview60,
        Timer::Review30 => ReminderKind::ConsentReview30,
        Timer::Review7 => ReminderKind::ConsentReview7,
        Timer::ReviewPassed => ReminderKind::ConsentReview,
        Timer::ConsiderAskingTheChild => ReminderKind::Age12,
        Timer::AskTheYoungPerson => ReminderKind::AskTheYoungPerson,
        Timer::ParentalConsentEnds => ReminderKind::ParentalConsentEnds,
    }
}
