//! The ids of an import's messages: made of what the journal keeps from the start, so that a message
//! sent again after an interruption is the same message, and a receipt names its row.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::{Builder, Uuid};

use crate::{Result, clock, random};

/// What the ids of one import are made of.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Ids {
    /// When the import began; every message of it says so.
    #[serde(with = "time::serde::rfc3339")]
    pub began: OffsetDateTime,
    seed: [u8; 5],
}

impl Ids {
    /// Those of a new import.
    ///
    /// # Errors
    /// When the machine gives no random numbers.
    pub fn new() -> Result<Self> {
        Ok(Self { began: clock::now(), seed: random::bytes()? })
    }

    /// The id of a row's message.
    #[must_use]
    pub fn of(&self, row: u32, part: u8) -> Uuid {
        let [r0, r1, r2, r3] = row.to_be_bytes();
        let [s0, s1, s2, s3, s4] = self.seed;
        // the first and the third byte lose bits to the id's version and variant
        let since = Duration::try_from(self.began - OffsetDateTime::UNIX_EPOCH).unwrap_or_default();
        let millis = u64::try_from(since.as_millis()).unwrap_or_default();
        Builder::from_unix_timestamp_millis(millis, &[s0, s1, s2, r0, r1, r2, r3, part, s3, s4]).into_uuid()
    }

    /// Which row and message of this import an id names. None if it is not of this import.
    #[must_use]
    pub fn row_of(&self, id: &str) -> Option<(u32, u8)> {
        let id = Uuid::try_parse(id).ok()?;
        let [.., r0, r1, r2, r3, part, _, _] = id.into_bytes();
        let row = u32::from_be_bytes([r0, r1, r2, r3]);
        (self.of(row, part) == id).then_some((row, part))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use proptest::prelude::{any, proptest};

    use super::*;

    proptest! {
        #[test]
        fn an_id_names_its_row_in_its_own_import_and_in_no_other(row in any::<u32>(), part in 0_u8..4, seed: [u8; 5]) {
            let began = OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000);
            let (ids, other) = (Ids { began, seed }, Ids { began, seed: seed.map(|byte| !byte) });
            let id = ids.of(row, part);
            assert_eq!(id.get_version_num(), 7);
            assert_eq!(ids.row_of(&id.to_string()), Some((row, part)));
            assert_eq!(other.row_of(&id.to_string()), None);
            assert_eq!(ids.row_of("no-id"), None);
        }
    }

    #[test]
    fn what_the_journal_keeps_makes_the_same_ids_again() {
        let ids = Ids::new().unwrap();
        let kept: Ids = serde_json::from_str(&serde_json::to_string(&ids).unwrap()).unwrap();
        assert_eq!(kept.of(7, 1), ids.of(7, 1));
    }
}
