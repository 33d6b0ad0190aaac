//! The lists of codes in the messages about consent and sharing, and in what they share.

use schemas::{
    AcknowledgementOutcome, AdviceAnswer, AdviserRole, AgencyKind, Art6, Art9, CannotReason,
    ConfidentialityBasis, ConsentAct, ConsentCapacity, ConsentDecision, ConsentPosition, CopyHow, CopyMark,
    CopyWithheldReason, Explained, FormPart, Manner, ParentsInvolved, PracticeBasis, PublicInterestGround,
    Purpose, Relationship, SignatureKind, UnderstandingJudgement, Urgency, WhyNotAsked, WithdrawalEffect,
    YesNo,
};

use super::Lists;

pub(super) fn lists() -> Lists {
    let mut lists = lists_of_codes();
    // What is no list of codes but tells the kinds of a thing apart, each with fields of its own.
    lists.insert(("sharing-common", "person/is"), vec!["child", "adult"]);
    lists
}

fn lists_of_codes() -> Lists {
    lists! {
        "advice.asked" "data/askedOf/role" AdviserRole,
        "advice.given" "data/answer" AdviceAnswer,
        "advice.given" "data/role" AdviserRole,
        "consent.withdrawn" "data/effect" WithdrawalEffect,
        "delivery.acknowledged" "data/outcome" AcknowledgementOutcome,
        "delivery.acknowledged" "data/reasonCode" CannotReason,
        "family.copy-made" "data/howGiven" CopyHow,
        "family.copy-made" "data/marksLeftOut" CopyMark,
        "family.copy-made" "data/withheldReason" CopyWithheldReason,
        "consent.recorded" "data/acts" ConsentAct,
        "consent.recorded" "data/capacity" ConsentCapacity,
        "consent.recorded" "data/decision" ConsentDecision,
        "consent.recorded" "data/evidence/signature" SignatureKind,
        "consent.recorded" "data/explained" Explained,
        "consent.recorded" "data/liaisedWithParents/liaised" YesNo,
        "consent.recorded" "data/manner/kind" Manner,
        "consent.recorded" "data/understanding/childHeard/heard" YesNo,
        "consent.recorded" "data/understanding/judgement" UnderstandingJudgement,
        "consent.recorded" "data/understanding/parentsInvolved" ParentsInvolved,
        "consent.recorded" "data/withdrawal/effect" WithdrawalEffect,
        "consent.recorded" "data/withdrawal/riskConsidered" YesNo,
        "sharing-common" "agencyKind" AgencyKind,
        "sharing-common" "consentPosition" ConsentPosition,
        "sharing-common" "ground" PublicInterestGround,
        "sharing-common" "lawfulBasis/art6" Art6,
        "sharing-common" "lawfulBasis/art9" Art9,
        "sharing-common" "lawfulBasis/confidentialityBasis" ConfidentialityBasis,
        "sharing-common" "lawfulBasis/crimeData" YesNo,
        "sharing-common" "part" FormPart,
        "sharing-common" "practiceBasis" PracticeBasis,
        "sharing-common" "purpose" Purpose,
        "sharing-common" "relationship" Relationship,
        "sharing-common" "urgency" Urgency,
        "sharing-common" "whyNotAsked" WhyNotAsked,
    }
}
