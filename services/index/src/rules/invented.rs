//! Invented records for the tests of the rules.
#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use schemas::{
    AgencyId, AuthorityId, CafRef, ChildRef, ChildState, Job, LeadKind, Line, LocalChildId, LocalRef,
    MessageId, NhsNumber, PartialDate, PersonName, Phone, PractitionerId, PractitionerState, Restriction,
    RoleInCase, Sensitivity, ServiceLevel, Upn,
};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::demographics::DemographicsKey;
use super::life::{Sayer, Step, What};
use super::standing::{Entry, Recorded};
use super::world::{AgencyState, Caf, Desk, Facts, Involvement, KnownAs, Notice, Record, Supplier, Training};

pub(super) const NOW: OffsetDateTime = datetime!(2026-11-21 10:00 UTC);

pub(super) const AGENCIES: [&str; 4] = ["school", "surgery", "visitors", "clinic"];

pub(super) fn agency(name: &str) -> AgencyId {
    AgencyId::parse(name).unwrap()
}

pub(super) fn child(number: u128) -> ChildRef {
    ChildRef::from_uuid(Uuid::from_u128(number))
}

/// The `which`-th NHS number of those that begin with 9000000.
pub(super) fn nhs(which: u32) -> NhsNumber {
    let candidates = (0..1000).map(|n| format!("9000000{n:03}"));
    candidates.filter_map(|n| NhsNumber::parse(&n).ok()).nth(which as usize).unwrap()
}

pub(super) fn upn(which: u32) -> Upn {
    let letters = "ABCDEFGHJKLMNPQRTUVWXYZ".chars();
    let mut candidates = letters.map(|letter| format!("{letter}82093200{which:04}"));
    candidates.find_map(|n| Upn::parse(&n).ok()).unwrap()
}

pub(super) fn key(which: u32) -> DemographicsKey {
    DemographicsKey::from_stored(format!("key {which}"))
}

pub(super) fn supplier(name: &str) -> Supplier {
    Supplier {
        agency: agency(name),
        state: AgencyState::Active,
        sensitivity: if name == "clinic" { Sensitivity::Sensitive } else { Sensitivity::Ordinary },
        shown_name: Line::parse(name).unwrap(),
        duty_desk: Phone::parse("0116 496 0999").unwrap(),
    }
}

/// A record with facts, without any number or key.
pub(super) fn record(number: u128, of: &str) -> Record {
    Record {
        shown: None,
        id: child(number),
        supplier: supplier(of),
        known_as: KnownAs::Local(LocalChildId::parse(&format!("c{number}")).unwrap()),
        facts: Some(Facts {
            birth: PartialDate::parse("2015-03-12").unwrap(),
            nhs_number: None,
            upn: None,
            uln: None,
            keys: [].into(),
            child_state: ChildState::Living,
            training: Training::Real,
        }),
        restriction: Restriction::None,
        involvements: Vec::new(),
        cafs: Vec::new(),
    }
}

impl Record {
    fn with_facts(mut self, change: impl FnOnce(&mut Facts)) -> Self {
        change(self.facts.as_mut().unwrap());
        self
    }

    pub(super) fn with_nhs(self, which: u32) -> Self {
        self.with_facts(|facts| facts.nhs_number = Some(nhs(which)))
    }

    pub(super) fn with_upn(self, which: u32) -> Self {
        self.with_facts(|facts| facts.upn = Some(upn(which)))
    }

    pub(super) fn with_key(self, which: u32) -> Self {
        self.with_facts(|facts| {
            facts.keys.insert(key(which));
        })
    }

    pub(super) fn born(self, on: &str) -> Self {
        self.with_facts(|facts| facts.birth = PartialDate::parse(on).unwrap())
    }

    pub(super) fn in_state(self, state: ChildState) -> Self {
        self.with_facts(|facts| facts.child_state = state)
    }

    pub(super) fn synthetic(self) -> Self {
        self.with_facts(|facts| facts.training = Training::Synthetic)
    }

    pub(super) fn restricted(mut self) -> Self {
        self.restriction = Restriction::Address;
        self
    }

    /// Known from a lookup only.
    pub(super) fn standing_for(mut self, target: u128) -> Self {
        self.known_as = KnownAs::AliasOf(child(target));
        self.facts = None;
        self
    }

    pub(super) fn without_facts(mut self) -> Self {
        self.facts = None;
        self
    }

    pub(super) fn with_involvement(mut self, involvement: Involvement) -> Self {
        self.involvements.push(involvement);
        self
    }

    pub(super) fn with_caf_by(mut self, who: &str) -> Self {
        self.cafs.push(Caf {
            caf_ref: CafRef::new(
                self.supplier.agency.clone(),
                LocalRef::parse(&self.cafs.len().to_string()).unwrap(),
            ),
            started_at: NOW - Duration::days(9),
            practitioner_id: PractitionerId::parse(who).unwrap(),
            practitioner: active(who),
            team: Some(Desk {
                name: Line::parse("Borough CAF team").unwrap(),
                phone: Phone::parse("0116 496 0111").unwrap(),
            }),
            authority: AuthorityId::parse("borough").unwrap(),
            notice: Notice::Shows,
            reopen: Duration::days(183),
            review_due_on: None,
            steps: Vec::new(),
        });
        self
    }

    /// The last CAF's authority asks for agreement, and none was named.
    pub(super) fn awaiting_agreement(mut self) -> Self {
        self.cafs.last_mut().unwrap().notice = Notice::AwaitsAgreement;
        self
    }

    /// Said of the last CAF, so many days ago.
    pub(super) fn with_step(mut self, by: Sayer, days_ago: i64, what: What) -> Self {
        let caf = self.cafs.last_mut().unwrap();
        caf.steps.push(Step {
            by,
            happened_at: NOW - Duration::days(days_ago),
            message: MessageId::from_uuid(Uuid::from_u128(caf.steps.len() as u128)),
            what,
        });
        self
    }
}

/// The CAF team of that authority, or an agency that is none.
pub(super) fn sayer(agency: &str, team_of: &[&str]) -> Sayer {
    Sayer {
        agency: AgencyId::parse(agency).unwrap(),
        team_of: team_of.iter().map(|id| AuthorityId::parse(id).unwrap()).collect(),
        desk: Desk {
            name: Line::parse(&format!("Desk of {agency}")).unwrap(),
            phone: Phone::parse("0116 496 0222").unwrap(),
        },
    }
}

pub(super) fn active(who: &str) -> Entry {
    in_state(who, PractitionerState::Active)
}

pub(super) fn in_state(who: &str, state: PractitionerState) -> Entry {
    let recorded = Recorded {
        name: PersonName::parse(&format!("Person {who}")).unwrap(),
        job: Job::Teacher,
        work_phone: Phone::parse("0116 496 0001").unwrap(),
        state,
        effective_at: NOW - Duration::days(30),
    };
    Entry { recorded: Some(recorded), ended_at: None }
}

pub(super) fn involvement(who: &str, role: RoleInCase) -> Involvement {
    Involvement {
        practitioner_id: PractitionerId::parse(who).unwrap(),
        practitioner: active(who),
        role_in_case: role,
        level: ServiceLevel::Universal,
        lead_kind: LeadKind::Practitioner,
        contact_phone: None,
        sensitivity: Sensitivity::Ordinary,
        key_worker: false,
        started_at: NOW - Duration::days(10),
        effective_at: NOW - Duration::days(10),
        ended_at: None,
    }
}

impl Involvement {
    pub(super) fn sensitive(mut self) -> Self {
        self.sensitivity = Sensitivity::Sensitive;
        self
    }
}

/// One record, drawn by chance.
#[derive(Clone, Debug)]
struct Drawn {
    of: &'static str,
    number: Option<u32>,
    upn: Option<u32>,
    birth: &'static str,
    keys: Vec<u32>,
    /// Who works with the child; sensitive, lead, ended.
    involvements: Vec<(&'static str, [bool; 3])>,
    caf_by: Option<&'static str>,
    target: Index,
    known: u8,
    state: u8,
}

/// Up to eight records of four agencies (one sensitive), that share numbers and keys in every way.
pub(super) fn worlds() -> impl Strategy<Value = Vec<Record>> {
    proptest::collection::vec(drawn(), 0..9).prop_map(|all| {
        let count = all.len();
        let mut records: Vec<Record> =
            (0..).zip(all).map(|(number, drawn)| drawn.into_record(number, count)).collect();
        as_the_tables_allow(&mut records);
        records
    })
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let people = || select(vec!["p1", "p2"]);
    let identity = (
        select(AGENCIES.to_vec()),
        select(vec![None, None, Some(0), Some(1)]),
        select(vec![None, None, None, Some(0), Some(1)]),
        select(vec!["2015-03-12", "2015-03-12", "2015-03-12", "2016-01-01"]),
        subsequence(vec![0, 1, 2], 0..3),
    );
    let statements = (
        proptest::collection::vec((people(), any::<[bool; 3]>()), 0..3),
        proptest::option::of(people()),
        (any::<Index>(), 0..8_u8, 0..10_u8),
    );
    (identity, statements).prop_map(
        |((of, number, upn, birth, keys), (involvements, caf_by, (target, known, state)))| Drawn {
            of,
            number,
            upn,
            birth,
            keys,
            involvements,
            caf_by,
            target,
            known,
            state,
        },
    )
}

impl Drawn {
    fn into_record(self, number: u128, count: usize) -> Record {
        let mut record = self.keys.iter().fold(record(number, self.of), |r, which| r.with_key(*which));
        record = record.born(self.birth);
        record = self.number.into_iter().fold(record, Record::with_nhs);
        record = self.upn.into_iter().fold(record, Record::with_upn);
        for (who, [sensitive, lead, ended]) in self.involvements {
            let role = if lead { RoleInCase::LeadProfessional } else { RoleInCase::TeamMember };
            let mut work = involvement(who, role);
            work.ended_at = ended.then_some(NOW - Duration::DAY);
            record = record.with_involvement(if sensitive { work.sensitive() } else { work });
        }
        record = self.caf_by.into_iter().fold(record, Record::with_caf_by);
        let target = self.target.index(count) as u128;
        record = match self.known {
            0 => record.without_facts(),
            1 => record.standing_for(target),
            // An alias of which its agency then said more.
            2 => Record { known_as: KnownAs::AliasOf(child(target)), ..record },
            _ => record,
        };
        match self.state {
            0 => record.restricted(),
            1 if record.facts.is_some() => record.in_state(ChildState::PregnancyEnded),
            _ => record,
        }
    }
}

/// An agency has one alias of a record at most, and that of another agency's record with facts.
fn as_the_tables_allow(records: &mut Vec<Record>) {
    let named: BTreeMap<ChildRef, AgencyId> = records
        .iter()
        .filter(|record| record.facts.is_some() && record.alias_of().is_none())
        .map(|record| (record.id, record.supplier.agency.clone()))
        .collect();
    let mut seen = BTreeSet::new();
    records.retain(|record| {
        let agency = &record.supplier.agency;
        record.alias_of().is_none_or(|target| {
            named.get(&target).is_some_and(|of| of != agency) && seen.insert((agency.clone(), target))
        })
    });
}
