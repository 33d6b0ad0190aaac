//! What a consent covers (D-C5): what is not named is not covered, and exclusion beats inclusion.

use serde::{Deserialize, Serialize};

use crate::{About, AgencyId, AgencyKind, FormPart, Person, Purpose};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentScope {
    pub agencies: AgenciesCovered,
    pub parts: PartsCovered,
    /// Empty: all that fit the act.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub purposes: Vec<Purpose>,
    /// Whose information it covers. Empty: the person's own with [`crate::ConsentCapacity::AdultAboutSelf`],
    /// else the child's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about_persons: Vec<Person>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AgenciesCovered {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<AgencyId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<AgencyKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded: Option<AgenciesExcluded>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AgenciesExcluded {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agencies: Vec<AgencyId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<AgencyKind>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartsCovered {
    pub included: PartsIncluded,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<FormPart>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items_excluded: Vec<ItemsExcluded>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WrittenParts", into = "WrittenParts")]
pub enum PartsIncluded {
    All,
    These(Vec<FormPart>),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum WrittenParts {
    Word(All),
    List(Vec<FormPart>),
}

/// The one word that may stand instead of a list.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum All {
    All,
}

impl From<WrittenParts> for PartsIncluded {
    fn from(written: WrittenParts) -> Self {
        match written {
            WrittenParts::Word(All::All) => Self::All,
            WrittenParts::List(parts) => Self::These(parts),
        }
    }
}

impl From<PartsIncluded> for WrittenParts {
    fn from(included: PartsIncluded) -> Self {
        match included {
            PartsIncluded::All => Self::Word(All::All),
            PartsIncluded::These(parts) => Self::List(parts),
        }
    }
}

/// What stands in one part about one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemsExcluded {
    pub part: FormPart,
    pub about: About,
}
