//! The child that an operator names: all records of it, whoever may know of them.

use kit::admin::Refusal;
use kit::body;
use schemas::{AgencyId, ChildRef, Subject};

use super::Desk;
use crate::rules::world::{Record, World};
use crate::store::world::{self, Wanted};

/// By an agency's own id or by any agency's reference.
#[derive(Debug)]
pub(super) enum Named {
    Local(AgencyId, Subject),
    Child(ChildRef),
}

impl Named {
    /// None: no child is named.
    pub(super) fn of(
        agency: Option<&str>,
        local: Option<&str>,
        child: Option<&str>,
    ) -> Result<Option<Self>, Refusal> {
        match (agency, local, child) {
            (Some(agency), Some(local), None) => {
                Ok(Some(Self::Local(body::id(agency)?, Subject::Local(body::id(local)?))))
            }
            (_, None, Some(child)) => Ok(Some(Self::Child(body::id(child)?))),
            (_, None, None) => Ok(None),
            (None, Some(_), None) => Err(Refusal::bad_request("with local, say of which agency: agency=…")),
            (_, Some(_), Some(_)) => {
                Err(Refusal::bad_request("name the child by local or by child, not by both"))
            }
        }
    }

    fn wanted(&self) -> Wanted {
        let mut wanted = Wanted::default();
        match self {
            Self::Local(agency, subject) => {
                wanted.subjects.insert((agency.clone(), subject.clone()));
            }
            Self::Child(reference) => {
                wanted.records.insert(*reference);
            }
        }
        wanted
    }

    fn record<'w>(&self, world: &'w World) -> Option<&'w Record> {
        match self {
            Self::Local(agency, subject) => world.named(agency, subject),
            Self::Child(reference) => world.record(*reference),
        }
    }
}

/// Every agency's records of the child, as linked now, with all that was said of it.
pub(super) async fn whole(desk: &Desk, named: &Named) -> Result<Vec<Record>, Refusal> {
    let mut tx = desk.db.begin().await?;
    let wanted = named.wanted();
    let in_reach = world::reach(&mut tx, &wanted).await?;
    let world = world::load(&mut tx, &wanted, in_reach).await?;
    let found = named.record(&world).map(|record| world.whole_child(record));
    let found = found.ok_or_else(|| Refusal::not_found("no record of a child is known by this reference"))?;
    Ok(found.into_iter().cloned().collect())
}
