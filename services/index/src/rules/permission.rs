//! Which kinds of agency may say what.

use schemas::{AgencyId, AgencyKind, AuthorityId, CafRef, OnBehalfOf, Restriction};

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

/// D-I6: and the same lift what stands on their own record.
///
/// # Errors
/// When the kind is another.
pub const fn may_lift(kind: AgencyKind, at: &'static str) -> Result<(), Refusal> {
    match sets_restrictions(kind) {
        Sets::May => Ok(()),
        Sets::MayNot => Err(Refusal::MayNotRestrict(at)),
    }
}

/// Codes §3: of a CAF the assessor's agency speaks, and any CAF team; whether it is the CAF's own team
/// is judged when the CAF is read.
///
/// # Errors
/// When it is another agency's CAF.
pub fn own_caf_or_team(agency: &AgencyId, kind: AgencyKind, caf: &CafRef) -> Result<(), Refusal> {
    if caf.agency() == agency || kind == AgencyKind::CafTeam { Ok(()) } else { Err(Refusal::AnothersCaf) }
}

/// Codes §3, D-A3: the form is the assessor's; a CAF team says that it writes down theirs.
///
/// # Errors
/// When it is another agency's CAF, or a CAF team does not speak for the assessor's agency.
pub fn own_caf_or_for_its_assessor(
    agency: &AgencyId,
    kind: AgencyKind,
    caf: &CafRef,
    whom: Option<&OnBehalfOf>,
) -> Result<(), Refusal> {
    own_caf_or_team(agency, kind, caf)?;
    let for_assessor = whom.is_some_and(|whom| whom.agency_id == *caf.agency());
    if caf.agency() == agency || for_assessor { Ok(()) } else { Err(Refusal::AnothersCaf) }
}

/// Codes §3: checked, transferred.
///
/// # Errors
/// When the agency is no CAF team.
pub fn team_only(kind: AgencyKind) -> Result<(), Refusal> {
    if kind == AgencyKind::CafTeam { Ok(()) } else { Err(Refusal::TeamOnly) }
}

/// Codes §3, LG 3.3: a CAF team reopens, and an agency that the authority's team lets do so.
///
/// # Errors
/// When the agency is neither.
pub fn may_reopen(kind: AgencyKind, of: &[String], authority: &AuthorityId) -> Result<(), Refusal> {
    let by_leave = of.iter().any(|id| id == authority.as_str());
    if kind == AgencyKind::CafTeam || by_leave { Ok(()) } else { Err(Refusal::MayNotReopen) }
}

/// D-A3: a CAF team writes down what agencies without a system tell it.
///
/// # Errors
/// When another kind of agency does.
pub fn may_speak_for(kind: AgencyKind, whom: Option<&OnBehalfOf>) -> Result<(), Refusal> {
    if whom.is_none() || kind == AgencyKind::CafTeam { Ok(()) } else { Err(Refusal::MayNotSpeakFor) }
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
        assert_eq!(may_lift(school, at), Err(Refusal::MayNotRestrict(at)));
        assert_eq!(may_lift(AgencyKind::CafTeam, at), Ok(()));
    }
}
