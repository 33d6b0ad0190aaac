//! A request that was refused because the family, or advice, had to be asked first: once it may pass, who asked is told
//! to ask again, by a new message, which is decided anew (G2).

use deciding::{Advice, Judged, Outcome, Stage};
use kit::Message;
use kit::handler::Notice;
use schemas::{
    About, Asked, Holder, OwnBasis, ReminderKind, ReminderRef, ReminderRole, ShareRequested, Subject, YesNo,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::sharing::State;
use crate::rules::awaited::{self, Awaited};
use crate::rules::entitled::holders;
use crate::rules::judge::{Bench, Piece, Towards};
use crate::rules::world::Record;

/// What may wait: by consent, for what is about the child.
pub(super) fn of(
    message: &Message,
    data: &ShareRequested,
    share: Uuid,
    own: Option<schemas::ChildRef>,
    record: &Record,
) -> Option<Awaited> {
    let (Asked::Parts(parts), OwnBasis::Consent) = (&data.asked, &data.basis) else {
        return None;
    };
    let asked = awaited::Asked {
        agency: message.sender.clone(),
        record: own?,
        local_ref: data.local_ref.clone(),
        purpose: data.purpose,
        parts: parts.clone(),
        recipients: data.named_recipients.iter().cloned().map(schemas::To::Practitioner).collect(),
    };
    Some(Awaited { share, record: record.child.record, asked })
}

impl State {
    /// Later messages of the batch see it.
    pub(super) fn keep_waiting(&mut self, one: Option<Awaited>) {
        self.awaited.extend(one.clone());
        self.changes.awaited.extend(one);
    }
}

/// What waited for these holders, and may pass now.
pub(super) fn passes(state: &mut State, governed: &[Record], now: OffsetDateTime) -> Vec<Notice> {
    let is_of = |one: &&Awaited| governed.iter().any(|record| record.child.record == one.record);
    let passing = |one: &&Awaited| may_pass(state, one, now);
    let found: Vec<Awaited> = state.awaited.iter().filter(is_of).filter(passing).cloned().collect();
    let mut notices = Vec::new();
    for Awaited { share, asked, .. } in found {
        let reference = ReminderRef::Statement(asked.local_ref.clone());
        let kind = ReminderKind::AskAgain;
        let told = state.remind(&asked.agency, kind, reference, ReminderRole::Owner, now);
        notices.push(told.about(Some(asked.record)));
        state.awaited.retain(|one| one.share != share);
        state.changes.passes.push((share, now));
    }
    notices
}

/// Whether anything of it may pass, and its asker may still know of the holder (G5).
fn may_pass(state: &State, one: &Awaited, now: OffsetDateTime) -> bool {
    let asker = state.world.active(&one.asked.agency);
    let Some((asker, record)) = asker.zip(state.world.record(one.record)) else {
        return false;
    };
    let (subject, named) = (Subject::Child(one.asked.record), Holder::Agency(record.child.agency_id.clone()));
    let entitled = holders(&state.world, asker, &subject, &named, now);
    let Some(entitled) = entitled.into_iter().find(|found| found.record.child.record == one.record) else {
        return false;
    };
    let consents = state.consents(record);
    let then = consents.at(now);
    let bench = Bench {
        world: &state.world,
        rules: &state.rules,
        people: &state.people,
        consents: &then,
        record,
        holder: entitled.agency,
        stage: Stage::Request,
        judged: Judged::NotJudged,
        advice: Advice::None,
        more_detrimental: YesNo::No,
    };
    let parts = one.asked.parts.iter();
    let pieces: Vec<Piece<'_>> = parts.map(|part| Piece::asked(*part, &About::Child)).collect();
    one.asked.recipients.iter().any(|to| {
        let towards = Towards { agency: asker, to, purpose: one.asked.purpose, basis: &OwnBasis::Consent };
        !bench.decide(&towards, &pieces).with(Outcome::Share).is_empty()
    })
}
