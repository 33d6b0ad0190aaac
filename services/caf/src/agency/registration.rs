//! What the register of agencies holds.

use schemas::{AgencyId, AgencyKind, AuthorityId, Sector};
use serde::Serialize;

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
    pub(super) fn check(&self) -> Result<()> {
        if self.sensitive && self.neutral_display_name.is_none() {
            // D-I6: nothing names a sensitive service
            return Err(Error::usage(
                "a sensitive service needs a name that does not tell what it does: give one with --neutral-display-name, and choose a neutral id",
            ));
        }
        Ok(())
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

/// Whether the id or the neutral name of a sensitive service seems to say what
/// it does: it shows in routing keys, queue names and logs.
#[must_use]
pub fn names_its_service(agency: &AgencyId, registration: &Registration) -> bool {
    let shown = [Some(agency.as_str()), registration.neutral_display_name.as_deref()];
    let is_telling = |text: &str| {
        text.to_lowercase()
            .split(|letter: char| !letter.is_alphanumeric())
            .any(|word| TELLING.iter().any(|telling| word.starts_with(telling)))
    };
    registration.sensitive && shown.into_iter().flatten().any(is_telling)
}

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

    #[test]
    fn a_sensitive_service_needs_a_neutral_name() {
        assert!(clinic(None).check().is_err());
        assert!(clinic(Some("Oakfield Centre")).check().is_ok());
    }

    #[test]
    fn an_id_that_tells_what_the_service_does_is_noticed() {
        let named = |id: &str, neutral: &str| {
            names_its_service(&AgencyId::parse(id).unwrap(), &clinic(Some(neutral)))
        };
        assert!(named("oakfield-sexual-health", "Oakfield Centre"));
        assert!(named("oakfield-clinic", "The Drugs Team"));
        assert!(!named("oakfield-clinic", "Oakfield Centre"));
        // a sexual-health service near Essex
        assert!(!named("essex-road-centre", "Essex Road Centre"));
    }
}
