//! The basis in data-protection law, kept apart from consent under the guidance.

use serde::{Deserialize, Serialize};

use crate::{Art6, Art9, ConfidentialityBasis, YesNo};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LawfulBasis {
    pub art6: Art6,
    pub art9: Art9,
    /// UK GDPR article 10.
    pub crime_data: YesNo,
    pub confidentiality_basis: ConfidentialityBasis,
}
