//! What was released before, as far as a withdrawal, a recall or an acknowledgement needs it.

use schemas::{AgencyId, ChildRef, FormPart, MessageType, Purpose};
use time::OffsetDateTime;
use uuid::Uuid;

use super::changes::Plain;
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

/// What was not acknowledged by a person yet.
#[derive(Clone, Debug)]
pub struct Outstanding {
    pub recipient: AgencyId,
    pub ack_by: OffsetDateTime,
    /// How often it was asked for.
    pub chased: i16,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    Delivered {
        /// Its type and content, where no system has it: to be sent again.
        again: Option<(MessageType, Plain)>,
        to_child: Option<ChildRef>,
    },
    AskedBack,
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
