//! Which CAFs somebody who left, or an agency that was revoked, leaves behind: the CAF team's (D-A3).

use std::collections::HashMap;

use schemas::{AuthorityId, CafRef};

use super::life::lives;
use super::linking::group_of;
use super::world::{Selector, World};

/// Those of the CAFs that are open, each with the authority whose CAF team keeps its log now.
#[must_use]
pub fn open_cafs(world: &World, cafs: &[CafRef]) -> HashMap<CafRef, AuthorityId> {
    let mut open = HashMap::new();
    for caf in cafs {
        let Some(holder) = world.holder(caf) else {
            continue;
        };
        let pool = world.reach(&holder.supplier.agency, &Selector::Child(holder.id));
        let group = group_of(&pool, holder.id);
        let life = lives(&group).find(|(of, _)| of == caf);
        if let Some((_, life)) = life.filter(|(_, life)| life.is_open()) {
            open.insert(caf.clone(), life.authority);
        }
    }
    open
}
