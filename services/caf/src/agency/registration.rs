//! What the register of agencies holds.

use schemas::{AgencyId, AgencyKind, AuthorityId, Sector};
use serde::Serialize;

use super::LookedAt;
use crate::{Error, Result};

/// An agency as it is put on the register.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    pub kind: AgencyKind,
    pub sector: Sector,
    pub display_name: String,
    pub sensitive: bool,
    /// Shown instead of the display name where the service is sensitive (D-I6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub neutral_display_name: Option<String>,
    pub authorities: Vec<AuthorityId>,
    pub contacts: Contacts,
}

/// Whom to ring at an agency.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Contacts {
    pub duty_desk: Contact,
    pub safeguarding_lead: Contact,
}

/// One telephone.
#[derive(Clone, Debug, Serialize)]
pub struct Contact {
    pub phone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Registration {
    /// D-I6: nothing names a sensitive service.
    pub(super) fn check(&self, agency: &AgencyId, looked_at: LookedAt) -> Result<()> {
        if self.sensitive && self.neutral_display_name.is_none() {
            return Err(Error::usage(
                "a sensitive service needs a name that does not tell what it does: give one with --neutral-display-name, and choose a neutral id",
            ));
        }
        if self.names_its_service(agency) && !looked_at.name_is_neutral {
            return Err(Error::usage(
                "the id or the neutral name seems to tell what this service does, and they show in keys, queue names and logs: choose others, or say --name-is-neutral if they tell nothing",
            ));
        }
        Ok(())
    }

    /// Whether the id or the neutral name of a sensitive service seems to say what it does.
    fn names_its_service(&self, agency: &AgencyId) -> bool {
        let shown = [Some(agency.as_str()), self.neutral_display_name.as_deref()];
        let is_telling = |text: &str| {
            text.to_lowercase()
                .split(|letter: char| !letter.is_alphanumeric())
                .any(|word| TELLING.iter().any(|telling| word.starts_with(telling)))
        };
        self.sensitive && shown.into_iter().flatten().any(is_telling)
    }
}

/// Words that tell what a sensitive service does.
const TELLING: [&str; 24] = [
    "abuse",
    "addict",
    "alcohol",
    "camhs",
    "contracept",
    "counsel",
    "crisis",
    "detox",
    "domestic",
    "drink",
    "drug",
    "eating",
    "gum",
    "harm",
    "hiv",
    "mental",
    "psych",
    "refuge",
    "rehab",
    "sex",
    "std",
    "substance",
    "suicid",
    "violence",
];

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    fn clinic(neutral: Option<&str>) -> Registration {
        let contact = || Contact { phone: "020 7946 0001".to_owned(), name: None };
        Registration {
            kind: AgencyKind::SexualHealth,
            sector: Sector::Statutory,
            display_name: "Sexual health clinic".to_owned(),
            sensitive: true,
            neutral_display_name: neutral.map(str::to_owned),
            authorities: vec![],
            contacts: Contacts { duty_desk: contact(), safeguarding_lead: contact() },
        }
    }

    fn checked(id: &str, neutral: Option<&str>, looked_at: LookedAt) -> bool {
        clinic(neutral).check(&AgencyId::parse(id).unwrap(), looked_at).is_ok()
    }

    #[test]
    fn a_sensitive_service_needs_an_id_and_a_name_that_tell_nothing() {
        let nobody = LookedAt::default();
        assert!(checked("oakfield-clinic", Some("Oakfield Centre"), nobody));
        assert!(!checked("oakfield-clinic", None, nobody));
        assert!(!checked("oakfield-sexual-health", Some("Oakfield Centre"), nobody));
        assert!(!checked("oakfield-clinic", Some("The Drugs Team"), nobody));
        // a sexual-health service near Essex
        assert!(checked("essex-road-centre", Some("Essex Road Centre"), nobody));
        // a word that seems to tell: somebody has to look
        let harmony = ("oakfield-clinic", Some("Harmony House"));
        assert!(!checked(harmony.0, harmony.1, nobody));
        assert!(checked(harmony.0, harmony.1, LookedAt { name_is_neutral: true, ..nobody }));
    }
}
