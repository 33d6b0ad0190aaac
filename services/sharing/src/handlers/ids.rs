//! Ids for what comes of a message: the same message has the same ones whenever its batch runs again, and whoever
//! compares two of them does not learn how many lie between, nor for whom (G5).

use std::sync::Arc;

use kit::seal::Sealer;
use uuid::{Builder, Uuid, Variant, Version};

/// Gives one after another, all of one moment and in no order.
#[derive(Debug)]
pub(super) struct Ids {
    first: Uuid,
    given: u64,
    sealer: Arc<Sealer>,
}

impl Ids {
    /// `first` was drawn for the message, and is given to nothing.
    pub(super) const fn new(first: Uuid, sealer: Arc<Sealer>) -> Self {
        Self { first, given: 0, sealer }
    }

    pub(super) fn next(&mut self) -> Uuid {
        let place = self.given.to_be_bytes();
        self.given += 1;
        let keyed = self.sealer.hash(&[b"id", self.first.as_bytes(), &place]);
        let mut bytes: [u8; 16] = self.first.into_bytes();
        // The moment stands in the first 48 bits.
        bytes[6..].copy_from_slice(&keyed[..10]);
        Builder::from_bytes(bytes).with_variant(Variant::RFC4122).with_version(Version::SortRand).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use std::collections::BTreeSet;

    use super::*;

    fn many(first: Uuid, key: u8) -> Vec<Uuid> {
        let mut ids = Ids::new(first, Arc::new(Sealer::from_key(&[key; 32]).unwrap()));
        (0..1_000).map(|_| ids.next()).collect()
    }

    #[test]
    fn ids_of_one_message_are_the_same_again_and_of_its_moment() {
        let first = kit::Clock::default().new_id();
        let ids = many(first, 7);
        assert_eq!(ids, many(first, 7));
        for id in &ids {
            assert_eq!(id.get_version(), Some(Version::SortRand));
            assert_eq!(id.as_bytes()[..6], first.as_bytes()[..6]);
        }
    }

    // G5
    #[test]
    fn ids_of_one_message_do_not_tell_how_many_lie_between() {
        let first = kit::Clock::default().new_id();
        let ids = many(first, 7);
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        let ends: BTreeSet<&[u8]> = ids.iter().map(|id| &id.as_bytes()[8..12]).collect();
        assert_eq!(ends.len(), ids.len(), "also their middles differ, so that nothing is counted on");
        assert!(!ids.is_sorted() && !ids.iter().rev().is_sorted());
        assert!(!ids.contains(&first));
        let with_another_key: BTreeSet<Uuid> = many(first, 8).into_iter().collect();
        assert!(ids.iter().all(|id| !with_another_key.contains(id)), "nobody without the key works them out");
    }
}
