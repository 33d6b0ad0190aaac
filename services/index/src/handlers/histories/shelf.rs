//! The tables of the index, in memory: what a batch comes to is put beside what stands there as the
//! store's upserts do, and read as `store::lookup` reads it.

use std::collections::{BTreeMap, BTreeSet};

use schemas::{
    AgencyId, AuthorityId, ChildRecorded, ChildRef, ChildState, LeadKind, Line, LocalChildId, LocalRef,
    MessageId, NhsNumber, PartialDate, Phone, PractitionerId, Restriction, Sensitivity,
};
use serde_json::Value;
use time::Duration;
use uuid::Uuid;

use super::said::AGENCIES;
use crate::rules::changes::{Changes, Folded};
use crate::rules::due::Saying;
use crate::rules::intention::Intended;
use crate::rules::kept::{Kept, fields_of};
use crate::rules::known::{Known, Place};
use crate::rules::life::{Sayer, Step};
use crate::rules::restriction::{Does, level};
use crate::rules::standing::{Entry, Recorded};
use crate::rules::task::TaskKind;
use crate::rules::world::{
    AgencyState, Caf, Desk, Facts, Involvement, KnownAs, Notice, Record, Supplier, Training,
};
use kit::moment::Moment;

/// All rows.
#[derive(Default)]
pub(super) struct Shelf {
    pub(super) rows: Changes,
    pub(super) intended: Folded<(AgencyId, LocalRef), Intended>,
    /// What waits for a person because of a statement.
    pub(super) tasks: BTreeSet<(TaskKind, String)>,
    pub(super) places: BTreeMap<(AgencyId, LocalChildId), ChildRef>,
    references: u128,
}

impl Shelf {
    /// What a batch is given; references are set aside in the order in which batches ask for them.
    pub(super) fn known(&mut self, batch: &[(AgencyId, LocalChildId)]) -> Known {
        let mut known = Known::default();
        for (name, kind, team_of) in AGENCIES {
            let agency = AgencyId::parse(name).expect("an agency id");
            known.add_agency(agency.clone(), kind);
            let of: Vec<String> = team_of.into_iter().map(str::to_owned).collect();
            known.add_reopening(agency.clone(), of.clone());
            known.add_team(agency, of);
        }
        for authority in ["borough", "county"] {
            known.add_authority(AuthorityId::parse(authority).expect("an authority id"));
        }
        for ((agency, id), reference) in &self.places {
            known.add_place(agency.clone(), id.clone(), Place::Found(*reference));
        }
        for (agency, id) in batch {
            self.references += 1;
            known.add_missing(agency, id, || ChildRef::from_uuid(Uuid::from_u128(self.references)));
        }
        known
    }

    /// A record that its agency named, and said no more of.
    pub(super) fn name(&mut self, which: (AgencyId, LocalChildId)) {
        self.references += 1;
        let reference = ChildRef::from_uuid(Uuid::from_u128(self.references));
        self.places.entry(which).or_insert(reference);
    }

    /// Writes what a batch came to: of a row that stands there and a new one the later stays.
    pub(super) fn store(&mut self, batch: Changes) {
        for (reference, which) in batch.new_records {
            self.places.insert(which, reference);
        }
        self.rows.raised.extend(batch.raised);
        upsert(&mut self.rows.practitioners, &batch.practitioners);
        upsert(&mut self.rows.practitioner_endings, &batch.practitioner_endings);
        upsert(&mut self.rows.children, &batch.children);
        upsert(&mut self.rows.corrections, &batch.corrections);
        upsert(&mut self.rows.restrictions, &batch.restrictions);
        upsert(&mut self.rows.lifted, &batch.lifted);
        upsert(&mut self.rows.involvements, &batch.involvements);
        upsert(&mut self.rows.involvement_endings, &batch.involvement_endings);
        upsert(&mut self.rows.cafs, &batch.cafs);
        upsert(&mut self.rows.caf_steps, &batch.caf_steps);
        upsert(&mut self.rows.refusals, &batch.refusals);
        self.tasks.extend(batch.tasks.into_iter().map(|task| (task.kind, task.about)));
    }

    /// Writes the intentions of a batch.
    pub(super) fn intend(&mut self, intended: &Folded<(AgencyId, LocalRef), Intended>) {
        upsert(&mut self.intended, intended);
    }

    /// The intentions upon which no CAF was started, in the order in which they were said.
    pub(super) fn standing(&self) -> Vec<((AgencyId, LocalRef), Intended)> {
        let started = self.rows.cafs.column(|caf, (_, fact)| {
            fact.intention_ref.clone().map(|intention| (caf.agency().clone(), intention))
        });
        let moments = moments(&self.intended);
        let mut standing = rows(&self.intended);
        standing.retain(|(which, _)| !started.contains(&Some(which.clone())));
        standing.sort_by_key(|(which, _)| (moments[which].effective_at, which.clone()));
        standing
    }

    /// The records with all that their agencies said of them.
    pub(super) fn records(&self) -> Vec<Record> {
        let facts = self.facts();
        self.places
            .iter()
            .map(|((agency, id), reference)| Record {
                shown: None,
                id: *reference,
                supplier: supplier(agency),
                known_as: KnownAs::Local(id.clone()),
                facts: facts.get(reference).cloned(),
                restriction: self.restriction(*reference),
                involvements: self.involvements(*reference),
                cafs: self.cafs(*reference),
            })
            .collect()
    }

    /// What was recorded, and the corrections since laid over it.
    fn facts(&self) -> BTreeMap<ChildRef, Facts> {
        let (recorded, corrected) = (moments(&self.rows.children), moments(&self.rows.corrections));
        let corrections = rows(&self.rows.corrections);
        let facts = |(reference, child): (ChildRef, ChildRecorded)| {
            let later = corrections.iter().filter(|(which, (record, _))| {
                *record == reference && corrected[which] > recorded[&reference]
            });
            let mut later: Vec<_> =
                later.map(|(which, (_, right))| (corrected[which], fields_of(right))).collect();
            later.sort_by_key(|(moment, _)| *moment);
            let Value::Object(first) = Kept::recorded(&child).facts else { panic!("an object") };
            let later = later.into_iter().map(|(_, fields)| fields).collect();
            (reference, facts_of(&Kept::corrected(first, later).expect("what was kept")))
        };
        rows(&self.rows.children).into_iter().map(facts).collect()
    }

    fn restriction(&self, of: ChildRef) -> Restriction {
        let raised = self.rows.raised.iter().filter(|(record, ..)| *record == of);
        let lifted = moments(&self.rows.lifted);
        let lifts = rows(&self.rows.lifted).into_iter().filter(|(_, (record, _))| *record == of);
        let lifts = lifts.map(|(which, (_, fact))| (lifted[&which].effective_at, Does::Lifts, fact.level));
        let said: Vec<_> = raised.map(|(_, level, at)| (*at, Does::Raises, *level)).chain(lifts).collect();
        level(Restriction::None, &said)
    }

    fn involvements(&self, of: ChildRef) -> Vec<Involvement> {
        let ended: BTreeMap<_, _> = moments(&self.rows.involvement_endings);
        let effective = moments(&self.rows.involvements);
        rows(&self.rows.involvements)
            .into_iter()
            .filter(|(_, (record, _))| *record == of)
            .map(|(which, (_, fact))| Involvement {
                practitioner_id: fact.practitioner.id.clone(),
                practitioner: self.entry(&which.0, &fact.practitioner.id),
                role_in_case: fact.practitioner.role_in_case,
                level: fact.level,
                lead_kind: LeadKind::Practitioner,
                contact_phone: None,
                sensitivity: if fact.sensitive { Sensitivity::Sensitive } else { Sensitivity::Ordinary },
                key_worker: fact.key_worker,
                started_at: fact.started_on.effective_at(),
                effective_at: effective[&which].effective_at,
                ended_at: ended.get(&which).map(|moment| moment.effective_at),
            })
            .collect()
    }

    fn cafs(&self, of: ChildRef) -> Vec<Caf> {
        rows(&self.rows.cafs)
            .into_iter()
            .filter(|(_, (record, _))| *record == of)
            .map(|(caf_ref, (_, fact))| Caf {
                started_at: fact.started_on.effective_at(),
                practitioner_id: fact.practitioner.id.clone(),
                practitioner: self.entry(caf_ref.agency(), &fact.practitioner.id),
                team: Some(desk(fact.authority.as_str())),
                authority: fact.authority.clone(),
                notice: Notice::Shows,
                reopen: Duration::days(183),
                review_due_on: fact.review_due_on.map(schemas::Day::date),
                steps: self.steps(&caf_ref),
                caf_ref,
            })
            .collect()
    }

    fn steps(&self, of: &schemas::CafRef) -> Vec<Step> {
        let moments = moments(&self.rows.caf_steps);
        rows(&self.rows.caf_steps)
            .into_iter()
            .filter(|(_, said)| said.caf_ref == *of)
            .map(|(which, said)| Step {
                by: Sayer {
                    agency: which.0.clone(),
                    team_of: said.team_of.iter().map(|id| AuthorityId::parse(id).expect("an id")).collect(),
                    desk: desk(which.0.as_str()),
                },
                happened_at: said.happened_at,
                message: moments[&which].message_id,
                what: said.what,
            })
            .collect()
    }

    /// As the timers read what was said of a CAF, with or without effect.
    pub(super) fn sayings(&self, of: &schemas::CafRef) -> Vec<Saying> {
        let moments = moments(&self.rows.caf_steps);
        let kind_of = |agency: &AgencyId| AGENCIES.iter().find(|(name, ..)| *name == agency.as_str());
        rows(&self.rows.caf_steps)
            .into_iter()
            .filter(|(_, said)| said.caf_ref == *of)
            .map(|(which, said)| Saying {
                kind: kind_of(&which.0).expect("one of the agencies").1,
                agency: which.0.clone(),
                local_ref: which.2.clone(),
                message: moments[&which].message_id,
                received_on: said.received_at.date(),
            })
            .collect()
    }

    pub(super) fn entry(&self, agency: &AgencyId, id: &PractitionerId) -> Entry {
        let who = (agency.clone(), id.clone());
        let effective = moments(&self.rows.practitioners);
        let recorded = rows(&self.rows.practitioners).into_iter().find(|(known, _)| *known == who);
        Entry {
            recorded: recorded.map(|(who, fact)| Recorded {
                name: fact.name,
                job: fact.job,
                work_phone: fact.work_phone,
                state: fact.state,
                effective_at: effective[&who].effective_at,
            }),
            ended_at: moments(&self.rows.practitioner_endings).get(&who).map(|moment| moment.effective_at),
        }
    }
}

/// As the columns of a record are read.
fn facts_of(kept: &Kept) -> Facts {
    let facts = &kept.facts;
    let text = |at: &str| facts.pointer(at).and_then(Value::as_str);
    Facts {
        birth: text("/birth/date").and_then(|date| PartialDate::parse(date).ok()).expect("a date"),
        nhs_number: text("/nhsNumber").and_then(|number| NhsNumber::parse(number).ok()),
        upn: None,
        uln: None,
        keys: kept.keys.clone(),
        child_state: text("/childState").and_then(|state| ChildState::parse(state).ok()).expect("a state"),
        training: Training::Real,
    }
}

pub(super) fn supplier(agency: &AgencyId) -> Supplier {
    let Desk { name, phone } = desk(agency.as_str());
    Supplier {
        agency: agency.clone(),
        state: AgencyState::Active,
        sensitivity: Sensitivity::Ordinary,
        shown_name: name,
        duty_desk: phone,
    }
}

pub(super) fn desk(name: &str) -> Desk {
    Desk { name: Line::parse(name).expect("a line"), phone: Phone::parse("0116 496 0999").expect("a number") }
}

fn upsert<K: Ord + Clone, V: Clone>(rows: &mut Folded<K, V>, batch: &Folded<K, V>) {
    let (at, ids) = batch.moments();
    let facts = batch.column(|about, fact| (about.clone(), fact.clone()));
    for ((about, fact), (effective_at, id)) in facts.into_iter().zip(at.into_iter().zip(ids)) {
        rows.fold(about, Moment { effective_at, message_id: MessageId::from_uuid(id) }, || fact);
    }
}

pub(super) fn rows<K: Ord + Clone, V: Clone>(of: &Folded<K, V>) -> Vec<(K, V)> {
    of.column(|about, fact| (about.clone(), fact.clone()))
}

fn moments<K: Ord + Clone, V>(of: &Folded<K, V>) -> BTreeMap<K, Moment> {
    let (at, ids) = of.moments();
    let moments = at
        .into_iter()
        .zip(ids)
        .map(|(effective_at, id)| Moment { effective_at, message_id: MessageId::from_uuid(id) });
    of.column(|about, _| about.clone()).into_iter().zip(moments).collect()
}
