//! What a lookup may reach: records with all that their agencies said of them, found by number,
//! key, reference.

use std::collections::{BTreeSet, HashMap};

use schemas::{
    AdviceContact, AgencyId, AuthorityId, CafRef, ChildRef, ChildState, Identifier, LeadKind, Line,
    LocalChildId, NhsNumber, PartialDate, Phone, PractitionerId, Restriction, RoleInCase, Sensitivity,
    ServiceLevel, ShowSensitive, Uln, Upn,
};
use time::{Date, Duration, OffsetDateTime};

use super::demographics::DemographicsKey;
use super::life::Step;
use super::standing::Entry;

/// One agency's record of a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub id: ChildRef,
    pub supplier: Supplier,
    pub known_as: KnownAs,
    /// None until `child.recorded` arrives: until then nothing else of it takes effect (G7).
    pub facts: Option<Facts>,
    pub restriction: Restriction,
    /// D-I6: to whom a consent shows what of it is sensitive.
    pub shown: Option<ShowSensitive>,
    pub involvements: Vec<Involvement>,
    pub cafs: Vec<Caf>,
}

/// How its agency names the child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KnownAs {
    /// By its own id.
    Local(LocalChildId),
    /// By the reference that a lookup gave it: the same child as this record of another agency.
    AliasOf(ChildRef),
}

/// The agency that supplied a record, as the register shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplier {
    pub agency: AgencyId,
    pub state: AgencyState,
    pub sensitivity: Sensitivity,
    /// The neutral name where the agency is sensitive.
    pub shown_name: Line,
    pub duty_desk: Phone,
}

/// Whether an agency takes part in the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgencyState {
    Active,
    Revoked,
}

/// What of `child.recorded` identifies a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub birth: PartialDate,
    pub nhs_number: Option<NhsNumber>,
    pub upn: Option<Upn>,
    pub uln: Option<Uln>,
    pub keys: BTreeSet<DemographicsKey>,
    pub child_state: ChildState,
    pub training: Training,
}

/// Training and test children never meet real ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Training {
    Real,
    Synthetic,
}

impl Training {
    #[must_use]
    pub const fn marked(synthetic: bool) -> Self {
        if synthetic { Self::Synthetic } else { Self::Real }
    }
}

/// A practitioner's work with a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Involvement {
    pub practitioner_id: PractitionerId,
    pub practitioner: Entry,
    pub role_in_case: RoleInCase,
    pub level: ServiceLevel,
    pub lead_kind: LeadKind,
    pub contact_phone: Option<Phone>,
    pub sensitivity: Sensitivity,
    pub key_worker: bool,
    pub started_at: OffsetDateTime,
    pub effective_at: OffsetDateTime,
    pub ended_at: Option<OffsetDateTime>,
}

/// A CAF that was started, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caf {
    pub caf_ref: CafRef,
    pub started_at: OffsetDateTime,
    pub practitioner_id: PractitionerId,
    pub practitioner: Entry,
    /// The CAF team of its authority; the authority itself while it has none.
    pub team: Option<Desk>,
    /// Where it was started.
    pub authority: AuthorityId,
    pub notice: Notice,
    /// How long after it was closed that authority lets it be reopened.
    pub reopen: Duration,
    /// As its start says, where it was taken over from an older log.
    pub review_due_on: Option<Date>,
    /// What was said of it since.
    pub steps: Vec<Step>,
}

/// Whether others may know that there is a CAF (D-I2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    Shows,
    /// Its authority asks for the family's agreement, and its start names none.
    AwaitsAgreement,
}

/// A desk that answers the telephone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    pub name: Line,
    pub phone: Phone,
}

impl From<Desk> for AdviceContact {
    fn from(desk: Desk) -> Self {
        Self { name: None, agency_name: desk.name, phone: desk.phone }
    }
}

/// NHS number and birth date: two records with both equal are one child.
pub type Number<'a> = (&'a NhsNumber, PartialDate, Training);

impl Record {
    #[must_use]
    pub fn number(&self) -> Option<Number<'_>> {
        let facts = self.facts.as_ref()?;
        Some((facts.nhs_number.as_ref()?, facts.birth, facts.training))
    }

    #[must_use]
    pub const fn alias_of(&self) -> Option<ChildRef> {
        match &self.known_as {
            KnownAs::AliasOf(target) => Some(*target),
            KnownAs::Local(_) => None,
        }
    }

    fn holds(&self, identifier: &Identifier) -> bool {
        let Some(facts) = &self.facts else {
            return false;
        };
        match identifier {
            Identifier::NhsNumber(number) => facts.nhs_number.as_ref() == Some(number),
            Identifier::Upn(number) => facts.upn.as_ref() == Some(number),
            Identifier::Uln(number) => facts.uln.as_ref() == Some(number),
            // An agency's own id is a subject: it is compared within that agency alone.
            Identifier::Local(_) => false,
        }
    }
}

/// How a question names the child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// Any of these; the ids in it that are an agency's own are the asker's.
    Identifiers(Vec<Identifier>),
    /// Any of these: a child described as in `child.recorded`.
    Described {
        identifiers: Vec<Identifier>,
        keys: BTreeSet<DemographicsKey>,
    },
    /// None where the names or the birth date cannot make a key: nothing is found.
    Demographics(Option<DemographicsKey>),
    Child(ChildRef),
    Local(LocalChildId),
}

impl Selector {
    /// Whether it names `record`, asked by `agency`.
    #[must_use]
    pub fn names(&self, agency: &AgencyId, record: &Record) -> bool {
        let own = |id: &LocalChildId| match &record.known_as {
            KnownAs::Local(local) => local == id && record.supplier.agency == *agency,
            KnownAs::AliasOf(_) => false,
        };
        match self {
            Self::Identifiers(identifiers) => identifiers.iter().any(|identifier| match identifier {
                Identifier::Local(id) => own(id),
                Identifier::NhsNumber(_) | Identifier::Upn(_) | Identifier::Uln(_) => {
                    record.holds(identifier)
                }
            }),
            Self::Described { identifiers, keys } => {
                let by_key = |facts: &Facts| facts.keys.iter().any(|key| keys.contains(key));
                identifiers.iter().any(|identifier| record.holds(identifier))
                    || record.facts.as_ref().is_some_and(by_key)
            }
            Self::Demographics(key) => match (key, &record.facts) {
                (Some(key), Some(facts)) => facts.keys.contains(key),
                (None, _) | (_, None) => false,
            },
            Self::Child(reference) => record.id == *reference && record.supplier.agency == *agency,
            Self::Local(id) => own(id),
        }
    }
}

/// All records that a batch of questions may reach.
#[derive(Debug, Default)]
pub struct World {
    records: Vec<Record>,
    places: HashMap<Place, Vec<usize>>,
}

/// Where records meet, or are found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Place {
    Record(ChildRef),
    Aliases(ChildRef),
    Local(AgencyId, LocalChildId),
    Nhs(NhsNumber),
    Upn(Upn),
    Uln(Uln),
    Key(DemographicsKey),
}

impl World {
    #[must_use]
    pub fn new(records: Vec<Record>) -> Self {
        let mut world = Self::default();
        for record in records {
            world.add(record);
        }
        world
    }

    /// Adds a record; later questions of the batch see it.
    pub fn add(&mut self, record: Record) {
        let index = self.records.len();
        for place in places(&record) {
            self.places.entry(place).or_default().push(index);
        }
        self.records.push(record);
    }

    #[must_use]
    pub fn record(&self, reference: ChildRef) -> Option<&Record> {
        self.at(&Place::Record(reference)).next().map(|index| &self.records[index])
    }

    /// The record that a CAF was started for.
    #[must_use]
    pub fn holder(&self, caf_ref: &CafRef) -> Option<&Record> {
        self.records.iter().find(|record| record.cafs.iter().any(|caf| caf.caf_ref == *caf_ref))
    }

    /// The records that `selector` names and all that any chain of numbers, keys and aliases ties
    /// to them: all that the linking of these records can depend on.
    #[must_use]
    pub fn reach(&self, agency: &AgencyId, selector: &Selector) -> Vec<&Record> {
        let mut waiting: Vec<usize> = self.starts(agency, selector);
        let mut reached = BTreeSet::new();
        while let Some(index) = waiting.pop() {
            if !reached.insert(index) {
                continue;
            }
            let record = &self.records[index];
            waiting.extend(self.at(&Place::Aliases(record.id)));
            if let Some(target) = record.alias_of() {
                waiting.extend(self.at(&Place::Record(target)));
            }
            if let Some(facts) = &record.facts {
                let number = facts.nhs_number.iter().cloned().map(Place::Nhs);
                let ties = number.chain(facts.keys.iter().cloned().map(Place::Key));
                ties.for_each(|tie| waiting.extend(self.at(&tie)));
            }
        }
        reached.into_iter().map(|index| &self.records[index]).collect()
    }

    /// The agency's own record that it names by its id or reference.
    #[must_use]
    pub fn own(&self, agency: &AgencyId, selector: &Selector) -> Option<&Record> {
        match selector {
            Selector::Child(_) | Selector::Local(_) => {
                let named = self.starts(agency, selector).into_iter().map(|index| &self.records[index]);
                named.filter(|record| record.supplier.agency == *agency).min_by_key(|record| record.id)
            }
            Selector::Identifiers(_) | Selector::Described { .. } | Selector::Demographics(_) => None,
        }
    }

    /// Whether it is of a training child; a reference is as the record that it is of.
    #[must_use]
    pub fn training(&self, record: &Record) -> Training {
        let target = record.alias_of().and_then(|target| self.record(target)).unwrap_or(record);
        target.facts.as_ref().map_or(Training::Real, |facts| facts.training)
    }

    fn starts(&self, agency: &AgencyId, selector: &Selector) -> Vec<usize> {
        let local = |id: &LocalChildId| Place::Local(agency.clone(), id.clone());
        let identified = |identifier: &Identifier| match identifier {
            Identifier::NhsNumber(number) => Place::Nhs(number.clone()),
            Identifier::Upn(number) => Place::Upn(number.clone()),
            Identifier::Uln(number) => Place::Uln(number.clone()),
            Identifier::Local(id) => local(id),
        };
        let places: Vec<Place> = match selector {
            Selector::Identifiers(identifiers) => identifiers.iter().map(identified).collect(),
            Selector::Described { identifiers, keys } => {
                identifiers.iter().map(identified).chain(keys.iter().cloned().map(Place::Key)).collect()
            }
            Selector::Demographics(key) => key.iter().cloned().map(Place::Key).collect(),
            Selector::Child(reference) => vec![Place::Record(*reference)],
            Selector::Local(id) => vec![local(id)],
        };
        places.iter().flat_map(|place| self.at(place)).collect()
    }

    fn at(&self, place: &Place) -> impl Iterator<Item = usize> + '_ {
        self.places.get(place).into_iter().flatten().copied()
    }
}

fn places(record: &Record) -> Vec<Place> {
    let mut places = vec![Place::Record(record.id)];
    places.push(match &record.known_as {
        KnownAs::Local(id) => Place::Local(record.supplier.agency.clone(), id.clone()),
        KnownAs::AliasOf(target) => Place::Aliases(*target),
    });
    if let Some(facts) = &record.facts {
        places.extend(facts.nhs_number.iter().cloned().map(Place::Nhs));
        places.extend(facts.upn.iter().cloned().map(Place::Upn));
        places.extend(facts.uln.iter().cloned().map(Place::Uln));
        places.extend(facts.keys.iter().cloned().map(Place::Key));
    }
    places
}
