//! A request that was refused because the family, or advice, had to be asked first: once it may pass, who asked is told
//! to ask again, by a new message, which is decided anew (G2).
//!
//! Whether it may is looked at by a timer, that whatever may let it pass sets. The look waits for the requests that are
//! being decided, so that it sees what they leave waiting (`store::awaited`).

use deciding::{Outcome, Stage};
use kit::Message;
use kit::handler::Notice;
use schemas::{
    About, Asked, ChildRef, Holder, OwnBasis, ReminderKind, ReminderRef, ReminderRole, ShareRequested,
    Subject, To,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::reminders::remind;
use super::sharing::State;
use crate::rules::awaited::{self, Awaited};
use crate::rules::changes::Changes;
use crate::rules::entitled::holders;
use crate::rules::judge::{Bench, Law, Piece, Towards};

/// What may wait: by consent, for what is about the child.
pub(super) fn waits(
    state: &mut State,
    message: &Message,
    data: &ShareRequested,
    (share, record): (Uuid, ChildRef),
    own: Option<ChildRef>,
) {
    let (Asked::Parts(parts), OwnBasis::Consent, Some(own)) = (&data.asked, &data.basis, own) else {
        return;
    };
    let asked = awaited::Asked {
        agency: message.sender.clone(),
        record: own,
        local_ref: data.local_ref.clone(),
        purpose: data.purpose,
        parts: parts.clone(),
        recipients: data.named_recipients.iter().cloned().map(To::Practitioner).collect(),
    };
    state.changes.awaited.push(Awaited { share, record, asked });
}

/// Of what waits what may pass now: it waits no more.
pub(super) fn passes(
    law: &Law<'_>,
    waiting: Vec<Awaited>,
    changes: &mut Changes,
    now: OffsetDateTime,
) -> (Vec<Notice>, Vec<Awaited>) {
    let (passing, waiting): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|one| may_pass(law, one, now));
    let mut notices = Vec::new();
    for Awaited { share, asked, .. } in passing {
        let reference = ReminderRef::Statement(asked.local_ref.clone());
        let kind = ReminderKind::AskAgain;
        let told = remind(law.world, &asked.agency, kind, reference, ReminderRole::Owner, now);
        notices.push(told.about(Some(asked.record)));
        changes.passes.push((share, now));
    }
    (notices, waiting)
}

/// Whether anything of it may pass, and its asker may still know of the holder (G5).
fn may_pass(law: &Law<'_>, one: &Awaited, now: OffsetDateTime) -> bool {
    let asker = law.world.active(&one.asked.agency);
    let Some((asker, record)) = asker.zip(law.world.record(one.record)) else {
        return false;
    };
    let (subject, named) = (Subject::Child(one.asked.record), Holder::Agency(record.child.agency_id.clone()));
    let entitled = holders(law.world, asker, &subject, &named, now);
    let Some(entitled) = entitled.into_iter().find(|found| found.record.child.record == one.record) else {
        return false;
    };
    let consents = law.world.consents(record);
    let then = consents.at(now);
    let bench = Bench::new(law, &then, (record, entitled.agency), Stage::Request);
    let parts = one.asked.parts.iter();
    let pieces: Vec<Piece<'_>> = parts.map(|part| Piece::asked(*part, &About::Child)).collect();
    one.asked.recipients.iter().any(|to| {
        let towards = Towards { agency: asker, to, purpose: one.asked.purpose, basis: &OwnBasis::Consent };
        !bench.decide(&towards, &pieces).with(Outcome::Share).is_empty()
    })
}
