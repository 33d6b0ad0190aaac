//! What a statement names (D-C5): what is not named is not covered, and exclusion beats inclusion.

use std::collections::BTreeSet;

use schemas::{AgencyId, AgencyKind, ConsentAct, FormPart, Purpose, Sensitivity};
use serde::{Deserialize, Serialize};

use super::statement::{AdultKey, PersonKey};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    pub agencies: Agencies,
    pub parts: Parts,
    /// Empty: all that fit the act.
    pub purposes: BTreeSet<Purpose>,
    /// Whose information; empty as [`super::statement::Statement`] says.
    pub about: BTreeSet<PersonKey>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Agencies {
    pub named: BTreeSet<AgencyId>,
    pub kinds: BTreeSet<AgencyKind>,
    pub excluded: BTreeSet<AgencyId>,
    pub excluded_kinds: BTreeSet<AgencyKind>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parts {
    pub included: Included,
    pub excluded: BTreeSet<FormPart>,
    /// What stands in a part about somebody.
    pub items_excluded: Vec<(FormPart, About)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Included {
    All,
    These(BTreeSet<FormPart>),
}

impl Default for Included {
    fn default() -> Self {
        Self::These(BTreeSet::new())
    }
}

/// Whom an item is about (D-C8). Who a sibling or another person is does not matter: nobody here can
/// agree for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum About {
    Child,
    Parent(AdultKey),
    Sibling,
    OtherPerson,
}

impl About {
    /// A parent whose name is written otherwise is not told apart: an exclusion fails closed.
    fn may_be(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Parent(one), Self::Parent(other)) => one.relationship == other.relationship,
            (Self::Child, Self::Child)
            | (Self::Sibling, Self::Sibling)
            | (Self::OtherPerson, Self::OtherPerson) => true,
            (Self::Child | Self::Parent(_) | Self::Sibling | Self::OtherPerson, _) => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    pub agency: AgencyId,
    pub kind: AgencyKind,
    pub sensitivity: Sensitivity,
}

/// What may be released to whom for what: one item of one part.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Who has the information.
    pub holder: &'a AgencyId,
    pub recipient: &'a Recipient,
    pub part: FormPart,
    pub about: &'a About,
    pub act: ConsentAct,
    pub purpose: Purpose,
}

impl Question<'_> {
    pub(super) fn is_to_caf_team(&self) -> bool {
        self.recipient.kind == AgencyKind::CafTeam
    }
}

/// The act to which a release for this purpose needs agreement (D-C1).
#[must_use]
pub const fn act_for(purpose: Purpose) -> ConsentAct {
    match purpose {
        Purpose::HandOverLead => ConsentAct::HandoverToNewLead,
        Purpose::AssessNeed
        | Purpose::AvoidDuplicateAssessment
        | Purpose::FindLeadOrKeyWorker
        | Purpose::AgreeOrDeliverPlan
        | Purpose::ReviewPlan
        | Purpose::ReferForService
        | Purpose::StepUpChildInNeed
        | Purpose::StepDown
        | Purpose::SafeguardingEnquiry
        | Purpose::UrgentProtection
        | Purpose::TransitionToAdult
        | Purpose::MoveOfSchoolOrArea
        | Purpose::CourtOrLegalDuty
        | Purpose::SubjectRights
        | Purpose::QualityCheck
        | Purpose::DataCorrection => ConsentAct::StoreAndShare,
    }
}

/// Who agreed to share for support did not agree to an enquiry or to proceedings: those purposes must be
/// named (D-C2).
const fn fits_unnamed(purpose: Purpose) -> bool {
    !matches!(purpose, Purpose::SafeguardingEnquiry | Purpose::UrgentProtection | Purpose::CourtOrLegalDuty)
}

/// How a scope meets a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meets {
    Named,
    NotNamed,
    ExcludedAgency,
    ExcludedPart,
}

impl Scope {
    pub(super) fn meets(&self, question: &Question) -> Meets {
        if self.agencies.exclude(question.recipient) {
            return Meets::ExcludedAgency;
        }
        if self.parts.exclude(question.part, question.about) {
            return Meets::ExcludedPart;
        }
        let for_purpose = if self.purposes.is_empty() {
            fits_unnamed(question.purpose)
        } else {
            self.purposes.contains(&question.purpose)
        };
        if for_purpose && self.agencies.name(question.recipient) && self.parts.include(question.part) {
            Meets::Named
        } else {
            Meets::NotNamed
        }
    }

    /// Of a refusal or withdrawal: whatever it lists, in whatever list, it takes away; where it lists
    /// nothing, all.
    pub(super) fn takes(&self, question: &Question) -> bool {
        let purposes = self.purposes.is_empty() || self.purposes.contains(&question.purpose);
        purposes && self.agencies.take(question.recipient) && self.parts.take(question.part, question.about)
    }
}

impl Agencies {
    fn exclude(&self, recipient: &Recipient) -> bool {
        self.excluded.contains(&recipient.agency) || self.excluded_kinds.contains(&recipient.kind)
    }

    /// A kind does not name an agency that is sensitive where its kind is not: nobody who agrees to
    /// surgeries thinks of the clinic that one of them runs (D-I6).
    fn name(&self, recipient: &Recipient) -> bool {
        let by_kind = recipient.sensitivity == Sensitivity::Ordinary || recipient.kind.default_sensitive();
        self.named.contains(&recipient.agency) || (by_kind && self.kinds.contains(&recipient.kind))
    }

    fn take(&self, recipient: &Recipient) -> bool {
        let listed = self.named.contains(&recipient.agency) || self.kinds.contains(&recipient.kind);
        let nothing = self.named.is_empty()
            && self.kinds.is_empty()
            && self.excluded.is_empty()
            && self.excluded_kinds.is_empty();
        nothing || listed || self.exclude(recipient)
    }
}

impl Parts {
    fn exclude(&self, part: FormPart, about: &About) -> bool {
        let item = |(of, whom): &(FormPart, About)| *of == part && whom.may_be(about);
        self.excluded.contains(&part) || self.items_excluded.iter().any(item)
    }

    /// All the form: what is attached to it, or was never of it, is named or not covered.
    fn include(&self, part: FormPart) -> bool {
        match &self.included {
            Included::All => !matches!(part, FormPart::Attachment | FormPart::RecordExtract),
            Included::These(parts) => parts.contains(&part),
        }
    }

    fn take(&self, part: FormPart, about: &About) -> bool {
        let listed = match &self.included {
            Included::All => true,
            Included::These(parts) => {
                let nothing = parts.is_empty() && self.excluded.is_empty() && self.items_excluded.is_empty();
                nothing || parts.contains(&part)
            }
        };
        listed || self.exclude(part, about)
    }
}
