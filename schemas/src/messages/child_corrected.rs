//! `child.corrected`: one field of the record was wrong, and never so. A change is `child.recorded`.

use serde::{Deserialize, Serialize};

use crate::{
    Address, AuthorityId, Birth, Carer, ChildState, CorrectionEvidence, Gender, Happened, Identifier,
    LocalRef, MessageType, Names, OnBehalfOf, PractitionerBlock, Setting,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChildCorrected {
    #[serde(flatten)]
    pub correction: Correction,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<CorrectionEvidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practitioner: Option<PractitionerBlock>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    pub happened_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl ChildCorrected {
    pub const TYPE: MessageType = MessageType::ChildCorrected;
}

/// What is right: a whole field of `child.recorded`, in the form that it has there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "path", content = "value")]
pub enum Correction {
    #[serde(rename = "/names")]
    Names(Names),
    #[serde(rename = "/birth")]
    Birth(Birth),
    #[serde(rename = "/gender")]
    Gender(Gender),
    #[serde(rename = "/identifiers")]
    Identifiers(Vec<Identifier>),
    #[serde(rename = "/addresses")]
    Addresses(Vec<Address>),
    #[serde(rename = "/carers")]
    Carers(Vec<Carer>),
    #[serde(rename = "/setting")]
    Setting(Setting),
    #[serde(rename = "/gpPractice")]
    GpPractice(Setting),
    #[serde(rename = "/childState")]
    ChildState(ChildState),
    #[serde(rename = "/authority")]
    Authority(AuthorityId),
}
