//! What is asked back of those who have it: one message an agency, naming its own deliveries and no other agency, and
//! chased until it is acknowledged.

use std::collections::{BTreeMap, BTreeSet};

use kit::handler::Notice;
use schemas::catalogue::AgencyQueue;
use schemas::{AgencyId, AgencyNow, MessageId, MessageType};
use serde::Serialize;
use time::OffsetDateTime;

use super::reminders::soon;
use super::sharing::Ids;
use crate::rules::changes::Changes;
use crate::rules::watch::Watch;
use crate::rules::world::World;

/// Which deliveries of which agency.
pub(super) type Lost = BTreeMap<AgencyId, BTreeSet<MessageId>>;

/// Asks each; `say` gives the words, with the deliveries and the time by which they have to be acknowledged.
pub(super) fn ask_back<T: Serialize>(
    (world, changes): (&World, &mut Changes),
    (kind, lost): (MessageType, Lost),
    (ids, now): (&mut Ids, OffsetDateTime),
    say: impl Fn(&AgencyNow, Vec<MessageId>, OffsetDateTime) -> T,
) -> Vec<Notice> {
    let mut notices = Vec::new();
    for (agency, deliveries) in lost {
        let Some(told) = world.agencies.get(&agency) else {
            continue;
        };
        let ack_by = soon(world, &agency, now);
        let said = say(told, deliveries.iter().copied().collect(), ack_by);
        let id = ids.next();
        notices.push(Notice::new(agency.clone(), AgencyQueue::Inbox, kind, &said).with_id(id));
        changes.asked_back.push((id, agency, deliveries, ack_by));
        changes.timers.push((Watch::Delivery(id).timer(), ack_by));
    }
    notices
}
