//! Sharing: on what ground, what was decided and told, and what became of it (codes §6).

code_list!(
    /// On what the sharing rests in practice (D-S2 to D-S4).
    PracticeBasis {
        Consent = "consent",
        /// MG 4.21.
        NotConfidentialAndNecessary = "not-confidential-and-necessary",
        /// MG 4.22, 4.23.
        PublicInterest = "public-interest",
        LegalDutyOrOrder = "legal-duty-or-order",
        /// A rule set that is switched on or off.
        DutyToShare = "duty-to-share",
    }
);

code_list!(
    /// MG 4.22, 4.23.
    PublicInterestGround {
        EvidenceChildSufferingSignificantHarm = "evidence-child-suffering-significant-harm",
        EvidenceChildAtRiskOfSignificantHarm = "evidence-child-at-risk-of-significant-harm",
        ReasonableCauseSuffering = "reasonable-cause-suffering",
        ReasonableCauseAtRisk = "reasonable-cause-at-risk",
        PreventSignificantHarmToChildren = "prevent-significant-harm-to-children",
        PreventSeriousHarmToAdult = "prevent-serious-harm-to-adult",
        PreventDetectProsecuteSeriousCrime = "prevent-detect-prosecute-serious-crime",
        /// Limited: a first step.
        SomeSharingToDecideOnMore = "some-sharing-to-decide-on-more",
        OtherJudgedOnTheFacts = "other-judged-on-the-facts",
    }
);

code_list!(
    /// How consent stands, where the sharing rests on something else.
    ConsentPosition {
        Refused = "refused",
        Withdrawn = "withdrawn",
        NotAsked = "not-asked",
        GivenDoesNotCover = "given-does-not-cover",
    }
);

code_list!(
    /// UK GDPR article 6.
    Art6 {
        PublicTask = "public-task",
        LegalObligation = "legal-obligation",
        VitalInterests = "vital-interests",
        LegitimateInterest = "legitimate-interest",
        RecognisedLegitimateInterest = "recognised-legitimate-interest",
        /// Rare with public bodies.
        Consent = "consent",
    }
);

code_list!(
    /// UK GDPR article 9.
    Art9 {
        SubstantialPublicInterestSafeguarding = "substantial-public-interest-safeguarding",
        HealthOrSocialCare = "health-or-social-care",
        VitalInterests = "vital-interests",
        LegalClaims = "legal-claims",
        ExplicitConsent = "explicit-consent",
        NotSpecialCategory = "not-special-category",
    }
);

code_list!(
    /// On what the duty of confidence gives way.
    ConfidentialityBasis {
        ConsentExpress = "consent-express",
        ConsentImpliedDirectCare = "consent-implied-direct-care",
        PublicInterest = "public-interest",
        Law = "law",
        NotConfidential = "not-confidential",
    }
);

code_list!(
    /// Ordered: the later is more urgent. With today and now: telephone as well.
    Urgency {
        Routine = "routine",
        Soon = "soon",
        Today = "today",
        Now = "now",
    }
);

code_list!(
    /// What was decided (D-S7).
    ShareDecision {
        Share = "share",
        ShareInPart = "share-in-part",
        DoNotShare = "do-not-share",
        /// D-S8: never delays protection.
        PendingAdvice = "pending-advice",
        PendingConsent = "pending-consent",
        ReferredToHolder = "referred-to-holder",
    }
);

code_list!(
    /// Why something was withheld. For the record alone: nobody is told it (G5).
    WithheldCode {
        NoConsent = "no-consent",
        ConsentExcludesAgency = "consent-excludes-agency",
        ConsentExcludesPart = "consent-excludes-part",
        ConsentPastReview = "consent-past-review",
        CompetentRefusal = "competent-refusal",
        AboutAnotherPerson = "about-another-person",
        NotNecessaryForPurpose = "not-necessary-for-purpose",
        NotConfidentialTestFailed = "not-confidential-test-failed",
        PublicInterestNotMadeOut = "public-interest-not-made-out",
        PractitionerNotRegistered = "practitioner-not-registered",
        RecipientCheckMissing = "recipient-check-missing",
        SensitiveService = "sensitive-service",
        Restricted = "restricted",
        SafetyOfChild = "safety-of-child",
        Informant = "informant",
        LegalPrivilege = "legal-privilege",
        CourtRestriction = "court-restriction",
        MoreDetrimental = "more-detrimental",
        NoSuchPart = "no-such-part",
        UnknownChild = "unknown-child",
        RuleError = "rule-error",
        HeldElsewhere = "held-elsewhere",
    }
);

code_list!(
    /// What the requester is told: no count of parts, no part that was not asked for (G5).
    ToldCode {
        Shared = "shared",
        SharedAsFarAsTheDecisionAllows = "shared-as-far-as-the-decision-allows",
        NotShared = "not-shared",
        AskCafTeam = "ask-caf-team",
        Expired = "expired",
    }
);

code_list!(
    /// Why the holder declines. For the record; the requester gets a [`ToldCode`].
    DeclineCode {
        NotHeld = "not-held",
        HeldButNotNecessary = "held-but-not-necessary",
        ConsentRefusedToUs = "consent-refused-to-us",
        NotJustifiedWithoutConsent = "not-justified-without-consent",
        MoreDetrimentalToChild = "more-detrimental-to-child",
        AboutAnotherPerson = "about-another-person",
        CourtOrPoliceRestriction = "court-or-police-restriction",
        SeekingAdvice = "seeking-advice",
        NeedsMoreReason = "needs-more-reason",
        WrongChild = "wrong-child",
        TooOldToBeAccurate = "too-old-to-be-accurate",
        Other = "other",
    }
);

code_list!(
    /// How what is released may be used; it travels with it. The day of its accuracy is a field of its own.
    CaveatCode {
        PurposeOnly = "purpose-only",
        /// LG App. C.
        NoOnwardSharingWithoutAsking = "no-onward-sharing-without-asking",
        NotToChild = "not-to-child",
        NotToParent = "not-to-parent",
        NotOnPrintedCopy = "not-on-printed-copy",
        DoNotContactFamilyBy = "do-not-contact-family-by",
    }
);

code_list!(
    /// How a family may be, or must not be, reached.
    ContactChannel {
        Phone = "phone",
        Text = "text",
        Post = "post",
        Email = "email",
        Visit = "visit",
    }
);

code_list!(
    /// What somebody offers beyond the content.
    ReferralKind {
        StepUp = "step-up",
        StepDown = "step-down",
        OtherService = "other-service",
    }
);

code_list!(
    /// LG 3.10: told apart.
    Nature {
        Fact = "fact",
        Allegation = "allegation",
        Observation = "observation",
        Opinion = "opinion",
    }
);

code_list!(
    /// How the writer knows it.
    ItemSource {
        Seen = "seen",
        ToldBy = "told-by",
        Record = "record",
    }
);

code_list!(
    /// Why something released is called back.
    RecallReason {
        WrongChild = "wrong-child",
        WrongRecipient = "wrong-recipient",
        TooMuch = "too-much",
        Inaccurate = "inaccurate",
    }
);

code_list!(
    /// What is asked of those who hold it.
    RecallInstruction {
        DestroyAndConfirm = "destroy-and-confirm",
        Replace = "replace",
    }
);

code_list!(
    /// LG App. G: received by the system and received by the person are two facts.
    AcknowledgementOutcome {
        ReceivedBySystem = "received-by-system",
        ReceivedByPerson = "received-by-person",
        /// Done as was asked: stopped, locked, destroyed, replaced.
        Acted = "acted",
        Cannot = "cannot",
    }
);

code_list!(
    /// Why a recipient cannot.
    CannotReason {
        CannotBeRead = "cannot-be-read",
        NotOurChild = "not-our-child",
        PersonHasLeft = "person-has-left",
        NotHeldAnyMore = "not-held-any-more",
        DutyToKeep = "duty-to-keep",
        AlreadyUsed = "already-used",
        Other = "other",
    }
);

code_list!(
    /// Whom a practitioner in doubt asks (D-S8).
    AdviserRole {
        LineManager = "line-manager",
        DesignatedSafeguardingLead = "designated-safeguarding-lead",
        CaldicottGuardian = "caldicott-guardian",
        DataProtectionOfficer = "data-protection-officer",
        Legal = "legal",
        NamedDoctorOrNurse = "named-doctor-or-nurse",
        Other = "other",
    }
);

code_list!(
    /// What was advised.
    AdviceAnswer {
        Share = "share",
        ShareLimited = "share-limited",
        DoNotShare = "do-not-share",
        ReferSafeguarding = "refer-safeguarding",
    }
);

code_list!(
    /// Which kinds of marked item a family's copy leaves out: kinds, not how many (D-S9).
    CopyMark {
        AboutOtherPerson = "about-other-person",
        Informant = "informant",
        NotFor = "not-for",
        NotAgreed = "not-agreed",
    }
);
