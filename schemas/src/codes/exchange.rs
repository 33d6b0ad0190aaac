//! What the exchange answers.

code_list!(
    /// Not "accepted": a receipt speaks of the message only.
    ReceiptState {
        Recorded = "recorded",
        Duplicate = "duplicate",
        /// A person will look; a second, final receipt follows.
        Held = "held",
        Rejected = "rejected",
    }
);

code_list!(
    /// Why a message was rejected.
    ReceiptCode {
        BadForm = "bad-form",
        UnknownType = "unknown-type",
        UnknownCode = "unknown-code",
        CheckDigit = "check-digit",
        DateImpossible = "date-impossible",
        EffectiveInFuture = "effective-in-future",
        TooBig = "too-big",
        TooDeep = "too-deep",
        HeaderNotAllowed = "header-not-allowed",
        SenderMismatch = "sender-mismatch",
        NotYours = "not-yours",
        /// Queries only.
        UnknownPractitioner = "unknown-practitioner",
        UnknownReference = "unknown-reference",
        IdReused = "id-reused",
        Conflict = "conflict",
        ContentNotAllowedHere = "content-not-allowed-here",
    }
);

code_list!(
    /// What a lookup led to. More than one visible match is `ask-for`, never a list.
    Outcome {
        Match = "match",
        AskFor = "ask-for",
        NothingToShow = "nothing-to-show",
    }
);

code_list!(
    /// What would tell two possible matches apart: a kind, never a fact.
    AskFor {
        NhsNumber = "nhs-number",
        Upn = "upn",
        Uln = "uln",
        Local = "local",
        Postcode = "postcode",
    }
);

code_list!(
    /// `none-shown` is not `none`.
    CafMark {
        NoneShown = "none-shown",
        Open = "open",
        ClosedRecently = "closed-recently",
    }
);
