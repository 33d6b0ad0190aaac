//! Child, family, address.

code_list!(
    ChildState {
        Unborn = "unborn",
        Living = "living",
        /// Every reminder and letter stops.
        Died = "died",
        /// Closed silently.
        PregnancyEnded = "pregnancy-ended",
    }
);

code_list!(
    /// All optional; none is ever the only key.
    IdentifierKind {
        NhsNumber = "nhs-number",
        Upn = "upn",
        Uln = "uln",
        Local = "local",
    }
);

code_list!(
    Gender {
        Female = "female",
        Male = "male",
        NotKnown = "not-known",
        NotSpecified = "not-specified",
    }
);

code_list!(
    /// How much of a birth date is known; `expected` is an unborn child's.
    DobPrecision {
        Exact = "exact",
        Month = "month",
        Year = "year",
        Estimated = "estimated",
        Expected = "expected",
    }
);

code_list!(
    AddressKind {
        Home = "home",
        SecondHome = "second-home",
        /// Held with social care's say-so.
        Placement = "placement",
        Refuge = "refuge",
        NoFixed = "no-fixed",
        Correspondence = "correspondence",
    }
);

code_list!(
    /// To whom an address may be shown.
    ShowTo {
        Ordinary = "ordinary",
        CafTeamOnly = "caf-team-only",
        Nobody = "nobody",
    }
);

code_list!(
    /// Restricted for safety (D-I6). Ordered: the later restricts more.
    Restriction {
        None = "none",
        Address = "address",
        WholeRecord = "whole-record",
    }
);

code_list!(
    /// Never leaves the index.
    RestrictionReason {
        DomesticAbuse = "domestic-abuse",
        ForcedMarriageOrHonour = "forced-marriage-or-honour",
        WitnessProtection = "witness-protection",
        Adoption = "adoption",
        Placement = "placement",
        Stalking = "stalking",
        PublicAttention = "public-attention",
        Other = "other",
    }
);

code_list!(
    /// What a person is to the child.
    Relationship {
        Mother = "mother",
        Father = "father",
        StepParent = "step-parent",
        Grandparent = "grandparent",
        OtherRelative = "other-relative",
        FosterCarer = "foster-carer",
        AdoptiveParent = "adoptive-parent",
        SpecialGuardian = "special-guardian",
        Guardian = "guardian",
        PartnerOfParent = "partner-of-parent",
        Sibling = "sibling",
        /// Of a parent who is a child.
        ChildOf = "child-of",
        LocalAuthority = "local-authority",
        Friend = "friend",
        Other = "other",
    }
);

code_list!(
    /// A carer without it cannot consent (D-C3).
    ParentalResponsibility {
        YesMother = "yes-mother",
        /// Married or registered.
        YesFather = "yes-father",
        YesAgreementOrOrder = "yes-agreement-or-order",
        YesSpecialGuardian = "yes-special-guardian",
        YesAdoptive = "yes-adoptive",
        /// Care order, interim or emergency.
        YesLocalAuthority = "yes-local-authority",
        No = "no",
        RestrictedByOrder = "restricted-by-order",
        NotKnown = "not-known",
    }
);

code_list!(
    LivesWithChild {
        Yes = "yes",
        No = "no",
        Part = "part",
    }
);

code_list!(
    /// A restricted parent gets no copy, no notice, no address.
    ContactRestricted {
        Yes = "yes",
        No = "no",
        NotKnown = "not-known",
    }
);

code_list!(
    /// LG 2.2, 3.4; MG 6.26-6.28: a preventive youth-justice contact is targeted.
    ServiceLevel {
        Universal = "universal",
        Targeted = "targeted",
        SpecialistStatutory = "specialist-statutory",
    }
);

code_list!(
    /// Why an involvement ended.
    EndedReason {
        WorkDone = "work-done",
        Moved = "moved",
        Age = "age",
        NotTakenUp = "not-taken-up",
        Transferred = "transferred",
        /// Removed, and told.
        RecordedInError = "recorded-in-error",
    }
);

code_list!(
    /// What a correction rests on.
    CorrectionEvidence {
        BirthCertificate = "birth-certificate",
        IdentityDocument = "identity-document",
        OfficialLetter = "official-letter",
        NumberTracing = "number-tracing",
        ToldByFamily = "told-by-family",
        OwnRecord = "own-record",
        Other = "other",
    }
);
