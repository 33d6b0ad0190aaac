//! Consent: what is agreed to, by whom, how, and how it ends (codes §4). By what right a person
//! agrees and in what manner stands with the form, which has both too.

code_list!(
    /// What is being agreed to (D-C1). One statement may cover several; each stands alone.
    ConsentAct {
        AssessAndRecord = "assess-and-record",
        RecordElectronically = "record-electronically",
        StoreAndShare = "store-and-share",
        DiscussAtForum = "discuss-at-forum",
        AgreeActions = "agree-actions",
        HandoverToNewLead = "handover-to-new-lead",
        TransferToOtherArea = "transfer-to-other-area",
        ShowSensitiveService = "show-sensitive-service",
        KeepAfter18 = "keep-after-18",
        /// By a safe channel.
        ContactBy = "contact-by",
    }
);

code_list!(
    /// What the person said.
    ConsentDecision {
        Given = "given",
        GivenWithLimits = "given-with-limits",
        Refused = "refused",
        Withdrawn = "withdrawn",
        Renewed = "renewed",
        /// Then another decides.
        NotAbleToDecide = "not-able-to-decide",
        NotAsked = "not-asked",
    }
);

code_list!(
    /// Why consent was not asked for (MG 4.21; law).
    WhyNotAsked {
        AskingWouldRaiseRisk = "asking-would-raise-risk",
        WouldPrejudiceCrimeEnquiry = "would-prejudice-crime-enquiry",
        PersonCannotBeReachedAndUrgent = "person-cannot-be-reached-and-urgent",
        PublicDutyAppliesWouldMislead = "public-duty-applies-would-mislead",
        NoOneWithPrKnown = "no-one-with-pr-known",
        Other = "other",
    }
);

code_list!(
    /// Whether a child understands this decision (D-C3).
    UnderstandingJudgement {
        Understands = "understands",
        DoesNotYet = "does-not-yet",
        InDoubtAdviceAsked = "in-doubt-advice-asked",
    }
);

code_list!(
    /// Under-16s are encouraged to involve their parents (D-C4).
    ParentsInvolved {
        Encouraged = "encouraged",
        YoungPersonDeclined = "young-person-declined",
        NotApplicable = "not-applicable",
    }
);

code_list!(
    /// What the person was told before deciding: all of it, for the consent to be informed (D-C2).
    Explained {
        WhatIsRecorded = "what-is-recorded",
        HowStored = "how-stored",
        /// Agencies by name.
        WhoSees = "who-sees",
        Purposes = "purposes",
        Voluntary = "voluntary",
        NoServicePromised = "no-service-promised",
        MayShareWithoutConsentForProtection = "may-share-without-consent-for-protection",
        CanChangeMind = "can-change-mind",
        ExistenceGoesToIndex = "existence-goes-to-index",
        CopyOffered = "copy-offered",
    }
);

code_list!(
    /// Of the evidence of a consent.
    SignatureKind {
        Written = "written",
        Electronic = "electronic",
        None = "none",
    }
);

code_list!(
    /// What a withdrawal asks of those who hold what was shared. Ordered: the later asks more.
    WithdrawalEffect {
        StopNewUse = "stop-new-use",
        KeepRecordLocked = "keep-record-locked",
        ReturnOrDestroy = "return-or-destroy-if-no-duty-to-keep",
    }
);
