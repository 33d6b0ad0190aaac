//! The tables of the index, in memory: what a batch comes to is put beside what stands there as the
//! store's upserts do, and read as `store::lookup` reads it.

use std::collections::BTreeMap;

use schemas::{
    AgencyId, AuthorityId, ChildRef, Identifier, LeadKind, Line, LocalChildId, MessageId, Phone,
    PractitionerId, Restriction, Sensitivity,
};
use time::Duration;
use uuid::Uuid;

use super::said::AGENCIES;
use crate::rules::changes::{Changes, Folded};
use crate::rules::demographics::keys_at;
use crate::rules::known::{Known, Place};
use crate::rules::life::{Sayer, Step};
use crate::rules::moment::Moment;
use crate::rules::restriction::{Does, level};
use crate::rules::standing::{Entry, Recorded};
use crate::rules::world::{
    AgencyState, Caf, Desk, Facts, Involvement, KnownAs, Notice, Record, Supplier, Training,
};

/// All rows.
#[derive(Default)]
pub(super) struct Shelf {
    rows: Changes,
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

    /// Writes what a batch came to: of a row that stands there and a new one the later stays.
    pub(super) fn store(&mut self, batch: Changes) {
        for (reference, which) in batch.new_records {
            self.places.insert(which, reference);
        }
        self.rows.raised.extend(batch.raised);
        upsert(&mut self.rows.practitioners, &batch.practitioners);
        upsert(&mut self.rows.practitioner_endings, &batch.practitioner_endings);
        upsert(&mut self.rows.children, &batch.children);
        upsert(&mut self.rows.restrictions, &batch.restrictions);
        upsert(&mut self.rows.lifted, &batch.lifted);
        upsert(&mut self.rows.involvements, &batch.involvements);
        upsert(&mut self.rows.involvement_endings, &batch.involvement_endings);
        upsert(&mut self.rows.cafs, &batch.cafs);
        upsert(&mut self.rows.caf_steps, &batch.caf_steps);
    }

    /// The records with all that their agencies said of them.
    pub(super) fn records(&self) -> Vec<Record> {
        let facts: BTreeMap<ChildRef, Facts> = rows(&self.rows.children)
            .into_iter()
            .map(|(reference, child)| {
                let number = child.identifiers.iter().find_map(|identifier| match identifier {
                    Identifier::NhsNumber(number) => Some(number.clone()),
                    Identifier::Upn(_) | Identifier::Uln(_) | Identifier::Local(_) => None,
                });
                let facts = Facts {
                    birth: child.birth.date(),
                    nhs_number: number,
                    upn: None,
                    uln: None,
                    keys: keys_at(&child.names, &child.birth, &child.addresses, child.synthetic),
                    child_state: child.child_state,
                    training: Training::Real,
                };
                (reference, facts)
            })
            .collect();
        self.places
            .iter()
            .map(|((agency, id), reference)| Record {
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

fn desk(name: &str) -> Desk {
    Desk { name: Line::parse(name).expect("a line"), phone: Phone::parse("0116 496 0999").expect("a number") }
}

fn upsert<K: Ord + Clone, V: Clone>(rows: &mut Folded<K, V>, batch: &Folded<K, V>) {
    let (at, ids) = batch.moments();
    let facts = batch.column(|about, fact| (about.clone(), fact.clone()));
    for ((about, fact), (effective_at, id)) in facts.into_iter().zip(at.into_iter().zip(ids)) {
        rows.fold(about, Moment { effective_at, message_id: MessageId::from_uuid(id) }, || fact);
    }
}

fn rows<K: Ord + Clone, V: Clone>(of: &Folded<K, V>) -> Vec<(K, V)> {
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
