//! Entries of the registers that operators keep: agencies (D-A1) and authorities (D-A3).

use schemas::{AgencyId, AgencyKind, AuthorityId, Day, Line, Phone, SafetyNote, Sector};
use serde::{Deserialize, Serialize};

use super::world::Desk;

/// A council area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthorityEntry {
    pub name: Line,
    /// Stands in every safety note (D-S1).
    pub safeguarding_phone: Phone,
    /// The agency that is its CAF team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caf_team: Option<AgencyId>,
    /// The agencies that the team lets reopen a CAF (LG 3.3).
    #[serde(default)]
    pub reopened_by: Vec<AgencyId>,
    /// D-I2: whether a CAF shows to others only where its start says on what consent. Left out: as before, so
    /// that nothing begins to show because somebody forgot to say so.
    #[serde(default)]
    pub needs_agreement: Option<bool>,
    #[serde(default)]
    pub terms: Terms,
    /// The days besides weekends on which nobody works.
    #[serde(default)]
    pub bank_holidays: Vec<Day>,
}

/// An authority, as who intends a CAF there needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locality {
    pub terms: Terms,
    /// Its CAF team's, or its own where it has none.
    pub desk: Desk,
    /// With the number of its safeguarding procedure (D-S1).
    pub safety_note: SafetyNote,
}

/// An authority's local periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Terms {
    /// Days that an intention stands (D-I4): 1 to 366.
    pub intention_days: i32,
    /// Days after it was closed that a CAF may be reopened (D-I4): 0 to 732.
    pub reopen_days: i32,
    /// Days that a family's refusal stays in the log (D-C7): 1 to 1,098.
    pub refusal_days: i32,
    /// The birthday to which its index reaches (D-I3): 18 to 25.
    pub index_age: i32,
}

impl Default for Terms {
    fn default() -> Self {
        Self { intention_days: 28, reopen_days: 183, refusal_days: 366, index_age: 18 }
    }
}

impl Terms {
    /// # Errors
    /// When a period is outside its bounds.
    pub fn check(&self) -> Result<(), EntryProblem> {
        let within = (1..=366).contains(&self.intention_days)
            && (0..=732).contains(&self.reopen_days)
            && (1..=1_098).contains(&self.refusal_days)
            && (18..=25).contains(&self.index_age);
        if within { Ok(()) } else { Err(EntryProblem::Terms) }
    }
}

/// An agency, as an operator writes it down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgencyEntry {
    pub kind: AgencyKind,
    pub sector: Sector,
    pub display_name: Line,
    /// Left out: as the kind is by default (D-I6).
    #[serde(default)]
    pub sensitive: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neutral_display_name: Option<Line>,
    /// The first is its own.
    pub authorities: Vec<AuthorityId>,
    pub contacts: Contacts,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contacts {
    /// Shown where a practitioner cannot be rung.
    pub duty_desk: ContactPoint,
    pub safeguarding_lead: ContactPoint,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactPoint {
    pub phone: Phone,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Line>,
}

/// Why an entry cannot stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryProblem {
    #[error("give at least one authority; the first is the agency's own")]
    NoAuthority,
    #[error(
        "the periods are days: intentionDays 1 to 366, reopenDays 0 to 732, refusalDays 1 to 1098; and indexAge 18 to 25"
    )]
    Terms,
    #[error("a sensitive agency needs neutralDisplayName, which staff see instead of its name")]
    NoNeutralName,
}

impl AgencyEntry {
    /// D-I6: sensitive where its kind is, unless the area decided otherwise in writing.
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        self.sensitive.unwrap_or_else(|| self.kind.default_sensitive())
    }

    /// # Errors
    /// When the entry as a whole cannot stand.
    pub fn check(&self) -> Result<(), EntryProblem> {
        if self.authorities.is_empty() {
            return Err(EntryProblem::NoAuthority);
        }
        if self.is_sensitive() && self.neutral_display_name.is_none() {
            return Err(EntryProblem::NoNeutralName);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use serde_json::json;

    use super::*;

    fn entry(changes: &[(&str, serde_json::Value)]) -> Result<AgencyEntry, serde_json::Error> {
        let mut body = json!({
            "kind": "sexual-health", "sector": "statutory", "displayName": "The Clinic",
            "neutralDisplayName": "Oakfield", "authorities": ["borough"],
            "contacts": {"dutyDesk": {"phone": "0116 496 0100"},
                         "safeguardingLead": {"phone": "0116 496 0101", "name": "The lead"}},
        });
        for (name, value) in changes {
            body[*name] = value.clone();
        }
        serde_json::from_value(body)
    }

    #[test]
    fn a_kind_that_is_sensitive_needs_a_neutral_name_unless_decided_otherwise() {
        assert_eq!(entry(&[]).unwrap().check(), Ok(()));
        let unnamed = entry(&[("neutralDisplayName", json!(null))]).unwrap();
        assert_eq!(unnamed.check(), Err(EntryProblem::NoNeutralName));
        let decided = [("neutralDisplayName", json!(null)), ("sensitive", json!(false))];
        assert_eq!(entry(&decided).unwrap().check(), Ok(()));
    }

    // D-A1
    #[test]
    fn an_entry_needs_an_authority_and_nothing_unknown() {
        let nowhere = entry(&[("authorities", json!([]))]).unwrap();
        assert_eq!(nowhere.check(), Err(EntryProblem::NoAuthority));
        assert!(entry(&[("colour", json!("red"))]).is_err());
        assert!(entry(&[("kind", json!("bakery"))]).is_err());
    }
}
