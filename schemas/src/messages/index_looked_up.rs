//! `index.looked-up`: a registered practitioner asks, for a stated purpose (D-I5).

use serde::{Deserialize, Serialize};

use crate::{Birth, Identifier, Malformed, MessageType, Names, Postcode, PractitionerBlock, Purpose, Text};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IndexLookedUp {
    pub purpose: Purpose,
    pub practitioner: PractitionerBlock,
    /// Missing exactly where the envelope's `subject` names the child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<LookupBy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_text: Option<Text>,
    /// Sees training and test children only; unmarked, none of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub synthetic: bool,
}

impl IndexLookedUp {
    pub const TYPE: MessageType = MessageType::IndexLookedUp;
}

/// How the child is named where there is no subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum LookupBy {
    /// At least one.
    Identifiers(Vec<Identifier>),
    Demographics {
        names: Names,
        birth: Birth,
        postcode: Postcode,
    },
}

#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    identifiers: Option<Vec<Identifier>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    names: Option<Names>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    birth: Option<Birth>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    postcode: Option<Postcode>,
}

impl TryFrom<Written> for LookupBy {
    type Error = Malformed;

    fn try_from(written: Written) -> Result<Self, Malformed> {
        match (written.identifiers, written.names, written.birth, written.postcode) {
            (Some(identifiers), None, None, None) if !identifiers.is_empty() => {
                Ok(Self::Identifiers(identifiers))
            }
            (None, Some(names), Some(birth), Some(postcode)) => {
                Ok(Self::Demographics { names, birth, postcode })
            }
            _ => Err(Malformed::Form("identifiers alone, or names, birth and postcode together")),
        }
    }
}

impl From<LookupBy> for Written {
    fn from(by: LookupBy) -> Self {
        match by {
            LookupBy::Identifiers(identifiers) => {
                Self { identifiers: Some(identifiers), names: None, birth: None, postcode: None }
            }
            LookupBy::Demographics { names, birth, postcode } => {
                Self { identifiers: None, names: Some(names), birth: Some(birth), postcode: Some(postcode) }
            }
        }
    }
}
