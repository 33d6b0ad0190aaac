//! The CAF, its form, and what a lookup is for.

code_list!(
    /// Where the form is kept.
    FormMedium {
        Paper = "paper",
        LocalSystem = "local-system",
        ExchangeEncrypted = "exchange-encrypted",
    }
);

code_list!(
    /// MG 4.18: refused means no content passes through or rests here.
    ElectronicRecording {
        Agreed = "agreed",
        Refused = "refused",
    }
);

code_list!(
    /// Why somebody looks up or asks (D-I5).
    Purpose {
        AssessNeed = "assess-need",
        AvoidDuplicateAssessment = "avoid-duplicate-assessment",
        FindLeadOrKeyWorker = "find-lead-or-key-worker",
        AgreeOrDeliverPlan = "agree-or-deliver-plan",
        ReviewPlan = "review-plan",
        HandOverLead = "hand-over-lead",
        ReferForService = "refer-for-service",
        StepUpChildInNeed = "step-up-child-in-need",
        StepDown = "step-down",
        SafeguardingEnquiry = "safeguarding-enquiry",
        UrgentProtection = "urgent-protection",
        TransitionToAdult = "transition-to-adult",
        MoveOfSchoolOrArea = "move-of-school-or-area",
        CourtOrLegalDuty = "court-or-legal-duty",
        SubjectRights = "subject-rights",
        /// Of the CAF team.
        QualityCheck = "quality-check",
        DataCorrection = "data-correction",
    }
);
