//! The form of a CAF, as its completeness manifest speaks of it.

code_list!(
    /// The parts of the form: the unit of consent, request and release (MG table 1).
    FormPart {
        Identity = "identity",
        Diversity = "diversity",
        Household = "household",
        ServicesInvolved = "services-involved",
        Reason = "reason",
        DevHealth = "dev-health",
        DevEmotional = "dev-emotional",
        DevBehaviour = "dev-behaviour",
        DevIdentity = "dev-identity",
        DevRelationships = "dev-relationships",
        DevSelfcare = "dev-selfcare",
        DevLearning = "dev-learning",
        ParCareSafety = "par-care-safety",
        ParWarmth = "par-warmth",
        ParGuidance = "par-guidance",
        EnvHistoryFunctioning = "env-history-functioning",
        EnvWiderFamily = "env-wider-family",
        EnvHousingWorkMoney = "env-housing-work-money",
        EnvCommunity = "env-community",
        Strengths = "strengths",
        ChildViews = "child-views",
        ParentViews = "parent-views",
        Conclusions = "conclusions",
        ActionPlan = "action-plan",
        Review = "review",
        ConsentStatement = "consent-statement",
        Checklist = "checklist",
        Attachment = "attachment",
        /// Not of the form: what an agency holds in its own record, asked for by need.
        RecordExtract = "record-extract",
    }
);

code_list!(
    /// Of a part of a form.
    PartState {
        Filled = "filled",
        NotRelevant = "not-relevant",
        ToFollow = "to-follow",
    }
);

code_list!(
    /// By what right a person agrees: keyed to a person, not a class (D-C3).
    ConsentCapacity {
        YoungPerson1617 = "young-person-16-17",
        Child1215Understands = "child-12-15-understands",
        ChildUnder12Understands = "child-under-12-understands",
        Adult18Plus = "adult-18-plus",
        ParentWithPr = "parent-with-pr",
        SpecialGuardian = "special-guardian",
        AdoptiveParent = "adoptive-parent",
        LocalAuthorityCareOrder = "local-authority-care-order",
        DelegatedCarer = "delegated-carer",
        CourtOrder = "court-order",
        BestInterests = "best-interests",
        AttorneyOrDeputy = "attorney-or-deputy",
        AdultAboutSelf = "adult-about-self",
        PregnantWoman = "pregnant-woman",
    }
);

code_list!(
    /// Written is preferred (D-C2).
    Manner {
        Written = "written",
        ElectronicSignature = "electronic-signature",
        Oral = "oral",
        InterpreterAssisted = "interpreter-assisted",
    }
);

code_list!(
    /// A question of the form that has two answers.
    YesNo {
        Yes = "yes",
        No = "no",
    }
);

code_list!(
    /// A question of the form that may not arise.
    YesNoNotApplicable {
        Yes = "yes",
        No = "no",
        NotApplicable = "not-applicable",
    }
);

code_list!(
    /// How a copy reached its reader (D-S9).
    CopyHow {
        ByHand = "by-hand",
        Post = "post",
        Electronic = "electronic",
        ReadOut = "read-out",
    }
);

code_list!(
    /// Why a copy was withheld (D-S9).
    CopyWithheldReason {
        RiskToChild = "risk-to-child",
        RiskToOther = "risk-to-other",
        OtherPersonsInformation = "other-persons-information",
        YoungPersonObjects = "young-person-objects",
        AddressProtected = "address-protected",
    }
);
