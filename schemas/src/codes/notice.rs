//! What agencies and families are told, and what the exchange reminds of.

code_list!(
    /// How one agency told another what that one writes down.
    ToldHow {
        Phone = "phone",
        Paper = "paper",
        Visit = "visit",
    }
);

code_list!(
    /// Whether and when the family is told.
    ToldWhen {
        Before = "before",
        AtTheTime = "at-the-time",
        After = "after",
        NotTold = "not-told",
    }
);

code_list!(
    /// Why the family is not told.
    NotToldCode {
        RiskToChild = "risk-to-child",
        RiskToOther = "risk-to-other",
        PrejudiceEnquiry = "prejudice-enquiry",
        CannotReach = "cannot-reach",
        AddressProtected = "address-protected",
    }
);

code_list!(
    /// What was shown or released.
    AccessNoticeKind {
        ContactShown = "contact-shown",
        CafShown = "caf-shown",
        ShareMade = "share-made",
        SharedWithoutConsent = "shared-without-consent",
        EmergencyAccess = "emergency-access",
    }
);

code_list!(
    /// A timer or an alert.
    ReminderKind {
        IntentionLapses = "intention-lapses",
        Copy28Days = "copy-28-days",
        CafCheck = "caf-check",
        FirstReview = "first-review",
        NextReview = "next-review",
        ActionDue = "action-due",
        ActionUnanswered = "action-unanswered",
        ConsentReview = "consent-review",
        Age12 = "age-12",
        Age16 = "age-16",
        Age18 = "age-18",
        AgeLimit = "age-limit",
        ExpectedDatePassed = "expected-date-passed",
        LeadTemporaryEnds = "lead-temporary-ends",
        CheckRenewal = "check-renewal",
        AgreementReview = "agreement-review",
        RestrictionReview = "restriction-review",
        DeferralReview = "deferral-review",
        WithdrawalUnacknowledged = "withdrawal-unacknowledged",
        ShareUnacknowledged = "share-unacknowledged",
        SecondCaf = "second-caf",
        TwoIntentions = "two-intentions",
        LeadLeft = "lead-left",
        WithoutEffect = "without-effect",
        ConsentReview60 = "consent-review-60",
        ConsentReview30 = "consent-review-30",
        ConsentReview7 = "consent-review-7",
        AskTheYoungPerson = "ask-the-young-person",
        ParentalConsentEnds = "parental-consent-ends",
        ConsentWidened = "consent-widened",
        ShareAnswerDue = "share-answer-due",
        ShareExpired = "share-expired",
        ConsiderProtection = "consider-protection",
        ReleasedBeforeWithdrawalWasKnown = "released-before-withdrawal-was-known",
        PendingConsent = "pending-consent",
        PendingAdvice = "pending-advice",
        ReferralSent = "referral-sent",
        ReferralTakenOn = "referral-taken-on",
        ReceiverCannot = "receiver-cannot",
        SharedWithoutConsent = "shared-without-consent",
        AskAgain = "ask-again",
    }
);

code_list!(
    /// As whom an agency is reminded.
    ReminderRole {
        Owner = "owner",
        SecondOwner = "second-owner",
        SafeguardingLead = "safeguarding-lead",
        DutyDesk = "duty-desk",
        IgLead = "ig-lead",
        LeadProfessional = "lead-professional",
    }
);
