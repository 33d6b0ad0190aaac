//! Which kinds of agency may say what.

use schemas::{AgencyKind, Restriction};

use crate::error::Refusal;

/// D-I6: only the CAF team, social care, the police and health services restrict a record.
///
/// # Errors
/// When the kind is another and the level is not `none`.
pub fn may_restrict(kind: AgencyKind, level: Restriction, at: &'static str) -> Result<(), Refusal> {
    match (level, sets_restrictions(kind)) {
        (Restriction::None, _) | (_, Sets::May) => Ok(()),
        (Restriction::Address | Restriction::WholeRecord, Sets::MayNot) => Err(Refusal::MayNotRestrict(at)),
    }
}

enum Sets {
    May,
    MayNot,
}

const fn sets_restrictions(kind: AgencyKind) -> Sets {
    match kind {
        AgencyKind::CafTeam
        | AgencyKind::SocialCare
        | AgencyKind::Mash
        | AgencyKind::Police
        | AgencyKind::Gp
        | AgencyKind::HealthVisiting
        | AgencyKind::SchoolNursing
        | AgencyKind::Midwifery
        | AgencyKind::CommunityHealth
        | AgencyKind::Hospital
        | AgencyKind::Camhs
        | AgencyKind::AdultMentalHealth
        | AgencyKind::SexualHealth => Sets::May,
        AgencyKind::School
        | AgencyKind::IndependentSchool
        | AgencyKind::FurtherEducation
        | AgencyKind::TrainingProvider
        | AgencyKind::EarlyYears
        | AgencyKind::ChildrensCentre
        | AgencyKind::EducationWelfare
        | AgencyKind::EducationPsychology
        | AgencyKind::SpecialNeedsTeam
        | AgencyKind::SubstanceMisuseYoung
        | AgencyKind::SubstanceMisuseAdult
        | AgencyKind::ChildrenWithDisabilities
        | AgencyKind::EarlySupport
        | AgencyKind::FosteringAdoption
        | AgencyKind::CareLeaverService
        | AgencyKind::YouthService
        | AgencyKind::YouthSupport
        | AgencyKind::Yot
        | AgencyKind::YipYisp
        | AgencyKind::ProbationPrison
        | AgencyKind::Housing
        | AgencyKind::AntisocialBehaviour
        | AgencyKind::DomesticAbuseService
        | AgencyKind::AdultSocialCare
        | AgencyKind::ThirdSector
        | AgencyKind::SportCulture
        | AgencyKind::Other => Sets::MayNot,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_school_may_say_that_nothing_is_restricted_and_no_more() {
        let (school, at) = (AgencyKind::School, "/data/level");
        assert_eq!(may_restrict(school, Restriction::None, at), Ok(()));
        for level in [Restriction::Address, Restriction::WholeRecord] {
            assert_eq!(may_restrict(school, level, at), Err(Refusal::MayNotRestrict(at)));
            assert_eq!(may_restrict(AgencyKind::HealthVisiting, level, at), Ok(()));
            assert_eq!(may_restrict(AgencyKind::Police, level, at), Ok(()));
        }
    }
}
