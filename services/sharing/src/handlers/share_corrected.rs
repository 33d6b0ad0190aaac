//! `share.corrected`: parts of what was sent were wrong. Whoever got one of them is told so, and gets what is right, if
//! that may pass to them as consent and the rules stand now; on the basis, and for the purpose, of what they got (D-S6).

use std::collections::BTreeSet;

use kit::Message;
use kit::handler::{Notice, Outcome};
use kit::moment::not_in_future;
use schemas::{
    AgencyNow, DecisionId, FormPart, MessageId, PartContent, ShareCorrected, ShareCorrectionTold,
    ShareDelivered, Urgency,
};
use time::OffsetDateTime;

use super::asked_back::{Lost, ask_back};
use super::release::{Gone, Letter, Sent, Whom, each_once};
use super::sharing::{Fresh, Ids, State};
use crate::error::Refusal;
use crate::rules::earlier::{Earlier, Stands};

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &ShareCorrected,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    not_in_future(data.happened_on, now, "/data/happenedOn")?;
    let holder = state.sender(message)?;
    state.at_work(&holder.agency_id, &data.practitioner.id, "/data/practitioner/id")?;
    each_once(&data.parts)?;
    let earlier = state.earlier(message, &data.share)?;
    let own = earlier.iter().find_map(|one| one.record);
    if state.note(message, ShareCorrected::TYPE, &data.local_ref, data) == Fresh::Known {
        return Ok(Outcome::recorded(own));
    }
    let corrected: BTreeSet<FormPart> = data.parts.iter().map(|part| part.part).collect();
    let mut ids = state.ids(message);
    let (mut notices, mut released) = (Vec::new(), Vec::new());
    for received in Received::of(&earlier, &corrected) {
        let correction = Correction { message, data, holder: &holder, now };
        let gone = correction.goes_to(state, &received, &mut ids);
        notices.extend(gone.notice);
        released.extend(gone.released);
    }
    Ok(Outcome::Recorded { child: own, notices, released })
}

/// What one recipient got of the corrected parts, on one basis and for one purpose.
struct Received<'a> {
    first: &'a Earlier,
    deliveries: Vec<MessageId>,
    parts: BTreeSet<FormPart>,
}

impl<'a> Received<'a> {
    fn of(earlier: &'a [Earlier], corrected: &BTreeSet<FormPart>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        // What was corrected before is corrected again with what it corrected.
        let corrects = |one: &&Earlier| one.kind == ShareDelivered::TYPE && one.stands == Stands::Sent;
        for one in earlier.iter().filter(corrects) {
            let parts: BTreeSet<FormPart> = one.parts.intersection(corrected).copied().collect();
            if parts.is_empty() {
                continue;
            }
            let alike = |known: &&mut Self| {
                let known = known.first;
                (&known.recipient, &known.to, known.share) == (&one.recipient, &one.to, one.share)
                    && (known.purpose, &known.basis) == (one.purpose, &one.basis)
            };
            match all.iter_mut().find(alike) {
                Some(known) => {
                    known.deliveries.push(one.id);
                    known.parts.extend(parts);
                }
                None => all.push(Self { first: one, deliveries: vec![one.id], parts }),
            }
        }
        all
    }
}

struct Correction<'a> {
    message: &'a Message,
    data: &'a ShareCorrected,
    holder: &'a AgencyNow,
    now: OffsetDateTime,
}

impl Correction<'_> {
    fn goes_to(&self, state: &mut State, received: &Received<'_>, ids: &mut Ids) -> Gone {
        let first = received.first;
        let record = first.record.and_then(|record| state.world.record(record)).cloned();
        let agency = state.world.agencies.get(&first.recipient).cloned();
        let (Some(record), Some(agency)) = (record, agency) else {
            // Both were known when it went out, and neither is ever taken off.
            return Gone::default();
        };
        state.changes.corrected.extend(&received.deliveries);
        let got = |part: &&PartContent| received.parts.contains(&part.part);
        let parts: Vec<PartContent> = self.data.parts.iter().filter(got).cloned().collect();
        let sent = Sent {
            message: self.message,
            // A recall reaches what was corrected, too.
            local_ref: &self.data.share,
            holder: self.holder,
            record: &record,
            parts: &parts,
            judged_by: &self.data.practitioner.id,
            lawful: &first.lawful,
            family_told: first.family_told.clone(),
            letter: Letter::Correction { of: &received.deliveries },
            urgency: Urgency::Soon,
            share: first.share,
            request: None,
            advice: state.advice(first.share),
            more_detrimental: state.more_detrimental(first.share, self.data.happened_on),
            now: self.now,
        };
        let whom = Whom {
            agency: &agency,
            to: first.to.clone(),
            purpose: first.purpose,
            basis: &first.basis,
            only: None,
            whole: true,
        };
        let consents = state.world.consents(&record);
        let gone = sent.release(state, &consents.at(self.now), &whom, ids);
        if gone.notice.is_some() {
            return gone;
        }
        Gone { notice: self.is_told(state, received, ids), released: None }
    }

    /// That it is wrong, where nothing that is right may pass.
    fn is_told(&self, state: &mut State, received: &Received<'_>, ids: &mut Ids) -> Option<Notice> {
        let decision = DecisionId::from_uuid(state.changes.decisions.last()?.id);
        let of = (received.first.recipient.clone(), received.deliveries.iter().copied().collect());
        let asked = (ShareCorrectionTold::TYPE, Lost::from([of]));
        let (world, changes) = (&state.world, &mut state.changes);
        let told = ask_back((world, changes), asked, (ids, self.now), |_, deliveries, ack_by| {
            let not_given = received.parts.iter().copied().collect();
            let (parts, caveats) = (Vec::new(), Vec::new());
            ShareCorrectionTold { deliveries, decision, parts, not_given, caveats, ack_by }
        });
        told.into_iter().next()
    }
}
