//! Requests that wait for the family, or for advice.

use std::collections::BTreeSet;

use schemas::{AgencyId, ChildRef, FormPart, LocalRef, Purpose, To};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// What has to be asked for first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waits {
    Consent,
    Advice,
}

/// What waits of what was weighed, by its record ([`super::decision::cases`]). What was never weighed waits for nobody.
#[must_use]
pub fn waits(cases: &Value) -> BTreeSet<Waits> {
    let weighed = cases["cases"].as_array().into_iter().flatten();
    weighed
        .filter_map(|case| match case["outcome"].as_str() {
            Some("pending-consent") => Some(Waits::Consent),
            Some("pending-advice") => Some(Waits::Advice),
            Some(_) | None => None,
        })
        .collect()
}

/// A request whose asker was told to ask the CAF team.
#[derive(Clone, Debug, PartialEq)]
pub struct Awaited {
    pub share: Uuid,
    /// The holder's.
    pub record: ChildRef,
    pub asked: Asked,
}

/// Who asked, for what and for whom: by consent, of what is about the child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    pub agency: AgencyId,
    /// The asker's own record.
    pub record: ChildRef,
    pub local_ref: LocalRef,
    pub purpose: Purpose,
    pub parts: Vec<FormPart>,
    pub recipients: Vec<To>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_waits_is_read_from_what_was_weighed_and_from_nothing_else() {
        let weighed = |outcomes: &[&str]| {
            let cases: Vec<Value> = outcomes.iter().map(|outcome| json!({"outcome": outcome})).collect();
            waits(&json!({"facts": {}, "cases": cases}))
        };
        assert_eq!(weighed(&["share", "do-not-share", "referred-to-holder"]), BTreeSet::new());
        assert_eq!(weighed(&["share", "pending-consent"]), BTreeSet::from([Waits::Consent]));
        let both = BTreeSet::from([Waits::Consent, Waits::Advice]);
        assert_eq!(weighed(&["pending-advice", "pending-consent"]), both);
        // D-S8: the holder itself said that it asks for advice.
        assert_eq!(
            waits(&json!({"declineCode": "seeking-advice", "outcome": "pending-advice"})),
            BTreeSet::new()
        );
    }
}
