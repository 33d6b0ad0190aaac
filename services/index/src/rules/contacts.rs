//! Whom an answer names: the open involvements of the records that the asker may see, and whom to
//! ring about the CAF (D-I1, D-A4). Order and number tell nothing but what is shown (G5).

use std::collections::{BTreeMap, BTreeSet};

use linking::caf_sensitivity;
use schemas::{
    AccessNoticeKind, AdviceContact, AgencyId, CafContact, CafRef, ChildRef, Contact, Job, LeadKind, Line,
    PersonName, Phone, RoleInCase, Sensitivity, ServiceLevel,
};
use time::OffsetDateTime;

use super::life::{Life, Lives};
use super::standing::Standing;
use super::world::{AgencyState, Caf, Desk, Involvement, Notice, Record};
use kit::moment::has_ended;

/// Who can be rung: a practitioner, or the agency's duty desk where there is no name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Person {
    agency_name: Line,
    name: Option<PersonName>,
    job: Option<Job>,
    phone: Phone,
}

#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    lead: bool,
    key_worker: bool,
}

/// The contacts of one child, the lead first, then key workers, then by name. Two leads are both
/// shown.
#[must_use]
pub fn contacts(asker: &AgencyId, group: &[&Record], now: OffsetDateTime) -> Vec<Contact> {
    let mut people: BTreeMap<Person, Marks> = BTreeMap::new();
    for record in group {
        for (involvement, person) in named(asker, record, now) {
            let marks = people.entry(person).or_default();
            marks.lead |= involvement.role_in_case == RoleInCase::LeadProfessional;
            marks.key_worker |= involvement.key_worker;
        }
    }
    let mut contacts: Vec<Contact> =
        people.into_iter().map(|(person, marks)| person.into_contact(marks)).collect();
    contacts.sort_by_key(|contact| (!contact.lead, !contact.key_worker));
    contacts
}

/// The people of a record whom the asker may be named. Nobody of an agency that was revoked is to be
/// rung: its work is the CAF team's to hand on.
fn named<'a>(
    asker: &'a AgencyId,
    record: &'a Record,
    now: OffsetDateTime,
) -> impl Iterator<Item = (&'a Involvement, Person)> {
    let open = record
        .involvements
        .iter()
        .filter(move |i| takes_part(record) && is_open(i, now) && may_see(asker, record, i.sensitivity));
    open.filter_map(move |involvement| Some((involvement, person_of(record, involvement)?)))
}

/// Whom an answer names.
#[derive(Clone, Copy, Debug)]
pub enum Naming<'a> {
    Everybody,
    Only(Option<&'a AdviceContact>),
}

/// What is shown of which records of other agencies: their contacts by such an answer, and this CAF.
#[must_use]
pub fn shown_of(
    asker: &AgencyId,
    group: &[&Record],
    naming: Naming<'_>,
    caf: Option<&CafRef>,
    now: OffsetDateTime,
) -> BTreeSet<(ChildRef, AccessNoticeKind)> {
    let is_named = |person: &Person| match naming {
        Naming::Everybody => true,
        Naming::Only(contact) => contact.is_some_and(|contact| person.is(contact)),
    };
    let others = group.iter().filter(|record| record.supplier.agency != *asker);
    let shown = others.flat_map(|record| {
        let contact = named(asker, record, now).any(|(_, person)| is_named(&person));
        let of_caf = record.cafs.iter().any(|of| Some(&of.caf_ref) == caf);
        let contact = contact.then_some((record.id, AccessNoticeKind::ContactShown));
        contact.into_iter().chain(of_caf.then_some((record.id, AccessNoticeKind::CafShown)))
    });
    shown.collect()
}

/// What is shown of a child's CAFs, and whom to ring about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CafShown {
    None,
    Open(CafRef, CafContact),
    ClosedRecently(CafRef, CafContact),
}

/// The CAF team, where a child's CAF was closed and may be reopened through it (D-I4).
#[must_use]
pub fn may_reopen(
    asker: &AgencyId,
    group: &[&Record],
    lives: &Lives,
    now: OffsetDateTime,
) -> Option<(CafRef, CafContact)> {
    let cafs = group.iter().flat_map(|record| record.cafs.iter().map(move |caf| (*record, caf)));
    cafs.filter(|(record, caf)| caf_shows(asker, record, caf, now))
        .filter_map(|(record, caf)| Some((record, caf, lives.get(&caf.caf_ref)?)))
        .filter(|(_, caf, life)| life.may_reopen(now, caf.reopen))
        .max_by_key(|(_, caf, _)| (caf.started_at, &caf.caf_ref))
        .map(|(record, caf, life)| (caf.caf_ref.clone(), team_contact(record, caf, life)))
}

/// Of two open CAFs the later one: both assessors are among the contacts if they work with the child.
#[must_use]
pub fn caf_shown(
    asker: &AgencyId,
    group: &[&Record],
    lives: &Lives,
    contacts: &[Contact],
    now: OffsetDateTime,
) -> CafShown {
    let of_group = || group.iter().flat_map(|record| record.cafs.iter().map(move |caf| (*record, caf)));
    let shown = || of_group().filter(|(record, caf)| caf_shows(asker, record, caf, now));
    let last = |is: &dyn Fn(&Life, &Caf) -> bool| {
        shown()
            .filter_map(|(record, caf)| Some((record, caf, lives.get(&caf.caf_ref)?)))
            .filter(|(_, caf, life)| is(life, caf))
            .max_by_key(|(_, caf, _)| (caf.started_at, &caf.caf_ref))
    };
    if let Some((record, caf, life)) = last(&|life, _| life.is_open()) {
        return CafShown::Open(caf.caf_ref.clone(), open_contact(record, caf, life, contacts));
    }
    match last(&|life, caf| life.shows_as_closed(now, caf.reopen)) {
        Some((record, caf, life)) => {
            CafShown::ClosedRecently(caf.caf_ref.clone(), team_contact(record, caf, life))
        }
        None => CafShown::None,
    }
}

fn open_contact(record: &Record, caf: &Caf, life: &Life, contacts: &[Contact]) -> CafContact {
    // D-A4: the lead is the single point of contact.
    let lead = contacts.iter().find(|contact| contact.lead && contact.name.is_some());
    if let Some(lead) = lead {
        return CafContact {
            name: lead.name.clone(),
            agency_name: lead.agency_name.clone(),
            job: lead.job,
            phone: lead.phone.clone(),
        };
    }
    match (caf.practitioner.standing(), &life.taken_on_by) {
        (Standing::Active(assessor), None) if takes_part(record) => CafContact {
            name: Some(assessor.name.clone()),
            agency_name: record.supplier.shown_name.clone(),
            job: Some(assessor.job),
            phone: assessor.work_phone.clone(),
        },
        (Standing::Active(_) | Standing::Away | Standing::Unknown, _) => team_contact(record, caf, life),
    }
}

/// D-A3: the CAF team of the authority whose log the CAF is in.
fn team_contact(record: &Record, caf: &Caf, life: &Life) -> CafContact {
    let desk = match life.taken_on_by.as_ref().or(caf.team.as_ref()) {
        Some(team) => team.clone(),
        None => Desk { name: record.supplier.shown_name.clone(), phone: record.supplier.duty_desk.clone() },
    };
    CafContact { name: None, agency_name: desk.name, job: None, phone: desk.phone }
}

/// A specialist or statutory service that works with the child: its key worker before others (D-I4).
#[must_use]
pub fn specialist(asker: &AgencyId, group: &[&Record], now: OffsetDateTime) -> Option<Contact> {
    let specialist = |i: &Involvement| i.level == ServiceLevel::SpecialistStatutory;
    let of: Vec<Record> = group.iter().map(|record| only(record, specialist)).collect();
    contacts(asker, &of.iter().collect::<Vec<_>>(), now).into_iter().min_by_key(|contact| !contact.key_worker)
}

fn only(record: &Record, kept: impl Fn(&Involvement) -> bool) -> Record {
    let involvements = record.involvements.iter().filter(|i| kept(i)).cloned().collect();
    Record { involvements, ..record.clone() }
}

fn takes_part(record: &Record) -> bool {
    record.supplier.state == AgencyState::Active
}

/// D-I6: what is of a sensitive service is seen by the agency that supplied it alone. (Records of
/// sensitive agencies were taken away before.)
fn may_see(asker: &AgencyId, record: &Record, sensitivity: Sensitivity) -> bool {
    record.supplier.agency == *asker || sensitivity == Sensitivity::Ordinary
}

fn is_open(involvement: &Involvement, now: OffsetDateTime) -> bool {
    involvement.started_at <= now && !has_ended(involvement.effective_at, involvement.ended_at)
}

/// G7: a CAF takes effect when its assessor stands on the register; D-I2: and shows to others on the terms
/// of its authority.
pub(super) fn caf_shows(asker: &AgencyId, record: &Record, caf: &Caf, now: OffsetDateTime) -> bool {
    let known = match caf.practitioner.standing() {
        Standing::Unknown => false,
        Standing::Away | Standing::Active(_) => true,
    };
    let agreed = caf.notice == Notice::Shows || record.supplier.agency == *asker;
    known
        && agreed
        && caf.started_at <= now
        && may_see(asker, record, caf_sensitivity(record, &caf.practitioner_id))
}

fn person_of(record: &Record, involvement: &Involvement) -> Option<Person> {
    let agency_name = record.supplier.shown_name.clone();
    match involvement.practitioner.standing() {
        Standing::Unknown => None,
        Standing::Away => {
            Some(Person { agency_name, name: None, job: None, phone: record.supplier.duty_desk.clone() })
        }
        Standing::Active(recorded) => Some(Person {
            agency_name,
            name: Some(recorded.name.clone()),
            job: Some(recorded.job),
            phone: said_phone(involvement).unwrap_or(&recorded.work_phone).clone(),
        }),
    }
}

/// D-A4: where a parent or the young person leads, whoever supports them is rung, by the register's
/// number: one in the message would be the family's.
const fn said_phone(involvement: &Involvement) -> Option<&Phone> {
    match involvement.lead_kind {
        LeadKind::Practitioner => involvement.contact_phone.as_ref(),
        LeadKind::ParentOrCarer | LeadKind::YoungPerson => None,
    }
}

impl Person {
    fn is(&self, contact: &AdviceContact) -> bool {
        let AdviceContact { name, agency_name, phone } = contact;
        self.name == *name && self.agency_name == *agency_name && self.phone == *phone
    }

    fn into_contact(self, marks: Marks) -> Contact {
        Contact {
            name: self.name,
            agency_name: self.agency_name,
            job: self.job,
            phone: self.phone,
            lead: marks.lead,
            key_worker: marks.key_worker,
        }
    }
}
