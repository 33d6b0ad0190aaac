//! What a decision is made on. Whoever asks derives the facts; the policies weigh them.
//!
//! The words of each list are the ones that policies and example cases use.

use schemas::{
    AdviceAnswer, AgencyId, AgencyKind, ConsentPosition, ElectronicRecording, FormPart, PracticeBasis,
    PublicInterestGround, Purpose, Restriction, YesNo,
};
use serde::{Deserialize, Serialize};

/// A closed list of one fact: the enum and its words.
macro_rules! fact {
    ($(#[$meta:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$of])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// The whole list, in its order.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word in policies and cases.
            #[must_use]
            pub const fn as_str(&self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

fact!(
    /// Where the exchange stands with it.
    Stage {
        /// Somebody asks; the holder has not been told.
        Request = "request",
        /// The holder has sent the content, asked or unasked.
        Release = "release",
    }
);

fact!(
    /// Whether a named practitioner of the holder has judged this release (D-S5).
    Judged {
        ByHolder = "by-holder",
        NotJudged = "not-judged",
    }
);

fact!(
    /// Who is to receive it (D-A2).
    Standing {
        /// A practitioner on the register, active, with the check.
        Checked = "checked",
        CheckMissing = "check-missing",
        /// Not on the register of the agency, or has left, or is suspended.
        NotRegistered = "not-registered",
        /// Nobody by name: the duty desk of an active agency.
        DutyDesk = "duty-desk",
        AgencyRevoked = "agency-revoked",
    }
);

fact!(
    /// What the consents in force say of this recipient and this item. Where several apply, the first in
    /// this order is the fact.
    ConsentFact {
        /// D-C4: by the child, who understands, or the young person.
        CompetentRefusal = "competent-refusal",
        Refused = "refused",
        Withdrawn = "withdrawn",
        ExcludedAgency = "excluded-agency",
        /// The part, or the item of it.
        ExcludedPart = "excluded-part",
        /// D-C6: persons of equal standing disagree.
        Conflict = "conflict",
        /// D-C3: whoever agreed could not: a carer without parental responsibility, a parent after the 18th birthday.
        WrongPerson = "wrong-person",
        /// D-C2: not explained in full, oral and not signed for, capacity not recorded.
        NotValid = "not-valid",
        /// A statement of another agency that nobody has acknowledged or confirmed yet.
        UnconfirmedWidening = "unconfirmed-widening",
        PastReview = "past-review",
        /// D-C1: agreed to something, but not to storing and sharing.
        OtherAct = "other-act",
        /// Recorded as not asked for, with a reason.
        NotAsked = "not-asked",
        /// No statement at all.
        None = "none",
        /// The recipient, the part or the purpose stands in no consent.
        NotNamed = "not-named",
        Covered = "covered",
    }
);

fact!(
    /// Whom the item is about (D-C8). A parent is an adult.
    AboutWhom {
        Child = "child",
        Adult = "adult",
        Sibling = "sibling",
        Other = "other",
    }
);

fact!(
    /// Whether the person an item is about has agreed.
    AboutConsent {
        Covered = "covered",
        NotCovered = "not-covered",
        /// It is about the child.
        NotNeeded = "not-needed",
    }
);

fact!(
    /// Would this tell somebody of a sensitive service who may not know of it (D-I6)? The request tells the holder who
    /// asks; the content tells the recipient from whom it comes.
    SensitiveService {
        NotConcerned = "not-concerned",
        /// It would, and they may know.
        Covered = "covered",
        NotCovered = "not-covered",
    }
);

fact!(
    /// What an adviser said (D-S8).
    Advice {
        None = "none",
        /// Asked, and not answered yet.
        Asked = "asked",
        Share = "share",
        ShareLimited = "share-limited",
        DoNotShare = "do-not-share",
        ReferSafeguarding = "refer-safeguarding",
    }
);

impl From<AdviceAnswer> for Advice {
    fn from(answer: AdviceAnswer) -> Self {
        match answer {
            AdviceAnswer::Share => Self::Share,
            AdviceAnswer::ShareLimited => Self::ShareLimited,
            AdviceAnswer::DoNotShare => Self::DoNotShare,
            AdviceAnswer::ReferSafeguarding => Self::ReferSafeguarding,
        }
    }
}

/// All that is known of one part (or of those of its items that share these facts) for one recipient.
///
/// Two things are not given but worked out, so that nobody has to be believed: whether the purpose needs the part
/// (`purposes.toml`), and whether it is protection ([`Facts::protection`]).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Facts {
    pub stage: Stage,
    pub recipient: AgencyId,
    pub recipient_kind: AgencyKind,
    /// It is the CAF team of the child's area. Records of before this was a fact do not say so.
    #[serde(default = "no")]
    pub own_team: YesNo,
    pub standing: Standing,
    pub part: FormPart,
    pub purpose: Purpose,
    pub basis: PracticeBasis,
    /// Of the public interest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<PublicInterestGround>,
    pub judged: Judged,
    /// Reasons are given (D-S7).
    pub reasons: YesNo,
    /// Where the basis is not consent: how the judging practitioner says that consent stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_position: Option<ConsentPosition>,
    pub consent: ConsentFact,
    /// None: nobody was asked about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub electronic_recording: Option<ElectronicRecording>,
    pub about: AboutWhom,
    pub about_consent: AboutConsent,
    /// Yes when nothing is said (D-S6).
    pub confidential: YesNo,
    /// A mark of the item names the recipient.
    pub not_for: YesNo,
    /// It tells who informed.
    pub informant: YesNo,
    pub sensitive_service: SensitiveService,
    pub restriction: Restriction,
    /// The recipient may see the restricted record.
    pub cleared: YesNo,
    pub advice: Advice,
    /// The holder judges that sharing would do the child more harm than not sharing.
    pub more_detrimental: YesNo,
}

const fn no() -> YesNo {
    YesNo::No
}

impl Facts {
    /// D-S1: a purpose of protection, or a public interest in protecting somebody from harm. A claim alone releases
    /// nothing: the policies ask who judged it.
    #[must_use]
    pub fn protection(&self) -> YesNo {
        let by_purpose = matches!(self.purpose, Purpose::SafeguardingEnquiry | Purpose::UrgentProtection);
        let by_ground = self.basis == PracticeBasis::PublicInterest && self.ground.is_some_and(protects);
        if by_purpose || by_ground { YesNo::Yes } else { YesNo::No }
    }
}

/// MG 4.22, 4.23: harm to a child or serious harm to an adult, known, likely or to be prevented.
const fn protects(ground: PublicInterestGround) -> bool {
    match ground {
        PublicInterestGround::EvidenceChildSufferingSignificantHarm
        | PublicInterestGround::EvidenceChildAtRiskOfSignificantHarm
        | PublicInterestGround::ReasonableCauseSuffering
        | PublicInterestGround::ReasonableCauseAtRisk
        | PublicInterestGround::PreventSignificantHarmToChildren
        | PublicInterestGround::PreventSeriousHarmToAdult
        | PublicInterestGround::PreventDetectProsecuteSeriousCrime => true,
        PublicInterestGround::SomeSharingToDecideOnMore | PublicInterestGround::OtherJudgedOnTheFacts => {
            false
        }
    }
}
