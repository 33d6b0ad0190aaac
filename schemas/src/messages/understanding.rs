//! How well a child understands one decision (D-C3): judged for this one, not for ever.

use serde::{Deserialize, Serialize};

use crate::{ConsentCapacity, Day, ParentsInvolved, PractitionerId, Text, UnderstandingJudgement};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Understanding {
    pub judgement: UnderstandingJudgement,
    /// The decision, not the child.
    pub about_what_text: Text,
    pub by: PractitionerId,
    pub on: Day,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how_explained_text: Option<Text>,
    /// MG 4.13: children are heard even where a parent decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child_heard: Option<ChildHeard>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parents_involved: Option<ParentsInvolved>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "heard", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum ChildHeard {
    Yes,
    No { reason_text: Text },
}

impl ConsentCapacity {
    /// Under 16 a child may decide who is judged to understand (D-C3).
    #[must_use]
    pub const fn needs_understanding(self) -> bool {
        match self {
            Self::Child1215Understands | Self::ChildUnder12Understands => true,
            Self::YoungPerson1617
            | Self::Adult18Plus
            | Self::ParentWithPr
            | Self::SpecialGuardian
            | Self::AdoptiveParent
            | Self::LocalAuthorityCareOrder
            | Self::DelegatedCarer
            | Self::CourtOrder
            | Self::BestInterests
            | Self::AttorneyOrDeputy
            | Self::AdultAboutSelf
            | Self::PregnantWoman => false,
        }
    }
}
