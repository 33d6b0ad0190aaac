//! What the family was given of the assessment, and what was left out (D-S9).

use schemas::{AgencyId, LocalRef, MessageId, Subject};
use serde_json::Value;
use time::OffsetDateTime;

use super::changes::Private;

/// A copy, or that none was given, as it is kept.
#[derive(Clone, Debug)]
pub struct Copied {
    pub agency: AgencyId,
    pub message: MessageId,
    pub local_ref: LocalRef,
    pub subject: Subject,
    /// Codes, ids and dates.
    pub made: Value,
    pub made_at: OffsetDateTime,
    pub received_at: OffsetDateTime,
    /// To whom, by name.
    pub private: Private,
}
