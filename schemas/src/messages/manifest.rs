//! The completeness manifest of a form (D-I7): no content, and nobody by name.

use serde::{Deserialize, Serialize};

use crate::{
    ConsentCapacity, CopyHow, CopyWithheldReason, Day, FormPart, FormPerson, Manner, PartState, YesNo,
    YesNoNotApplicable,
};

/// What the form has and has not. It may have gaps: the check finds them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    pub parts: Vec<PartOfForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessor_signed_on: Option<Day>,
    pub agreed_by: Vec<Agreement>,
    pub excluded_recorded: YesNo,
    pub safeguarding_considered: YesNo,
    /// Present exactly where safeguarding was considered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safeguarding_acted: Option<YesNoNotApplicable>,
    pub single_agency_tried: YesNoNotApplicable,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copy_given: Vec<CopyGiven>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copy_withheld: Vec<CopyWithheld>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartOfForm {
    pub part: FormPart,
    pub state: PartState,
}

/// One person's agreement to the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Agreement {
    pub person: FormPerson,
    pub capacity: ConsentCapacity,
    pub how: Manner,
    pub on: Day,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CopyGiven {
    pub to: FormPerson,
    pub on: Day,
    pub how: CopyHow,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CopyWithheld {
    pub to: FormPerson,
    pub reason_code: CopyWithheldReason,
    pub review_on: Day,
}
