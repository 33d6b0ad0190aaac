//! What went out of a share before, as far as a recall or a correction needs it.

use std::collections::BTreeSet;

use schemas::{
    AgencyId, ChildRef, FormPart, LawfulBasis, LocalRef, MessageId, MessageType, OwnBasis, Purpose, To,
};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::decision::{Decided, Delivered};

/// How a supplier names what it sent.
pub type Reference = (AgencyId, LocalRef);

/// One message that went out, and on what it rested.
#[derive(Clone, Debug, PartialEq)]
pub struct Earlier {
    pub id: MessageId,
    pub kind: MessageType,
    pub share: Uuid,
    /// The supplier's.
    pub record: Option<ChildRef>,
    pub recipient: AgencyId,
    pub to: To,
    pub purpose: Purpose,
    pub basis: OwnBasis,
    pub lawful: LawfulBasis,
    pub family_told: Option<Value>,
    pub parts: BTreeSet<FormPart>,
    pub stands: Stands,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    Sent,
    /// By its supplier: nothing takes its place.
    CalledBack,
}

/// That a supplier called something back, as it is kept.
#[derive(Clone, Debug)]
pub struct Recalled {
    pub agency: AgencyId,
    pub message: MessageId,
    pub received_at: OffsetDateTime,
    pub said: schemas::ShareRecalled,
    pub deliveries: BTreeSet<MessageId>,
}

/// Stands for the reasons of a release that is decided anew: they rest with its record, under the child's key.
const AS_BEFORE: &str = "As recorded with the release that this corrects.";

/// The bases as the record of a decision has them ([`super::decision::basis`]).
///
/// # Errors
/// When they are not those of a release.
pub fn basis_of(kept: &Value) -> Result<(OwnBasis, LawfulBasis), serde_json::Error> {
    let lawful = serde_json::from_value(kept["lawfulBasis"].clone())?;
    let mut written = kept.clone();
    if kept["consentPosition"].is_string() {
        written["reasonsText"] = json!(AS_BEFORE);
    }
    Ok((serde_json::from_value(written)?, lawful))
}

impl Earlier {
    /// As it was decided and sent in this batch.
    #[must_use]
    pub fn of(sent: &Delivered, decided: &Decided) -> Option<Self> {
        let (basis, lawful) = basis_of(&decided.matter.basis).ok()?;
        Some(Self {
            id: MessageId::from_uuid(sent.id),
            kind: sent.kind,
            share: sent.share,
            record: sent.record,
            recipient: sent.recipient.clone(),
            to: sent.to.clone(),
            purpose: sent.purpose,
            basis,
            lawful,
            family_told: decided.family_told.clone(),
            parts: sent.items.iter().map(|(part, _)| *part).collect(),
            stands: Stands::Sent,
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use super::super::decision;
    use super::*;

    #[test]
    fn the_bases_of_a_release_are_read_back_from_its_record() {
        let lawful: LawfulBasis = serde_json::from_value(json!({
            "art6": "public-task", "art9": "health-or-social-care", "crimeData": "no",
            "confidentialityBasis": "public-interest",
        }))
        .unwrap();
        for written in [
            json!({"practiceBasis": "consent"}),
            json!({"practiceBasis": "public-interest", "ground": "reasonable-cause-suffering",
                   "consentPosition": "not-asked", "whyNotAsked": "asking-would-raise-risk",
                   "reasonsText": AS_BEFORE}),
            json!({"practiceBasis": "legal-duty-or-order", "legalRef": "s47", "consentPosition": "refused",
                   "reasonsText": AS_BEFORE}),
        ] {
            let basis: OwnBasis = serde_json::from_value(written).unwrap();
            let kept = decision::basis(&basis, Some(&lawful));
            assert_eq!(basis_of(&kept).unwrap(), (basis, lawful.clone()));
            assert_eq!(kept.get("reasonsText"), None, "words are sealed elsewhere");
        }
    }
}
