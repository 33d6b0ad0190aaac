//! `family.copy-made`: what of a CAF was given to one of the family, or withheld (D-S9).

use serde::{Deserialize, Serialize};

use crate::{
    CopyHow, CopyMark, CopyWithheldReason, Day, FormPart, Happened, Line, LocalRef, MessageType, OnBehalfOf,
    Person, PractitionerId, PractitionerInCase,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FamilyCopyMade {
    pub to: Person,
    /// Empty where no copy was given: then `withheld_reason` says why, and neither language nor way stands.
    pub parts: Vec<FormPart>,
    /// Kinds, not how many.
    pub marks_left_out: Vec<CopyMark>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld_reason: Option<CopyWithheldReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Line>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how_given: Option<CopyHow>,
    pub by: PractitionerId,
    pub on: Day,
    pub practitioner: PractitionerInCase,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened_on: Option<Happened>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl FamilyCopyMade {
    pub const TYPE: MessageType = MessageType::FamilyCopyMade;
}
