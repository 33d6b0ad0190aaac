//! What sharing knows, as the index told it, of the children that a batch is about.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use linking::{Hideable, Linked, Sets, group_of, groups};
use schemas::{
    AgencyId, AgencyKind, AgencyNow, AgencyStanding, AuthorityNow, CafNow, CafState, ChildNow, ChildRef,
    ChildState, ElectronicRecording, InvolvementNow, LocalChildId, MessageId, PractitionerId,
    PractitionerNow, Restriction, Sensitivity, Subject, Token,
};
use serde::Deserialize;
use time::OffsetDateTime;

use super::consent::{self, Statement, StatementVersion, Then};
use super::widened::Confirmed;

/// One agency's record of a child, with all that was said of it.
#[derive(Clone, Debug)]
pub struct Record {
    pub child: ChildNow,
    /// Of the agency; a sensitive one until it is known (D-I6).
    pub agency: Sensitivity,
    pub involvements: Vec<InvolvementNow>,
    pub cafs: Vec<CafNow>,
    pub statements: Vec<Statement>,
    /// Statements of it that another agency acknowledged, or the CAF team confirmed.
    pub confirmed: Vec<ConfirmedFor>,
}

/// A statement that was confirmed, and for whose releases; none: for all.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmedFor {
    pub agency: AgencyId,
    pub message: MessageId,
    pub for_agency: Option<AgencyId>,
    #[serde(with = "time::serde::rfc3339")]
    pub confirmed_at: OffsetDateTime,
}

impl ConfirmedFor {
    /// Of several confirmations of a statement for the same releases the first counts.
    #[must_use]
    pub fn first<'a>(all: impl Iterator<Item = &'a Self>) -> consent::Confirmed {
        let mut first = consent::Confirmed::new();
        for one in all {
            let key = (one.agency.clone(), one.message, one.for_agency.clone());
            let known = first.entry(key).or_insert(one.confirmed_at);
            *known = one.confirmed_at.min(*known);
        }
        first
    }
}

impl Linked for Record {
    type Number<'a> = (&'a Token, bool);
    type Upn = Token;
    type Uln = Token;
    type Key = Token;

    fn id(&self) -> ChildRef {
        self.child.record
    }

    fn agency(&self) -> &AgencyId {
        &self.child.agency_id
    }

    fn alias_of(&self) -> Option<ChildRef> {
        self.child.alias_of
    }

    fn has_facts(&self) -> bool {
        self.child.has_facts
    }

    fn number(&self) -> Option<(&Token, bool)> {
        Some((self.child.tokens.number.as_ref()?, self.is_synthetic()))
    }

    fn upn(&self) -> Option<&Token> {
        self.child.tokens.upn.as_ref()
    }

    fn uln(&self) -> Option<&Token> {
        self.child.tokens.uln.as_ref()
    }

    fn keys(&self) -> impl Iterator<Item = &Token> {
        self.child.tokens.keys.iter()
    }
}

impl Hideable for Record {
    fn restriction(&self) -> Restriction {
        self.child.restriction
    }

    fn child_state(&self) -> Option<ChildState> {
        self.child.child_state
    }

    fn agency_sensitivity(&self) -> Sensitivity {
        self.agency
    }

    fn work(&self) -> impl Iterator<Item = (&PractitionerId, Sensitivity)> {
        self.involvements.iter().map(|work| (&work.practitioner_id, sensitivity(work.sensitive)))
    }

    fn starters_shown(&self) -> impl Iterator<Item = &PractitionerId> {
        self.cafs.iter().filter(|caf| !caf.awaits_agreement).map(|caf| &caf.practitioner_id)
    }

    fn has_statements(&self) -> bool {
        !self.involvements.is_empty() || !self.cafs.is_empty()
    }
}

impl Record {
    fn is_synthetic(&self) -> bool {
        self.child.synthetic.unwrap_or(false)
    }

    /// The sensitive service for which alone it counts.
    const fn only_its_own(&self) -> Option<&AgencyId> {
        match self.agency {
            Sensitivity::Sensitive => Some(&self.child.agency_id),
            Sensitivity::Ordinary => None,
        }
    }

    /// What a sensitive service wrote down counts for its own releases alone.
    fn counts_for(&self, own: Option<&AgencyId>) -> bool {
        self.agency == Sensitivity::Ordinary || own == Some(&self.child.agency_id)
    }

    /// Whether it may be of that child, though the links do not dare it: something ties them, no number tells them apart.
    fn may_be_one_of(&self, child: &[&Self]) -> bool {
        let number = self.number();
        let differs =
            |one: &&Self| number.is_some() && one.number().is_some_and(|known| Some(known) != number);
        !child.iter().any(differs) && child.iter().any(|one| self.is_tied_to(one))
    }

    fn is_tied_to(&self, other: &Self) -> bool {
        let (one, other) = (&self.child, &other.child);
        one.tokens.keys.iter().any(|key| other.tokens.keys.contains(key))
            || one.alias_of == Some(other.record)
            || other.alias_of == Some(one.record)
    }

    /// Whether any of it is of a sensitive service.
    #[must_use]
    pub fn of_sensitive_service(&self) -> Sensitivity {
        let works = self.involvements.iter().any(|work| work.sensitive);
        if works { Sensitivity::Sensitive } else { self.agency }
    }

    /// Whether it is a sensitive service that would be named: nothing else of it shows, or the practitioner who speaks
    /// works with the child in no other.
    #[must_use]
    pub fn speaks_for_sensitive_service(&self, by: Option<&PractitionerId>, now: OffsetDateTime) -> bool {
        let mut work = self.involvements.iter().filter(|work| Some(&work.practitioner_id) == by).peekable();
        let in_no_other = work.peek().is_some() && work.all(|work| work.sensitive);
        let hidden =
            self.of_sensitive_service() == Sensitivity::Sensitive && self.shows(now) == Shows::Nothing;
        hidden || in_no_other
    }

    /// Whether its agency works with the child now, in a service that everybody may know of, or one of its CAFs
    /// goes on: what a lookup would show (D-I1, D-I6).
    #[must_use]
    pub fn shows(&self, now: OffsetDateTime) -> Shows {
        let works =
            |work: &InvolvementNow| !work.sensitive && work.started_at <= now && work.ended_at.is_none();
        let is_open = |caf: &CafNow| !caf.awaits_agreement && goes_on(caf.state) && caf.started_at <= now;
        if self.agency == Sensitivity::Ordinary
            && (self.involvements.iter().any(works) || self.cafs.iter().any(is_open))
        {
            Shows::Something
        } else {
            Shows::Nothing
        }
    }
}

/// As it is marked.
#[must_use]
pub const fn sensitivity(sensitive: bool) -> Sensitivity {
    if sensitive { Sensitivity::Sensitive } else { Sensitivity::Ordinary }
}

/// What a lookup shows of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    Something,
    Nothing,
}

/// Whether word of something may reach others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    MayGo,
    Hidden,
}

/// All that a batch may reach.
#[derive(Debug, Default)]
pub struct World {
    pub agencies: HashMap<AgencyId, AgencyNow>,
    pub practitioners: HashMap<(AgencyId, PractitionerId), PractitionerNow>,
    records: Vec<Record>,
    places: HashMap<ChildRef, usize>,
    /// By what their agencies call them.
    called: HashMap<AgencyId, HashMap<LocalChildId, usize>>,
    /// Records that may be one child, by what ties them.
    pools: Vec<Vec<usize>>,
    pool_of: Vec<usize>,
}

impl World {
    #[must_use]
    pub fn new(
        agencies: HashMap<AgencyId, AgencyNow>,
        practitioners: HashMap<(AgencyId, PractitionerId), PractitionerNow>,
        records: Vec<Record>,
    ) -> Self {
        let places: HashMap<ChildRef, usize> =
            records.iter().enumerate().map(|(place, record)| (record.child.record, place)).collect();
        let mut called: HashMap<AgencyId, HashMap<LocalChildId, usize>> = HashMap::new();
        for (place, ChildNow { agency_id, local_id, .. }) in
            records.iter().map(|record| &record.child).enumerate()
        {
            if let Some(id) = local_id {
                called.entry(agency_id.clone()).or_default().entry(id.clone()).or_insert(place);
            }
        }
        let mut sets = Sets::new(records.len());
        let mut by_token: HashMap<&Token, usize> = HashMap::new();
        for (place, record) in records.iter().enumerate() {
            let tokens = &record.child.tokens;
            for token in tokens.number.iter().chain(&tokens.keys) {
                sets.join(place, *by_token.entry(token).or_insert(place));
            }
            if let Some(of) = record.child.alias_of.and_then(|of| places.get(&of)) {
                sets.join(place, *of);
            }
        }
        let mut pools: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for place in 0..records.len() {
            pools.entry(sets.root(place)).or_default().push(place);
        }
        let pools: Vec<Vec<usize>> = pools.into_values().collect();
        let mut pool_of = vec![0; records.len()];
        for (pool, places) in pools.iter().enumerate() {
            for place in places {
                pool_of[*place] = pool;
            }
        }
        Self { agencies, practitioners, records, places, called, pools, pool_of }
    }

    #[must_use]
    pub fn record(&self, reference: ChildRef) -> Option<&Record> {
        Some(&self.records[*self.places.get(&reference)?])
    }

    /// The sender's record that a subject names.
    #[must_use]
    pub fn named(&self, agency: &AgencyId, subject: &Subject) -> Option<&Record> {
        match subject {
            Subject::Child(reference) => {
                self.record(*reference).filter(|record| record.child.agency_id == *agency)
            }
            Subject::Local(id) => Some(&self.records[*self.called.get(agency)?.get(id)?]),
        }
    }

    /// All records that may be of the same child as this one, real ones with real ones alone.
    pub(super) fn pool(&self, of: &Record) -> Vec<&Record> {
        let Some(place) = self.places.get(&of.child.record) else {
            return Vec::new();
        };
        let places = &self.pools[self.pool_of[*place]];
        let training = self.training(of);
        let records = places.iter().map(|place| &self.records[*place]);
        records.filter(|record| self.training(record) == training).collect()
    }

    /// An alias is on its record's side.
    fn training(&self, record: &Record) -> bool {
        match (record.child.synthetic, record.child.alias_of.and_then(|of| self.record(of))) {
            (Some(synthetic), _) => synthetic,
            (None, Some(of)) => of.is_synthetic(),
            (None, None) => false,
        }
    }

    /// All records of the child, hidden or not: for who may know of all, as an operator may.
    #[must_use]
    pub fn whole_child(&self, own: &Record) -> Vec<&Record> {
        group_of(&self.pool(own), own.child.record)
    }

    /// The records whose statements of consent hold for what this one's agency releases. What a sensitive service
    /// wrote down holds for its own releases alone: else the decisions of others would show that it is there.
    #[must_use]
    pub fn consented_for(&self, holder: &Record) -> Vec<&Record> {
        one_child(&self.pool(holder), holder.only_its_own(), holder.child.record)
    }

    /// What was said of a `child`, each with the record that it was recorded with, as it holds for what this record's
    /// agency releases. What was refused or withdrawn holds also where a doubt alone keeps a record from being the same
    /// child's: nobody lifts it by making the links doubtful.
    fn said_for<'w>(
        &'w self,
        holder: &Record,
        child: Vec<&'w Record>,
    ) -> impl Iterator<Item = (&'w Record, &'w Statement)> {
        let known: BTreeSet<ChildRef> = child.iter().map(|record| record.child.record).collect();
        let others = self.pool(holder).into_iter().filter(|record| !known.contains(&record.child.record));
        let doubtful: Vec<&Record> = others
            .filter(|record| record.counts_for(holder.only_its_own()) && record.may_be_one_of(&child))
            .collect();
        let takes = |of: &'w Record| {
            let away = of.statements.iter().filter(|one| one.takes_away());
            away.map(move |one| (of, one))
        };
        let all = |of: &'w Record| of.statements.iter().map(move |one| (of, one));
        child.into_iter().flat_map(all).chain(doubtful.into_iter().flat_map(takes))
    }

    /// What was agreed and refused of a child, as it holds for what this record's agency releases.
    #[must_use]
    pub fn consents(&self, record: &Record) -> consent::State {
        let records = self.consented_for(record);
        let confirmed = ConfirmedFor::first(records.iter().flat_map(|record| &record.confirmed));
        let birth = record.child.birth.or_else(|| records.iter().find_map(|record| record.child.birth));
        let statements = self.said_for(record, records).map(|(_, statement)| statement.clone()).collect();
        consent::State::new(statements, consent::Ages::of(birth), confirmed)
    }

    /// Whether the family agreed that this is kept electronically (D-C7 b): by statement, or as the start of a CAF says;
    /// what was said last, and of both at once the refusal.
    #[must_use]
    pub fn electronic_recording(&self, of: &Record, consents: &Then<'_>) -> Option<ElectronicRecording> {
        let refused = |caf: &CafNow| caf.electronic_recording == ElectronicRecording::Refused;
        let records = self.consented_for(of);
        let cafs = records.iter().flat_map(|record| record.cafs.iter().filter(|caf| refused(caf)));
        let refused_at = cafs.map(|caf| caf.started_at).max();
        match (consents.electronic_recording(), refused_at) {
            (Some((said, at)), Some(refused_at)) if refused_at < at => Some(said),
            (Some((said, _)), None) => Some(said),
            (_, Some(_)) => Some(ElectronicRecording::Refused),
            (None, None) => None,
        }
    }

    /// A statement that holds for what this record's agency releases, with the record that it was recorded with.
    #[must_use]
    pub fn stated_for(&self, holder: &Record, version: &StatementVersion) -> Option<(&Record, &Statement)> {
        self.said_for(holder, self.consented_for(holder)).find(|(_, one)| one.version == *version)
    }

    /// The records for whose releases a statement holds that was recorded with this one.
    #[must_use]
    pub fn whom_it_governs(&self, recorded: &Record) -> Vec<&Record> {
        let pool = self.pool(recorded);
        // What holds for one ordinary record holds for all: worked out once, and once for each sensitive service.
        let mut found: BTreeMap<Option<&AgencyId>, BTreeSet<ChildRef>> = BTreeMap::new();
        for holder in &pool {
            let own = holder.only_its_own();
            found.entry(own).or_insert_with(|| governed(&pool, own, recorded));
        }
        let governs = |holder: &&Record| found[&holder.only_its_own()].contains(&holder.child.record);
        pool.iter().copied().filter(governs).collect()
    }

    /// Adds a statement; later messages of the batch see it.
    pub fn add_statement(&mut self, to: ChildRef, statement: Statement) {
        if let Some(place) = self.places.get(&to) {
            self.records[*place].statements.push(statement);
        }
    }

    /// A statement was confirmed; later messages of the batch see it.
    pub fn confirm(&mut self, confirmed: &Confirmed) {
        let Confirmed { of: (agency, message), for_agency, confirmed_at, .. } = confirmed;
        let states = |record: &&mut Record| {
            let mut versions = record.statements.iter().map(|statement| &statement.version);
            versions.any(|version| version.agency == *agency && version.message == *message)
        };
        for record in self.records.iter_mut().filter(states) {
            let (agency, for_agency) = (agency.clone(), for_agency.clone());
            let confirmed_at = *confirmed_at;
            record.confirmed.push(ConfirmedFor { agency, message: *message, for_agency, confirmed_at });
        }
    }

    /// How restricted whatever may be the same child is.
    #[must_use]
    pub fn restriction(&self, of: &Record) -> Restriction {
        self.pool(of).iter().map(|record| record.child.restriction).max().unwrap_or(of.child.restriction)
    }

    /// Whether others may hear of what one agency wrote down: not where that would tell of a sensitive service, or of a
    /// child who is restricted for safety (D-I6).
    #[must_use]
    pub fn word_of(&self, record: &Record) -> Word {
        match (record.of_sensitive_service(), self.restriction(record)) {
            (Sensitivity::Ordinary, Restriction::None) => Word::MayGo,
            (Sensitivity::Sensitive, _) | (_, Restriction::Address | Restriction::WholeRecord) => {
                Word::Hidden
            }
        }
    }

    /// Whether any of an agency's work with whoever may be this child is in a sensitive service.
    pub(super) fn has_sensitive_work(&self, agency: &AgencyId, child: &Record) -> bool {
        let mut own = self.pool(child).into_iter().filter(|record| record.child.agency_id == *agency);
        own.any(|record| record.of_sensitive_service() == Sensitivity::Sensitive)
    }

    /// An agency that takes part.
    #[must_use]
    pub fn active(&self, agency: &AgencyId) -> Option<&AgencyNow> {
        self.agencies.get(agency).filter(|now| now.state == AgencyStanding::Active)
    }

    /// Whether an agency is the CAF team of a child's area.
    #[must_use]
    pub fn is_own_team(&self, agency: &AgencyNow, (holder, record): (&AgencyNow, &Record)) -> bool {
        let is_of = |area: &AuthorityNow| area.caf_team.as_ref() == Some(&agency.agency_id);
        agency.kind == AgencyKind::CafTeam && self.area(holder, Some(record)).is_some_and(is_of)
    }

    /// The area of a child, by its record; else the agency's own.
    #[must_use]
    pub fn area<'w>(&'w self, agency: &'w AgencyNow, record: Option<&Record>) -> Option<&'w AuthorityNow> {
        let of_child = record.and_then(|record| record.child.authority.as_ref());
        let all = || self.agencies.values().flat_map(|agency| &agency.authorities);
        of_child
            .and_then(|authority| all().find(|area| area.authority == *authority))
            .or_else(|| agency.authorities.first())
    }
}

/// The records that are one child with this one, among all of ordinary services and those of `own`.
fn one_child<'w>(pool: &[&'w Record], own: Option<&AgencyId>, of: ChildRef) -> Vec<&'w Record> {
    let pool: Vec<&Record> = pool.iter().filter(|record| record.counts_for(own)).copied().collect();
    group_of(&pool, of)
}

/// The records for which what was said of this one holds: those of the same child, and of each that it may be.
fn governed(pool: &[&Record], own: Option<&AgencyId>, recorded: &Record) -> BTreeSet<ChildRef> {
    if !recorded.counts_for(own) {
        return BTreeSet::new();
    }
    let pool: Vec<&Record> = pool.iter().filter(|record| record.counts_for(own)).copied().collect();
    let children =
        groups(&pool).into_iter().map(|group| group.into_iter().map(|place| pool[place]).collect());
    let holds = |child: &Vec<&Record>| {
        child.iter().any(|one| one.child.record == recorded.child.record) || recorded.may_be_one_of(child)
    };
    children.filter(holds).flatten().map(|record| record.child.record).collect()
}

/// Whether a CAF goes on.
const fn goes_on(state: CafState) -> bool {
    match state {
        CafState::Started
        | CafState::Completed
        | CafState::Returned
        | CafState::Checked
        | CafState::Reopened => true,
        CafState::Closed | CafState::Withdrawn => false,
    }
}
