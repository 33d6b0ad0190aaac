//! An offer that asks the recipient to take the child on. Sent is not taken on (D-A4).

use serde::{Deserialize, Serialize};

use crate::ReferralKind;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Referral {
    pub kind: ReferralKind,
}
