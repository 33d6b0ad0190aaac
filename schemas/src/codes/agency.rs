//! Agencies and the people who work for them.

code_list!(
    /// What an agency is (MG 2.18, 3.7, 6; LG 4.6.1; PN).
    AgencyKind {
        School = "school",
        IndependentSchool = "independent-school",
        FurtherEducation = "further-education",
        TrainingProvider = "training-provider",
        EarlyYears = "early-years",
        ChildrensCentre = "children-centre",
        EducationWelfare = "education-welfare",
        EducationPsychology = "education-psychology",
        SpecialNeedsTeam = "special-needs-team",
        Gp = "gp",
        HealthVisiting = "health-visiting",
        SchoolNursing = "school-nursing",
        Midwifery = "midwifery",
        CommunityHealth = "community-health",
        Hospital = "hospital",
        Camhs = "camhs",
        AdultMentalHealth = "adult-mental-health",
        SexualHealth = "sexual-health",
        SubstanceMisuseYoung = "substance-misuse-young",
        SubstanceMisuseAdult = "substance-misuse-adult",
        SocialCare = "social-care",
        /// The front door of social care.
        Mash = "mash",
        ChildrenWithDisabilities = "children-with-disabilities",
        EarlySupport = "early-support",
        FosteringAdoption = "fostering-adoption",
        CareLeaverService = "care-leaver-service",
        YouthService = "youth-service",
        /// Connexions.
        YouthSupport = "youth-support",
        Yot = "yot",
        YipYisp = "yip-yisp",
        Police = "police",
        ProbationPrison = "probation-prison",
        Housing = "housing",
        AntisocialBehaviour = "antisocial-behaviour",
        DomesticAbuseService = "domestic-abuse-service",
        AdultSocialCare = "adult-social-care",
        ThirdSector = "third-sector",
        SportCulture = "sport-culture",
        CafTeam = "caf-team",
        Other = "other",
    }
);

/// Whether what a service says of its own part may be shown without consent (D-I6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sensitivity {
    Ordinary,
    Sensitive,
}

impl AgencyKind {
    /// D-I6: services whose very name tells something about the family.
    #[must_use]
    pub const fn default_sensitivity(self) -> Sensitivity {
        match self {
            Self::SexualHealth
            | Self::Camhs
            | Self::AdultMentalHealth
            | Self::SubstanceMisuseYoung
            | Self::SubstanceMisuseAdult
            | Self::DomesticAbuseService => Sensitivity::Sensitive,
            Self::School
            | Self::IndependentSchool
            | Self::FurtherEducation
            | Self::TrainingProvider
            | Self::EarlyYears
            | Self::ChildrensCentre
            | Self::EducationWelfare
            | Self::EducationPsychology
            | Self::SpecialNeedsTeam
            | Self::Gp
            | Self::HealthVisiting
            | Self::SchoolNursing
            | Self::Midwifery
            | Self::CommunityHealth
            | Self::Hospital
            | Self::SocialCare
            | Self::Mash
            | Self::ChildrenWithDisabilities
            | Self::EarlySupport
            | Self::FosteringAdoption
            | Self::CareLeaverService
            | Self::YouthService
            | Self::YouthSupport
            | Self::Yot
            | Self::YipYisp
            | Self::Police
            | Self::ProbationPrison
            | Self::Housing
            | Self::AntisocialBehaviour
            | Self::AdultSocialCare
            | Self::ThirdSector
            | Self::SportCulture
            | Self::CafTeam
            | Self::Other => Sensitivity::Ordinary,
        }
    }

    /// The same as a yes or no, as agencies are entered by.
    #[must_use]
    pub const fn default_sensitive(self) -> bool {
        matches!(self.default_sensitivity(), Sensitivity::Sensitive)
    }
}

code_list!(
    /// PN: statutory, voluntary or private.
    Sector {
        Statutory = "statutory",
        Voluntary = "voluntary",
        Private = "private",
    }
);

code_list!(
    /// A practitioner's job.
    Job {
        Teacher = "teacher",
        Senco = "senco",
        PastoralLead = "pastoral-lead",
        LearningMentor = "learning-mentor",
        DesignatedSafeguardingLead = "designated-safeguarding-lead",
        EducationWelfareOfficer = "education-welfare-officer",
        EducationalPsychologist = "educational-psychologist",
        NurseryWorker = "nursery-worker",
        Childminder = "childminder",
        FamilyWorker = "family-worker",
        Gp = "gp",
        HealthVisitor = "health-visitor",
        SchoolNurse = "school-nurse",
        Midwife = "midwife",
        CommunityChildrenNurse = "community-children-nurse",
        Therapist = "therapist",
        CamhsPractitioner = "camhs-practitioner",
        SocialWorker = "social-worker",
        FamilySupportWorker = "family-support-worker",
        YouthWorker = "youth-worker",
        PersonalAdviser = "personal-adviser",
        YotWorker = "yot-worker",
        PoliceOfficer = "police-officer",
        ProbationOfficer = "probation-officer",
        HousingOfficer = "housing-officer",
        SubstanceMisuseWorker = "substance-misuse-worker",
        SexualHealthWorker = "sexual-health-worker",
        ProjectWorker = "project-worker",
        Volunteer = "volunteer",
        CafCoordinator = "caf-coordinator",
        CafAdministrator = "caf-administrator",
        IndependentChair = "independent-chair",
        Other = "other",
    }
);

code_list!(
    /// What a practitioner is in one child's case.
    RoleInCase {
        Assessor = "assessor",
        Contributor = "contributor",
        LeadProfessional = "lead-professional",
        /// Of a statutory or specialist service.
        KeyWorker = "key-worker",
        TeamMember = "team-member",
        /// A class teacher, a GP.
        UniversalContact = "universal-contact",
        Coordinator = "coordinator",
        Chair = "chair",
        Adviser = "adviser",
        LineManager = "line-manager",
    }
);

code_list!(
    /// Who leads; where one of the family does, a practitioner supports them.
    LeadKind {
        Practitioner = "practitioner",
        ParentOrCarer = "parent-or-carer",
        YoungPerson = "young-person",
    }
);

code_list!(
    /// On leave needs a deputy; left takes effect at once.
    PractitionerState {
        Active = "active",
        OnLeave = "on-leave",
        Left = "left",
        Suspended = "suspended",
    }
);

code_list!(
    /// How a practitioner stands on the register, once entries and endings are laid together.
    PractitionerStanding {
        Active = "active",
        OnLeave = "on-leave",
        Left = "left",
        Suspended = "suspended",
        /// Nothing but an ending is there yet.
        Unknown = "unknown",
    }
);

code_list!(
    /// How an agency stands on the register.
    AgencyStanding {
        Active = "active",
        Revoked = "revoked",
    }
);

code_list!(
    /// MG 3.9, today DBS.
    CheckKind {
        EnhancedDbs = "enhanced-dbs",
        EnhancedDbsBarredList = "enhanced-dbs-barred-list",
    }
);

code_list!(
    /// Whether the agency holds the practitioner's check (D-A2).
    CheckState {
        Held = "held",
        BeingRenewed = "being-renewed",
        NotHeld = "not-held",
        Suspended = "suspended",
    }
);

code_list!(
    /// Missing training warns, it does not block (D-A2).
    Training {
        CafAwareness = "caf-awareness",
        CafAssessor = "caf-assessor",
        CafLead = "caf-lead",
        InformationSharing = "information-sharing",
        Safeguarding = "safeguarding",
    }
);
