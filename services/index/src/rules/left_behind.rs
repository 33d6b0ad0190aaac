//! Which CAFs somebody who left, or an agency that was revoked, leaves behind: the CAF team's (D-A3).

use std::collections::HashMap;

use linking::group_of;
use schemas::{AuthorityId, CafRef};
use time::OffsetDateTime;

use super::due::Areas;
use super::life::lives;
use super::world::{Selector, World};

/// Those of the CAFs that are open, each with the authority whose CAF team keeps its log now: none where
/// that team may not know of it (D-I2, D-I6).
#[must_use]
pub fn open_cafs(
    world: &World,
    cafs: &[CafRef],
    areas: &Areas,
    now: OffsetDateTime,
) -> HashMap<CafRef, Option<AuthorityId>> {
    let mut open = HashMap::new();
    for caf in cafs {
        let Some(holder) = world.holder(caf) else {
            continue;
        };
        let pool = world.reach(&holder.supplier.agency, &Selector::Child(holder.id));
        let group = group_of(&pool, holder.id);
        let life = lives(&group).find(|(of, _)| of == caf);
        if let Some((_, life)) = life.filter(|(_, life)| life.is_open()) {
            let with_team = areas.get(&life.authority).filter(|area| area.team.is_some());
            let is_hidden = with_team
                .is_some_and(|area| area.as_seen(&pool, holder.id, now).is_none_or(|view| !view.shows(caf)));
            open.insert(caf.clone(), (!is_hidden).then_some(life.authority));
        }
    }
    open
}
