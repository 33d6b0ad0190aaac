//! The index's record of a child, as the crate that links and hides records takes it.

use linking::{Hideable, Linked};
use schemas::{AgencyId, ChildRef, ChildState, PractitionerId, Restriction, Sensitivity, Uln, Upn};

use super::demographics::DemographicsKey;
use super::world::{Notice, Number, Record};

impl Linked for Record {
    type Number<'a> = Number<'a>;
    type Upn = Upn;
    type Uln = Uln;
    type Key = DemographicsKey;

    fn id(&self) -> ChildRef {
        self.id
    }

    fn agency(&self) -> &AgencyId {
        &self.supplier.agency
    }

    fn alias_of(&self) -> Option<ChildRef> {
        Self::alias_of(self)
    }

    fn has_facts(&self) -> bool {
        self.facts.is_some()
    }

    fn number(&self) -> Option<Number<'_>> {
        Self::number(self)
    }

    fn upn(&self) -> Option<&Upn> {
        self.facts.as_ref()?.upn.as_ref()
    }

    fn uln(&self) -> Option<&Uln> {
        self.facts.as_ref()?.uln.as_ref()
    }

    fn keys(&self) -> impl Iterator<Item = &DemographicsKey> {
        self.facts.iter().flat_map(|facts| &facts.keys)
    }
}

impl Hideable for Record {
    fn restriction(&self) -> Restriction {
        self.restriction
    }

    fn child_state(&self) -> Option<ChildState> {
        self.facts.as_ref().map(|facts| facts.child_state)
    }

    fn agency_sensitivity(&self) -> Sensitivity {
        self.supplier.sensitivity
    }

    fn work(&self) -> impl Iterator<Item = (&PractitionerId, Sensitivity)> {
        self.involvements.iter().map(|work| (&work.practitioner_id, work.sensitivity))
    }

    fn starters_shown(&self) -> impl Iterator<Item = &PractitionerId> {
        self.cafs.iter().filter(|caf| caf.notice == Notice::Shows).map(|caf| &caf.practitioner_id)
    }

    fn has_statements(&self) -> bool {
        !self.involvements.is_empty() || !self.cafs.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use linking::groups;

    use super::*;
    use crate::rules::invented::record;

    fn children(records: &[Record]) -> usize {
        groups(&records.iter().collect::<Vec<_>>()).len()
    }

    #[test]
    fn a_number_is_of_one_child_only_where_the_birth_date_agrees() {
        let (school, surgery) = (record(1, "school").with_nhs(0), record(2, "surgery").with_nhs(0));
        assert_eq!(children(&[school.clone(), surgery.clone()]), 1);
        assert_eq!(children(&[school, surgery.born("2015-03-13")]), 2);
    }

    #[test]
    fn training_children_never_link_with_real_ones() {
        let (school, surgery) = (record(1, "school").with_nhs(0), record(2, "surgery").with_nhs(0));
        assert_eq!(children(&[school, surgery.synthetic()]), 2);
    }
}
