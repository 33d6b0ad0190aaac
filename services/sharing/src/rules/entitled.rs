//! Which holders an asker may know of: those that a lookup would show it (D-I6, G5).

use schemas::{AgencyId, AgencyNow, Holder, Subject};
use time::OffsetDateTime;

use super::world::{Record, Shows, World};

/// Whoever holds something that was asked for, as far as the asker may know.
#[derive(Clone, Copy, Debug)]
pub struct Entitled<'w> {
    pub agency: &'w AgencyNow,
    pub record: &'w Record,
}

/// So many holders one request reaches at most.
const MOST: usize = 12;

/// The holders to whom a request may be put. None: refused at once, and whether it is because there is no such child,
/// no such holder, or because the asker may not know, nobody can tell.
#[must_use]
pub fn holders<'w>(
    world: &'w World,
    asker: &AgencyNow,
    subject: &Subject,
    holder: &Holder,
    now: OffsetDateTime,
) -> Vec<Entitled<'w>> {
    let Some(own) = world.named(&asker.agency_id, subject) else {
        return Vec::new();
    };
    let wanted = |agency: &AgencyId| match holder {
        Holder::Agency(named) => named == agency,
        Holder::WhoeverTheIndexShows => true,
    };
    let mut found: Vec<Entitled<'w>> = world
        .seen_by(asker, own, now)
        .iter()
        .filter(|record| record.child.agency_id != asker.agency_id && wanted(&record.child.agency_id))
        .filter(|record| record.shows(now) == Shows::Something)
        .filter_map(|seen| {
            let (agency, record) = (world.active(&seen.child.agency_id)?, world.record(seen.child.record)?);
            Some(Entitled { agency, record })
        })
        .collect();
    found.sort_by_key(|entitled| (&entitled.agency.agency_id, entitled.record.child.record));
    found.dedup_by_key(|entitled| &entitled.agency.agency_id);
    found.truncate(MOST);
    found
}
