//! Who was told that a statement widens what it recorded, and who confirmed it.

use schemas::{AgencyId, MessageId};
use time::OffsetDateTime;
use uuid::Uuid;

/// A reminder that went out: by acknowledging it its receiver confirms the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub reminder: Uuid,
    pub agency: AgencyId,
    /// The statement, by who recorded it.
    pub of: (AgencyId, MessageId),
    pub asked_at: OffsetDateTime,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    pub of: (AgencyId, MessageId),
    pub by: AgencyId,
    /// For whose releases; none: for all.
    pub for_agency: Option<AgencyId>,
    pub confirmed_at: OffsetDateTime,
}
