//! What stood in the registers before a batch of statements.

use std::collections::{HashMap, HashSet};

use schemas::{AgencyId, AgencyKind, AuthorityId, ChildRef, LocalChildId};

use crate::error::Refusal;

/// What the keys of a batch were found to be.
#[derive(Debug, Default)]
pub struct Known {
    kinds: HashMap<AgencyId, AgencyKind>,
    teams: HashMap<AgencyId, Vec<String>>,
    reopening: HashMap<AgencyId, Vec<String>>,
    authorities: HashSet<AuthorityId>,
    places: HashMap<AgencyId, HashMap<LocalChildId, Place>>,
    children: HashSet<(AgencyId, ChildRef)>,
}

/// The record of a child whom an agency names by its own id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Found(ChildRef),
    /// None yet: the reference is set aside for it, so that folding needs no chance.
    New(ChildRef),
}

impl Known {
    pub fn add_agency(&mut self, agency: AgencyId, kind: AgencyKind) {
        self.kinds.insert(agency, kind);
    }

    /// The authorities whose CAF team it is.
    pub fn add_team(&mut self, agency: AgencyId, of: Vec<String>) {
        self.teams.insert(agency, of);
    }

    #[must_use]
    pub fn team_of(&self, agency: &AgencyId) -> &[String] {
        self.teams.get(agency).map_or(&[], Vec::as_slice)
    }

    /// The authorities whose CAFs it may reopen.
    pub fn add_reopening(&mut self, agency: AgencyId, of: Vec<String>) {
        self.reopening.insert(agency, of);
    }

    /// As their CAF team, or by its leave (codes §3, LG 3.3).
    #[must_use]
    pub fn reopens_for(&self, agency: &AgencyId) -> &[String] {
        self.reopening.get(agency).map_or(&[], Vec::as_slice)
    }

    pub fn add_authority(&mut self, authority: AuthorityId) {
        self.authorities.insert(authority);
    }

    pub fn add_child(&mut self, agency: AgencyId, reference: ChildRef) {
        self.children.insert((agency, reference));
    }

    pub fn add_place(&mut self, agency: AgencyId, id: LocalChildId, place: Place) {
        self.places.entry(agency).or_default().insert(id, place);
    }

    /// Sets a reference aside for a record that is not there yet.
    pub fn add_missing(
        &mut self,
        agency: &AgencyId,
        id: &LocalChildId,
        reference: impl FnOnce() -> ChildRef,
    ) {
        let places = self.places.entry(agency.clone()).or_default();
        if !places.contains_key(id) {
            places.insert(id.clone(), Place::New(reference()));
        }
    }

    /// # Errors
    /// When the agency is not on the register.
    pub fn kind_of(&self, agency: &AgencyId) -> Result<AgencyKind, Refusal> {
        self.kinds.get(agency).copied().ok_or(Refusal::UnknownAgency)
    }

    /// # Errors
    /// When the authority is not on the register.
    pub fn authority(&self, authority: &AuthorityId, at: &'static str) -> Result<(), Refusal> {
        if self.authorities.contains(authority) { Ok(()) } else { Err(Refusal::UnknownAuthority(at)) }
    }

    /// # Errors
    /// When the reference was not given to this very agency: another's is unknown here.
    pub fn child(&self, agency: &AgencyId, reference: ChildRef) -> Result<ChildRef, Refusal> {
        if self.children.contains(&(agency.clone(), reference)) {
            Ok(reference)
        } else {
            Err(Refusal::UnknownChild)
        }
    }

    /// # Errors
    /// When the id was no key of the batch.
    pub fn place(&self, agency: &AgencyId, id: &LocalChildId) -> Result<Place, Refusal> {
        let place = self.places.get(agency).and_then(|places| places.get(id));
        place.copied().ok_or(Refusal::UnknownChild)
    }
}
