//! Who a statement or an item speaks of, without a name: two that name one person have one key.

use std::sync::Arc;

use kit::seal::Sealer;
use schemas::{About, KnownPerson, PersonName, Relationship};

use super::consent::{About as ConsentAbout, AdultKey, PersonToken};

/// Makes the keys.
#[derive(Clone, Debug)]
pub struct PersonKeys(Arc<Sealer>);

impl PersonKeys {
    #[must_use]
    pub const fn new(sealer: Arc<Sealer>) -> Self {
        Self(sealer)
    }

    /// Of whom an item is about. Nobody agrees for a sibling or another person here.
    #[must_use]
    pub fn about(&self, about: &About) -> ConsentAbout {
        match about {
            About::Child => ConsentAbout::Child,
            About::Parent { person: KnownPerson { relationship, name } } => {
                ConsentAbout::Parent(self.adult(*relationship, name))
            }
            About::Sibling { .. } => ConsentAbout::Sibling,
            About::OtherPerson { .. } => ConsentAbout::OtherPerson,
        }
    }

    fn adult(&self, relationship: Relationship, name: &PersonName) -> AdultKey {
        AdultKey { relationship, token: self.token(relationship, name) }
    }

    /// Equal where the relationship and the folded name are.
    #[must_use]
    pub fn token(&self, relationship: Relationship, name: &PersonName) -> PersonToken {
        let folded = name.folded();
        PersonToken(self.0.hash(&[b"person", relationship.as_str().as_bytes(), folded.as_bytes()]))
    }
}
