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

code_list!(
    /// Who asked for a CAF (D-A6; MG 3.8, 3.10; LG-F13).
    CafAskedBy {
        Practitioner = "practitioner",
        YoungPerson = "young-person",
        ParentOrCarer = "parent-or-carer",
        StepDownFromSocialCare = "step-down-from-social-care",
    }
);

code_list!(
    /// D-S1: yes is advised to follow the safeguarding procedure, and not kept.
    ProtectionConcern {
        Yes = "yes",
        No = "no",
    }
);

code_list!(
    /// The advice before a CAF (D-I4): the first that applies.
    AdviceCode {
        SafeguardingProcedureNow = "safeguarding-procedure-now",
        BeingCheckedByAPerson = "being-checked-by-a-person",
        OpenCafSpeakToLead = "open-caf-speak-to-lead",
        SpecialistInvolvedSpeakToKeyWorker = "specialist-involved-speak-to-key-worker",
        ClosedRecentlyMayReopen = "closed-recently-may-reopen",
        OthersIntendTooLiaise = "others-intend-too-liaise",
        OthersInvolvedLiaise = "others-involved-liaise",
        OutsideIndexAgeAskCafTeam = "outside-index-age-ask-caf-team",
        NothingAgainstStarting = "nothing-against-starting",
    }
);

code_list!(
    /// What the CAF team's check of a form led to.
    CheckResult {
        Checked = "checked",
        Returned = "returned",
    }
);

code_list!(
    /// Why a form goes back (LG 3.12; MG 4.4, 4.9).
    ReturnCode {
        IdentityIncomplete = "identity-incomplete",
        ConsentMissing = "consent-missing",
        ConsentSignatureMissing = "consent-signature-missing",
        OralConsentNotSignedFor = "oral-consent-not-signed-for",
        CapacityNotRecorded = "capacity-not-recorded",
        WrongPersonConsented = "wrong-person-consented",
        LayeredConsentMissing = "layered-consent-missing",
        LayeredConsentNotObserved = "layered-consent-not-observed",
        NotSigned = "not-signed",
        NotDated = "not-dated",
        NeedOrStrengthMissing = "need-or-strength-missing",
        SafeguardingToBeConsidered = "safeguarding-to-be-considered",
        SingleAgencyHelpNotTried = "single-agency-help-not-tried",
        OpinionNotAttributed = "opinion-not-attributed",
        FamilyCopyNotGiven = "family-copy-not-given",
        Late = "late",
        Other = "other",
    }
);

code_list!(
    /// How a CAF stands.
    CafState {
        Started = "started",
        Completed = "completed",
        /// The check found gaps: the form is back with the assessor.
        Returned = "returned",
        Checked = "checked",
        Reopened = "reopened",
        Closed = "closed",
        /// Opened in error.
        Withdrawn = "withdrawn",
    }
);

code_list!(
    /// Why a CAF was closed.
    ClosureCode {
        NeedsMet = "needs-met",
        UniversalOnly = "universal-only",
        FamilyWithdrewConsent = "family-withdrew-consent",
        FamilyNotEngaging = "family-not-engaging",
        TakenOnBySocialCare = "taken-on-by-social-care",
        TakenOnByOtherSpecialist = "taken-on-by-other-specialist",
        LookedAfter = "looked-after",
        MovedAreaTransferred = "moved-area-transferred",
        MovedAreaNoTransfer = "moved-area-no-transfer",
        AgeLimit = "age-limit",
        PassedToAdultServices = "passed-to-adult-services",
        Died = "died",
        PregnancyEnded = "pregnancy-ended",
        Adopted = "adopted",
        OpenedInError = "opened-in-error",
        DuplicateOf = "duplicate-of",
    }
);

code_list!(
    /// What the error was.
    WithdrawalReason {
        OpenedInError = "opened-in-error",
        WrongChild = "wrong-child",
        DuplicateRecord = "duplicate-record",
    }
);

code_list!(
    /// Of a transfer to another area: the old lead stays until it is taken on.
    TransferState {
        Proposed = "proposed",
        TakenOn = "taken-on",
        Declined = "declined",
    }
);
