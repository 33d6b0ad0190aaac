//! What was released before, as far as a withdrawal, a recall or an acknowledgement needs it.

use std::collections::BTreeSet;

use schemas::{AgencyId, ChildRef, FormPart, LocalRef, MessageType, Purpose, Restriction};
use time::OffsetDateTime;
use uuid::Uuid;

use super::changes::Plain;
use super::consent::{About, SaidWhen, StatementVersion};

/// A release by consent.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    pub id: Uuid,
    /// The supplier's own id of what it sent.
    pub supplier_ref: LocalRef,
    pub recipient: AgencyId,
    pub purpose: Purpose,
    /// What it held: a part, and whom the item was about.
    pub items: Vec<(FormPart, About)>,
    /// The statements that it rested on.
    pub consents: BTreeSet<StatementVersion>,
    pub sent_at: OffsetDateTime,
    /// None: it stands.
    pub taken_back_at: Option<OffsetDateTime>,
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

impl Outstanding {
    /// Of which record of the supplier's something may be sent again.
    #[must_use]
    pub fn record(&self) -> Option<ChildRef> {
        match &self.what {
            What::Delivered { again } => again.as_ref()?.record,
            What::AskedBack => None,
        }
    }
}

#[derive(Clone, Debug)]
pub enum What {
    Delivered {
        /// Where no system has it.
        again: Option<Again>,
    },
    AskedBack,
}

/// What may be sent again.
#[derive(Clone, Debug)]
pub struct Again {
    pub kind: MessageType,
    pub content: Plain,
    pub to_child: Option<ChildRef>,
    /// The supplier's.
    pub record: Option<ChildRef>,
    /// How restricted the child was when it was decided.
    pub restriction: Option<Restriction>,
}

impl Again {
    /// Whether it may leave as the child is restricted now: what became more restricted since does not, nor where nobody
    /// can tell.
    #[must_use]
    pub fn still_passes(&self, now: Option<Restriction>) -> bool {
        now.is_some_and(|now| self.restriction.is_some_and(|then| now <= then))
    }
}

/// What a receiver says of a message that others are told of: of each once, however often it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    Acted,
    Cannot,
}

/// To whom a message went.
#[derive(Clone, Debug)]
pub struct SentTo {
    pub agency: AgencyId,
    /// What it said of it before.
    pub said: BTreeSet<Word>,
    /// Of content; none where something was asked back or confirmed.
    pub from: Option<Origin>,
}

impl SentTo {
    /// The supplier's record of a child who was referred.
    #[must_use]
    pub fn referred(&self) -> Option<ChildRef> {
        self.from.as_ref().filter(|from| from.refers == Refers::Somebody)?.record
    }
}

/// Who sent what was delivered, as what, and of which of its records.
#[derive(Clone, Debug)]
pub struct Origin {
    pub share: Uuid,
    pub supplier: AgencyId,
    pub local_ref: LocalRef,
    pub record: Option<ChildRef>,
    pub refers: Refers,
}

/// Whether a delivery refers the child to its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refers {
    Somebody,
    Nobody,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_more_restricted_since_is_not_sent_again_nor_where_nobody_can_tell() {
        let again = |restriction| Again {
            kind: schemas::ShareDelivered::TYPE,
            content: Plain(serde_json::json!({})),
            to_child: None,
            record: None,
            restriction,
        };
        for (then, now, passes) in [
            (Some(Restriction::None), Some(Restriction::None), true),
            (Some(Restriction::Address), Some(Restriction::None), true),
            (Some(Restriction::None), Some(Restriction::Address), false),
            (Some(Restriction::Address), Some(Restriction::WholeRecord), false),
            (Some(Restriction::None), None, false),
            (None, Some(Restriction::None), false),
        ] {
            assert_eq!(again(then).still_passes(now), passes, "{then:?} {now:?}");
        }
    }
}
