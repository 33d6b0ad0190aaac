//! What was released before, as far as a withdrawal, a recall or an acknowledgement needs it.

use schemas::{AgencyId, FormPart, Purpose};
use time::OffsetDateTime;
use uuid::Uuid;

use super::consent::{About, SaidWhen, StatementVersion};

/// A release by consent.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    pub id: Uuid,
    pub recipient: AgencyId,
    pub purpose: Purpose,
    /// What it held: a part, and whom the item was about.
    pub items: Vec<(FormPart, About)>,
    pub sent_at: OffsetDateTime,
}

/// That a release rests on consent no more.
#[derive(Clone, Debug, PartialEq)]
pub struct Withdrawal {
    pub delivery: Uuid,
    pub statement: StatementVersion,
    /// Releases of between *said* and *recorded* are listed.
    pub when: SaidWhen,
    pub withdrawn_at: OffsetDateTime,
}

/// What became of a message that went out by the one door, in its receiver's words.
#[derive(Clone, Debug, PartialEq)]
pub struct Acknowledged {
    pub message: Uuid,
    pub by: AgencyId,
    pub became: schemas::Became,
    pub at: OffsetDateTime,
}
