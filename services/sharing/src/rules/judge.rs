//! Derives the facts of each part for one recipient and has the policies weigh them (architecture "Deciding").

use std::collections::BTreeSet;

use deciding::{AboutWhom, Advice, Decision, Facts, Judged, Outcome, Rules};
use deciding::{SensitiveService, Stage, Standing};
use schemas::{
    About, AgencyNow, AgencyStanding, CheckState, Confidence, ElectronicRecording, FormPart, Item, NotFor,
    OwnBasis, PractitionerId, PractitionerStanding, Purpose, Restriction, Sensitivity, ShareDecision, To,
    YesNo,
};

use super::consent::{Question, Recipient, Shown, StatementVersion, Then, act_for};
use super::person::PersonKeys;
use super::world::{Record, World};

/// By what is decided.
#[derive(Clone, Copy, Debug)]
pub struct Law<'a> {
    pub world: &'a World,
    pub rules: &'a Rules,
    pub people: &'a PersonKeys,
}

/// What is the same for all parts of one share and one recipient.
#[derive(Debug)]
pub struct Bench<'a> {
    pub law: Law<'a>,
    /// What was agreed and refused of this child, as it holds for what the holder releases.
    pub consents: &'a Then<'a>,
    /// Of whom the information is: the holder's record.
    pub record: &'a Record,
    pub holder: &'a AgencyNow,
    pub stage: Stage,
    /// The practitioner who asks, or who releases; none: nobody is named to the other side.
    pub by: Option<&'a PractitionerId>,
    pub judged: Judged,
    pub advice: Advice,
    pub more_detrimental: YesNo,
}

/// To whom, for what, and on what basis.
#[derive(Debug)]
pub struct Towards<'a> {
    pub agency: &'a AgencyNow,
    pub to: &'a To,
    pub purpose: Purpose,
    pub basis: &'a OwnBasis,
}

/// One part, or the items of one that share their marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    pub part: FormPart,
    pub about: &'a About,
    pub confidence: Confidence,
    pub not_for: &'a [NotFor],
    pub informant: YesNo,
    /// Their places in the part that was sent; none while nothing was sent yet.
    pub items: Vec<usize>,
}

/// What is the same for all pieces that go to one recipient, worked out once.
struct Common {
    recipient: Recipient,
    own_team: YesNo,
    standing: Standing,
    recording: Option<ElectronicRecording>,
    sensitive_service: SensitiveService,
    restriction: Restriction,
}

/// What was decided of one piece, and on what facts.
#[derive(Clone, Debug)]
pub struct Case {
    pub facts: Facts,
    pub decision: Decision,
    pub items: Vec<usize>,
}

/// What was decided for one recipient.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub cases: Vec<Case>,
    /// The statements of consent that what is shared rests on.
    pub consents: BTreeSet<StatementVersion>,
    /// Those by which anything was decided, for the record (D-S7): what was refused was refused by one, too.
    pub weighed: BTreeSet<StatementVersion>,
}

impl<'a> Piece<'a> {
    /// A part that is asked for: of its items nothing is known, so that it counts as about the child, and as
    /// confidential (MG 4.19).
    #[must_use]
    pub const fn asked(part: FormPart, about: &'a About) -> Self {
        let (confidence, informant) = (Confidence::Confidential, YesNo::No);
        Self { part, about, confidence, not_for: &[], informant, items: Vec::new() }
    }

    /// The items of a part, those with equal marks together.
    #[must_use]
    pub fn of_items(part: FormPart, items: &'a [Item]) -> Vec<Self> {
        let mut pieces: Vec<Self> = Vec::new();
        for (place, item) in items.iter().enumerate() {
            let piece = Self {
                part,
                about: &item.content.about,
                confidence: item.content.confidence(),
                not_for: &item.not_for,
                informant: item.content.identifies_informant,
                items: Vec::new(),
            };
            let alike = |known: &&mut Self| Self { items: Vec::new(), ..(*known).clone() } == piece;
            match pieces.iter_mut().find(alike) {
                Some(known) => known.items.push(place),
                None => pieces.push(Self { items: vec![place], ..piece }),
            }
        }
        pieces
    }
}

impl<'a> Bench<'a> {
    /// Before anybody judged or advised.
    #[must_use]
    pub const fn new(
        law: &Law<'a>,
        consents: &'a Then<'a>,
        (record, holder): (&'a Record, &'a AgencyNow),
        stage: Stage,
    ) -> Self {
        let (judged, advice, more_detrimental) = (Judged::NotJudged, Advice::None, YesNo::No);
        Self { law: *law, consents, record, holder, stage, by: None, judged, advice, more_detrimental }
    }
}

impl Bench<'_> {
    /// Decides all pieces for one recipient.
    #[must_use]
    pub fn decide(&self, towards: &Towards<'_>, pieces: &[Piece<'_>]) -> Verdict {
        let (mut consents, mut weighed) = (BTreeSet::new(), BTreeSet::new());
        let common = Common {
            recipient: recipient(towards.agency),
            own_team: yes_if(self.law.world.is_own_team(towards.agency, (self.holder, self.record))),
            standing: self.standing(towards),
            recording: self.law.world.electronic_recording(self.record, self.consents),
            sensitive_service: self.sensitive_service(towards),
            restriction: self.restriction(),
        };
        let cases = pieces
            .iter()
            .map(|piece| {
                let (facts, rests_on) = self.facts(towards, &common, piece);
                let decision = self.law.rules.decide(&facts);
                if decision.outcome == Outcome::Share {
                    consents.extend(rests_on.iter().cloned());
                }
                weighed.extend(rests_on);
                Case { facts, decision, items: piece.items.clone() }
            })
            .collect();
        Verdict { cases, consents, weighed }
    }

    fn facts(
        &self,
        towards: &Towards<'_>,
        common: &Common,
        piece: &Piece<'_>,
    ) -> (Facts, BTreeSet<StatementVersion>) {
        let about = self.law.people.about(piece.about);
        let question = Question {
            holder: &self.holder.agency_id,
            recipient: &common.recipient,
            part: piece.part,
            about: &about,
            act: act_for(towards.purpose),
            purpose: towards.purpose,
        };
        let coverage = self.consents.coverage(&question);
        let (about_consent, mut rests_on) = self.consents.about_consent(&question);
        rests_on.extend(coverage.rests_on);
        let (reasons, consent_position) = match towards.basis {
            OwnBasis::Consent => (YesNo::No, None),
            OwnBasis::WithoutConsent { consent, .. } => (YesNo::Yes, Some(consent.position())),
        };
        let facts = Facts {
            stage: self.stage,
            recipient: towards.agency.agency_id.clone(),
            recipient_kind: towards.agency.kind,
            own_team: common.own_team,
            standing: common.standing,
            part: piece.part,
            purpose: towards.purpose,
            basis: towards.basis.practice_basis(),
            ground: towards.basis.ground(),
            judged: self.judged,
            reasons,
            consent_position,
            consent: coverage.fact,
            electronic_recording: common.recording,
            about: about_whom(piece.about),
            about_consent,
            confidential: yes_if(piece.confidence == Confidence::Confidential),
            not_for: yes_if(piece.not_for.iter().any(|mark| is_for(mark, towards.agency))),
            informant: piece.informant,
            sensitive_service: common.sensitive_service,
            restriction: common.restriction,
            cleared: YesNo::No,
            advice: self.advice,
            more_detrimental: self.more_detrimental,
        };
        (facts, rests_on.into_iter().collect())
    }

    /// D-A2: the recipient's practitioner stands on the register of an agency that vouches for the check.
    fn standing(&self, towards: &Towards<'_>) -> Standing {
        if towards.agency.state != AgencyStanding::Active {
            return Standing::AgencyRevoked;
        }
        let To::Practitioner(id) = towards.to else {
            return Standing::DutyDesk;
        };
        let who = (towards.agency.agency_id.clone(), id.clone());
        let Some(known) = self.law.world.practitioners.get(&who) else {
            return Standing::NotRegistered;
        };
        match known.state {
            PractitionerStanding::Active => match known.check.as_ref().map(|check| check.state) {
                Some(CheckState::Held | CheckState::BeingRenewed) => Standing::Checked,
                Some(CheckState::NotHeld | CheckState::Suspended) | None => Standing::CheckMissing,
            },
            PractitionerStanding::OnLeave
            | PractitionerStanding::Left
            | PractitionerStanding::Suspended
            | PractitionerStanding::Unknown => Standing::NotRegistered,
        }
    }

    /// D-I6: a request tells the holder who asks, a release tells the recipient from whom it comes: to whom a consent
    /// shows the service, as to a lookup.
    fn sensitive_service(&self, towards: &Towards<'_>) -> SensitiveService {
        let (world, now) = (self.law.world, self.consents.moment());
        let (named, told) = match self.stage {
            Stage::Request => (towards.agency, self.holder),
            Stage::Release => (self.holder, towards.agency),
        };
        if !named.sensitive && !world.has_sensitive_work(&named.agency_id, self.record) {
            return SensitiveService::NotConcerned;
        }
        let own = match self.stage {
            Stage::Request => world.record_of(named, self.record, now),
            Stage::Release => Some(self.record),
        };
        if !named.sensitive && own.is_none_or(|own| !own.speaks_for_sensitive_service(self.by, now)) {
            return SensitiveService::NotConcerned;
        }
        let is_shown = |own: &Record| {
            let consents = world.consents(own);
            consents.at(now).shows(&named.agency_id, &recipient(told)) != Shown::No
        };
        if own.is_some_and(is_shown) { SensitiveService::Covered } else { SensitiveService::NotCovered }
    }

    fn restriction(&self) -> Restriction {
        self.law.world.restriction(self.record)
    }
}

/// An agency as a statement of consent names it.
#[must_use]
pub fn recipient(agency: &AgencyNow) -> Recipient {
    let sensitivity = if agency.sensitive { Sensitivity::Sensitive } else { Sensitivity::Ordinary };
    Recipient { agency: agency.agency_id.clone(), kind: agency.kind, sensitivity }
}

const fn yes_if(yes: bool) -> YesNo {
    if yes { YesNo::Yes } else { YesNo::No }
}

const fn about_whom(about: &About) -> AboutWhom {
    match about {
        About::Child => AboutWhom::Child,
        About::Parent { .. } => AboutWhom::Adult,
        About::Sibling { .. } => AboutWhom::Sibling,
        About::OtherPerson { .. } => AboutWhom::Other,
    }
}

/// LG 3.10: whether a mark names this recipient. What is not for the child or a person of the family is theirs who
/// hand it on: it travels as a caveat.
fn is_for(mark: &NotFor, recipient: &AgencyNow) -> bool {
    match mark {
        NotFor::Agency { agency_id } => *agency_id == recipient.agency_id,
        NotFor::AgencyKind { kind } => *kind == recipient.kind,
        NotFor::Child | NotFor::Person(_) => false,
    }
}

impl Verdict {
    /// The parts of which something is shared.
    #[must_use]
    pub fn shared(&self) -> BTreeSet<FormPart> {
        self.with(Outcome::Share)
    }

    /// The parts of which something came out so.
    #[must_use]
    pub fn with(&self, outcome: Outcome) -> BTreeSet<FormPart> {
        let of = self.cases.iter().filter(|case| case.decision.outcome == outcome);
        of.map(|case| case.facts.part).collect()
    }

    /// Whether anything at all was held back.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.cases.iter().all(|case| case.decision.outcome == Outcome::Share)
    }

    /// All of it in one word: something shared is more than what waits, and what waits more than nothing (codes §6).
    #[must_use]
    pub fn outcome(&self) -> ShareDecision {
        let any = |outcome| self.cases.iter().any(|case| case.decision.outcome == outcome);
        if !self.cases.is_empty() && self.is_whole() {
            ShareDecision::Share
        } else if any(Outcome::Share) {
            ShareDecision::ShareInPart
        } else if any(Outcome::ReferredToHolder) {
            ShareDecision::ReferredToHolder
        } else if any(Outcome::PendingConsent) {
            ShareDecision::PendingConsent
        } else if any(Outcome::PendingAdvice) {
            ShareDecision::PendingAdvice
        } else {
            ShareDecision::DoNotShare
        }
    }
}
