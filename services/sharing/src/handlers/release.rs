//! A release to one recipient: decided part by part, recorded, and sent by the one door. The same for what was
//! asked for and for what is offered.

use deciding::{Advice, Judged, Outcome as Came, Stage, Standing};
use kit::Message;
use kit::handler::Notice;
use schemas::catalogue::AgencyQueue;
use schemas::{
    AgencyId, AgencyNow, Caveat, Day, DecisionId, DeliveredPart, FormPart, LawfulBasis, LocalRef, MessageId,
    MessageType, NotFor, OwnBasis, PartContent, PractitionerId, Purpose, Recipient, Referral, ReferralKind,
    Released, ShareCorrectionTold, ShareDecision, ShareDelivered, To, ToldCode, Urgency, WithheldCode, YesNo,
};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use time::OffsetDateTime;
use uuid::Uuid;

use super::sharing::{Ids, State};
use crate::error::Refusal;
use crate::rules::changes::{Plain, Private};
use crate::rules::consent::Then;
use crate::rules::deadline::{acknowledge_by, calendar};
use crate::rules::decision::{self, Decided, Delivered, Matter};
use crate::rules::judge::{Bench, Piece, Towards, Verdict};
use crate::rules::told::safety_note;
use crate::rules::watch::Watch;
use crate::rules::world::Record;

/// The policy by which parts that nobody asked for do not pass.
const NOT_NECESSARY: &str = "D-S6-not-necessary";

/// What a holder sent, and how it judged.
#[derive(Debug)]
pub(super) struct Sent<'a> {
    pub(super) message: &'a Message,
    pub(super) local_ref: &'a LocalRef,
    /// Whose information it is, and the holder's record of the child.
    pub(super) holder: &'a AgencyNow,
    pub(super) record: &'a Record,
    pub(super) parts: &'a [PartContent],
    pub(super) judged_by: &'a PractitionerId,
    pub(super) lawful: &'a LawfulBasis,
    pub(super) family_told: Option<Value>,
    pub(super) letter: Letter<'a>,
    pub(super) urgency: Urgency,
    pub(super) share: Uuid,
    /// The asker's own message, and who it was that asked.
    pub(super) request: Option<(MessageId, PractitionerId)>,
    pub(super) advice: Advice,
    pub(super) more_detrimental: YesNo,
    pub(super) now: OffsetDateTime,
}

/// How it goes out.
#[derive(Clone, Copy, Debug)]
pub(super) enum Letter<'a> {
    Delivery {
        accuracy_as_of: Day,
        caveats: &'a [Caveat],
        referral: Option<&'a Referral>,
    },
    /// In the place of parts of these.
    Correction {
        of: &'a [MessageId],
    },
}

/// To whom, for what, on what basis; and, of what was asked for with consent, which parts.
#[derive(Debug)]
pub(super) struct Whom<'a> {
    pub(super) agency: &'a AgencyNow,
    pub(super) to: To,
    pub(super) purpose: Purpose,
    pub(super) basis: &'a OwnBasis,
    pub(super) only: Option<&'a [FormPart]>,
    /// Whether all that was asked for may come: then nothing more need be said.
    pub(super) whole: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Gone {
    pub(super) notice: Option<Notice>,
    pub(super) released: Option<Released>,
}

impl Sent<'_> {
    /// Decides for one recipient, records it, and releases what may pass.
    pub(super) fn release(&self, state: &mut State, then: &Then<'_>, whom: &Whom<'_>, ids: &mut Ids) -> Gone {
        let verdict = self.weigh(state, then, whom);
        // The desk has it already, by this message.
        let at_desk = state.changes.deliveries.iter().any(|sent| {
            (&sent.supplier, &sent.supplier_ref) == (&self.holder.agency_id, self.local_ref)
                && (&sent.recipient, sent.purpose) == (&whom.agency.agency_id, whom.purpose)
                && (&sent.to, sent.kind) == (&To::DutyDesk, self.letter.kind())
        });
        if at_desk && whom.to == To::DutyDesk {
            return Gone::default();
        }
        let to_desk = asks_for_desk(&verdict) && matches!(whom.to, To::Practitioner(_)) && !at_desk;
        let gone = self.carry_out(state, whom, &verdict, ids);
        if !to_desk {
            return gone;
        }
        // D-A2: protection does not wait for a practitioner's check: it goes to the agency's duty desk.
        let desk = Whom { to: To::DutyDesk, ..*whom };
        let verdict = self.weigh(state, then, &desk);
        self.carry_out(state, &desk, &verdict, ids)
    }

    /// An agency that is not on the register: nothing is weighed, and that is recorded.
    pub(super) fn reaches_nobody(&self, state: &mut State, recipient: &Recipient, ids: &mut Ids) {
        let parts: Vec<FormPart> = self.parts.iter().map(|part| part.part).collect();
        state.changes.decisions.push(Decided {
            id: ids.next(),
            decided_at: self.now,
            stage: Stage::Release,
            outcome: ShareDecision::DoNotShare,
            matter: self.matter(
                &recipient.agency_id,
                &recipient.person,
                (recipient.purpose, &recipient.basis),
            ),
            consents: BTreeSet::new(),
            cases: decision::not_registered(&parts),
            decided_by: None,
            supplied_by: Some(self.judged_by.clone()),
            told: None,
            family_told: self.family_told.clone(),
            private: None,
        });
    }

    fn matter(&self, recipient: &AgencyId, to: &To, (purpose, basis): (Purpose, &OwnBasis)) -> Matter {
        let (asked_by, practitioner) = match &self.request {
            Some((_, practitioner)) => (recipient.clone(), practitioner.clone()),
            None => (self.holder.agency_id.clone(), self.judged_by.clone()),
        };
        Matter {
            share: self.share,
            message: (self.message.sender.clone(), self.message.id),
            asked_by,
            practitioner,
            holder: Some(self.holder.agency_id.clone()),
            record: Some(self.record.child.record),
            recipient: recipient.clone(),
            to: to.clone(),
            purpose,
            basis: decision::basis(basis, Some(self.lawful)),
        }
    }

    fn weigh(&self, state: &State, then: &Then<'_>, whom: &Whom<'_>) -> Verdict {
        let judged = match whom.basis {
            // A practitioner of the holder answered, but it is the family's word that counts.
            OwnBasis::Consent => Judged::NotJudged,
            OwnBasis::WithoutConsent { .. } => Judged::ByHolder,
        };
        let before = Bench::new(&state.law(), then, (self.record, self.holder), Stage::Release);
        let (by, advice, more_detrimental) = (Some(self.judged_by), self.advice, self.more_detrimental);
        let bench = Bench { by, judged, advice, more_detrimental, ..before };
        let towards = Towards { agency: whom.agency, to: &whom.to, purpose: whom.purpose, basis: whom.basis };
        let allowed = |part: &&PartContent| whom.only.is_none_or(|only| only.contains(&part.part));
        let pieces: Vec<Piece<'_>> = self
            .parts
            .iter()
            .filter(allowed)
            .flat_map(|part| Piece::of_items(part.part, &part.items))
            .collect();
        bench.decide(&towards, &pieces)
    }

    fn carry_out(&self, state: &mut State, whom: &Whom<'_>, verdict: &Verdict, ids: &mut Ids) -> Gone {
        let id = ids.next();
        let parts = self.released(verdict);
        let asked_and_come = whom.whole && verdict.is_whole() && self.unasked(whom).is_empty();
        let told = match (parts.is_empty(), self.request.is_some(), asked_and_come) {
            (true, ..) => None,
            (false, true, false) => Some(ToldCode::SharedAsFarAsTheDecisionAllows),
            // Nobody asked: whoever is offered something need not know what more there is.
            (false, false, _) | (false, true, true) => Some(ToldCode::Shared),
        };
        self.record(state, whom, verdict, (id, told));
        let Some(told) = told else {
            return Gone::default();
        };
        let released: Vec<FormPart> = parts.iter().map(|part| part.part).collect();
        let notice = self.deliver(state, (whom, verdict), (id, told), parts, ids);
        let released = Released { agency_id: whom.agency.agency_id.clone(), parts: released };
        Gone { notice: Some(notice), released: Some(released) }
    }

    /// The items that may pass, in the order in which they were sent.
    fn released(&self, verdict: &Verdict) -> Vec<DeliveredPart> {
        let mut parts = Vec::new();
        for sent in self.parts {
            let of_part = verdict
                .cases
                .iter()
                .filter(|case| case.facts.part == sent.part && case.decision.outcome == Came::Share);
            let places: BTreeSet<usize> = of_part.flat_map(|case| case.items.iter().copied()).collect();
            let items = places.iter().filter_map(|place| sent.items.get(*place));
            let items: Vec<_> = items.map(|item| item.content.clone()).collect();
            if !items.is_empty() {
                parts.push(DeliveredPart { part: sent.part, items });
            }
        }
        parts
    }

    /// What the holder sent beyond what it was asked for with consent: not necessary for the purpose (D-S6).
    fn unasked(&self, whom: &Whom<'_>) -> Vec<FormPart> {
        let Some(only) = whom.only else {
            return Vec::new();
        };
        self.parts.iter().map(|part| part.part).filter(|part| !only.contains(part)).collect()
    }

    fn record(
        &self,
        state: &mut State,
        whom: &Whom<'_>,
        verdict: &Verdict,
        (id, told): (Uuid, Option<ToldCode>),
    ) {
        let mut cases = decision::cases(verdict);
        let unasked = self.unasked(whom);
        if !unasked.is_empty() {
            cases["unasked"] = json!({"parts": unasked, "code": WithheldCode::NotNecessaryForPurpose,
                                    "policies": [NOT_NECESSARY]});
        }
        let judged = match whom.basis {
            OwnBasis::Consent => None,
            OwnBasis::WithoutConsent { .. } => Some(self.judged_by.clone()),
        };
        let reasons = whom.basis.reasons();
        state.changes.decisions.push(Decided {
            id,
            decided_at: self.now,
            stage: Stage::Release,
            outcome: verdict.outcome(),
            matter: self.matter(&whom.agency.agency_id, &whom.to, (whom.purpose, whom.basis)),
            consents: verdict.weighed.clone(),
            cases,
            decided_by: judged,
            supplied_by: Some(self.judged_by.clone()),
            told,
            family_told: self.family_told.clone(),
            private: reasons.map(|reasons| self.private(state, json!({ "reasonsText": reasons }))),
        });
    }

    fn private(&self, state: &State, plain: Value) -> Private {
        let child = state.own_name(self.record.child.record);
        Private { agency: self.holder.agency_id.clone(), child, plain: Plain(plain) }
    }

    fn deliver(
        &self,
        state: &mut State,
        (whom, verdict): (&Whom<'_>, &Verdict),
        (decision, told_code): (Uuid, ToldCode),
        parts: Vec<DeliveredPart>,
        ids: &mut Ids,
    ) -> Notice {
        let ack_by = acknowledge_by(self.urgency, &calendar(whom.agency.authorities.first()), self.now);
        let id = ids.next();
        let items: Vec<_> = parts
            .iter()
            .flat_map(|part| part.items.iter().map(|item| (part.part, state.people.about(&item.about))))
            .collect();
        let to_child =
            state.world.record_of(whom.agency, self.record, self.now).map(|record| record.child.record);
        let notice = self
            .written((whom, verdict), (DecisionId::from_uuid(decision), told_code), parts, ack_by)
            .with_id(id)
            .about(to_child);
        let content = self.private(state, notice.data.clone());
        state.changes.deliveries.push(Delivered {
            id,
            kind: self.letter.kind(),
            decision,
            share: self.share,
            supplier: self.holder.agency_id.clone(),
            supplier_ref: self.local_ref.clone(),
            record: Some(self.record.child.record),
            recipient: whom.agency.agency_id.clone(),
            to_child,
            to: whom.to.clone(),
            purpose: whom.purpose,
            basis: whom.basis.practice_basis(),
            consents: verdict.consents.clone(),
            items,
            sent_at: self.now,
            ack_by,
            referral: self.letter.referral(),
            content,
        });
        state.changes.timers.push((Watch::Delivery(id).timer(), ack_by));
        notice
    }

    fn written(
        &self,
        (whom, verdict): (&Whom<'_>, &Verdict),
        (decision, told_code): (DecisionId, ToldCode),
        parts: Vec<DeliveredPart>,
        ack_by: OffsetDateTime,
    ) -> Notice {
        match self.letter {
            Letter::Delivery { accuracy_as_of, caveats, referral } => {
                let delivered = ShareDelivered {
                    decision,
                    request: self.request.as_ref().map(|(message, _)| *message),
                    told_code,
                    from: self.holder.shown_name.clone(),
                    purpose: whom.purpose,
                    to: whom.to.clone(),
                    parts,
                    caveats: self.caveats(caveats, verdict),
                    accuracy_as_of,
                    referral: referral.cloned(),
                    ack_by,
                    safety_note: safety_note(whom.agency),
                };
                self.notice(whom, &delivered)
            }
            Letter::Correction { of } => {
                let (deliveries, caveats) = (of.to_vec(), self.caveats(&[], verdict));
                let comes = |wrong: &FormPart| parts.iter().any(|part| part.part == *wrong);
                let wrong = self.parts.iter().map(|part| part.part);
                let not_given = wrong.filter(|wrong| !comes(wrong)).collect();
                let told = ShareCorrectionTold { deliveries, decision, parts, not_given, caveats, ack_by };
                self.notice(whom, &told)
            }
        }
    }

    /// LG 3.10: what an item is not for, travels with it.
    fn caveats(&self, own: &[Caveat], verdict: &Verdict) -> Vec<Caveat> {
        let mut all = own.to_vec();
        for case in verdict.cases.iter().filter(|case| case.decision.outcome == Came::Share) {
            let of_part = self.parts.iter().filter(|part| part.part == case.facts.part);
            let items = of_part.flat_map(|part| case.items.iter().filter_map(|place| part.items.get(*place)));
            for caveat in items.flat_map(|item| &item.not_for).filter_map(NotFor::caveat) {
                if !all.contains(&caveat) {
                    all.push(caveat);
                }
            }
        }
        all
    }

    fn notice(&self, whom: &Whom<'_>, data: &impl Serialize) -> Notice {
        Notice::new(whom.agency.agency_id.clone(), AgencyQueue::Inbox, self.letter.kind(), data)
    }
}

impl Letter<'_> {
    const fn kind(self) -> MessageType {
        match self {
            Self::Delivery { .. } => ShareDelivered::TYPE,
            Self::Correction { .. } => ShareCorrectionTold::TYPE,
        }
    }

    fn referral(self) -> Option<ReferralKind> {
        match self {
            Self::Delivery { referral, .. } => referral.map(|referral| referral.kind),
            Self::Correction { .. } => None,
        }
    }
}

/// Items stand by their places in a part, so that a part stands once.
pub(super) fn each_once(parts: &[PartContent]) -> Result<(), Refusal> {
    let mut known = BTreeSet::new();
    if parts.iter().all(|part| known.insert(part.part)) { Ok(()) } else { Err(Refusal::Twice("/data/parts")) }
}

/// Whether nothing passes for want of a practitioner with a check, though it is protection.
pub(super) fn asks_for_desk(verdict: &Verdict) -> bool {
    let held_up = |standing| matches!(standing, Standing::CheckMissing | Standing::NotRegistered);
    verdict.shared().is_empty()
        && verdict
            .cases
            .iter()
            .any(|case| case.facts.protection() == YesNo::Yes && held_up(case.facts.standing))
}
