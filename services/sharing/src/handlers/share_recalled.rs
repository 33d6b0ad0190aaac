//! `share.recalled`: the supplier calls back what should not have gone out. Everybody who got any of it is told, and
//! what to do with it.

use kit::Message;
use kit::handler::Outcome;
use kit::moment::not_in_future;
use schemas::{LocalRef, MessageType, ShareOffered, ShareRecallTold, ShareRecalled, ShareSupplied};
use time::OffsetDateTime;

use super::asked_back::{Lost, ask_back};
use super::sharing::{Fresh, State};
use crate::error::Refusal;
use crate::rules::earlier::{Earlier, Recalled, Stands};

/// What a supplier's own reference may name.
pub(super) const SENT: [MessageType; 2] = [ShareSupplied::TYPE, ShareOffered::TYPE];

pub(super) fn fold(
    state: &mut State,
    message: &Message,
    data: &ShareRecalled,
    now: OffsetDateTime,
) -> Result<Outcome, Refusal> {
    not_in_future(data.happened_on, now, "/data/happenedOn")?;
    let earlier = state.earlier(message, &data.share)?;
    let own = earlier.iter().find_map(|one| one.record);
    if state.note(message, ShareRecalled::TYPE, &data.local_ref, data) == Fresh::Known {
        return Ok(Outcome::recorded(own));
    }
    let mut lost = Lost::new();
    for one in &earlier {
        lost.entry(one.recipient.clone()).or_default().insert(one.id);
    }
    state.changes.recalls.push(Recalled {
        agency: message.sender.clone(),
        message: message.id,
        received_at: message.received_at,
        said: data.clone(),
        deliveries: earlier.iter().map(|one| one.id).collect(),
    });
    let (reason, instruction) = (data.reason, data.instruction);
    let mut ids = state.ids(message);
    let ids = (&mut ids, now);
    let (world, changes) = (&state.world, &mut state.changes);
    let asked = (ShareRecallTold::TYPE, lost);
    let notices = ask_back((world, changes), asked, ids, |_, deliveries, ack_by| ShareRecallTold {
        deliveries,
        reason,
        instruction,
        ack_by,
    });
    Ok(Outcome::told(own, notices))
}

impl State {
    /// What went out of what the sender names by its own reference; refused where it sent no such thing.
    pub(super) fn earlier(&self, message: &Message, sent: &LocalRef) -> Result<Vec<Earlier>, Refusal> {
        if !SENT.iter().any(|kind| self.had_effect(message, *kind, sent)) {
            return Err(Refusal::UnknownShare);
        }
        let reference = (message.sender.clone(), sent.clone());
        let before = self.earlier.get(&reference).cloned().unwrap_or_default();
        let of = |delivered: &&crate::rules::decision::Delivered| {
            delivered.supplier == message.sender && delivered.supplier_ref == *sent
        };
        let in_batch = self.changes.deliveries.iter().filter(of).filter_map(|delivered| {
            let mut decided = self.changes.decisions.iter();
            Earlier::of(delivered, decided.find(|decided| decided.id == delivered.decision)?)
        });
        let recalled = |one: &Earlier| self.changes.recalls.iter().any(|of| of.deliveries.contains(&one.id));
        let stands = |mut one: Earlier| {
            one.stands = if recalled(&one) { Stands::CalledBack } else { one.stands };
            one
        };
        Ok(before.into_iter().chain(in_batch).map(stands).collect())
    }
}
