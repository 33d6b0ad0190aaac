//! What a service's record of a child tells, so that it can be linked and hidden.

use schemas::{AgencyId, ChildRef, ChildState, PractitionerId, Restriction, Sensitivity};

/// One agency's record of a child, by what links it with others. Numbers and keys are compared, never
/// read: a service that may not know them has tokens in their place.
pub trait Linked {
    /// What makes two records that have it one child: NHS number and birth date, of training children
    /// another than of real ones.
    type Number<'a>: Copy + Ord
    where
        Self: 'a;
    type Upn: Ord;
    type Uln: Ord;
    /// Names, exact birth date and postcode.
    type Key: Ord;

    fn id(&self) -> ChildRef;
    fn agency(&self) -> &AgencyId;
    /// The record that it stands for, where its agency knows the child from a lookup.
    fn alias_of(&self) -> Option<ChildRef>;
    /// False until its agency recorded the child: until then it has no number and no key, and nothing
    /// else of it takes effect (G7).
    fn has_facts(&self) -> bool;
    fn number(&self) -> Option<Self::Number<'_>>;
    fn upn(&self) -> Option<&Self::Upn>;
    fn uln(&self) -> Option<&Self::Uln>;
    fn keys(&self) -> impl Iterator<Item = &Self::Key>;
}

/// A record by what may hide it from others (D-I6).
pub trait Hideable: Linked {
    fn restriction(&self) -> Restriction;
    /// None without facts.
    fn child_state(&self) -> Option<ChildState>;
    /// Of the agency that supplied it.
    fn agency_sensitivity(&self) -> Sensitivity;
    /// Who works with the child, ended work too, and of what service that is.
    fn work(&self) -> impl Iterator<Item = (&PractitionerId, Sensitivity)>;
    /// Who started a CAF that others may know of (D-I2).
    fn starters_shown(&self) -> impl Iterator<Item = &PractitionerId>;
    /// Whether its agency said anything beside the facts: of work or of any CAF.
    fn has_statements(&self) -> bool;
}
