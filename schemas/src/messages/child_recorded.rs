//! `child.recorded`: what the index may hold of a child, and nothing else (D-I1).

use serde::{Deserialize, Serialize};

use crate::{
    AddressKind, AuthorityId, Birth, ChildState, ContactRestricted, Day, Gender, Happened, Identifier, Line,
    LivesWithChild, LocalRef, MessageType, Names, OnBehalfOf, ParentalResponsibility, PersonName, Phone,
    Postcode, PractitionerBlock, Relationship, Restriction, ShowTo,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChildRecorded {
    pub names: Names,
    pub birth: Birth,
    pub gender: Gender,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// The current ones; empty where none is known.
    pub addresses: Vec<Address>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carers: Vec<Carer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setting: Option<Setting>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gp_practice: Option<Setting>,
    pub child_state: ChildState,
    /// D-I6. Left out says nothing: it never lowers a restriction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricted: Option<Restriction>,
    pub authority: AuthorityId,
    /// A training or test child: never meets a real one in a lookup or a count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub synthetic: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practitioner: Option<PractitionerBlock>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<OnBehalfOf>,
    pub happened_on: Happened,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Happened>,
    pub local_ref: LocalRef,
}

impl ChildRecorded {
    pub const TYPE: MessageType = MessageType::ChildRecorded;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    pub kind: AddressKind,
    pub lines: Vec<Line>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<Postcode>,
    pub show_to: ShowTo,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
}

/// A parent or carer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Carer {
    pub name: PersonName,
    pub relationship: Relationship,
    pub parental_responsibility: ParentalResponsibility,
    pub lives_with_child: LivesWithChild,
    pub contact_restricted: ContactRestricted,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
}

/// A school, nursery, college or GP practice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Setting {
    pub name: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
}
