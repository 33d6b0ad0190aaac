//! Agencies that work with one child, and what they come to share of it.

use schemas::AgencyKind;
use serde_json::{Value, json};

use crate::actor::Actor;
use crate::facts::{child, nhs_number};
use crate::shared::{item, part};
use crate::world::World;

/// The child of most stories, whom every agency calls `c1`.
#[must_use]
pub fn ada() -> Value {
    child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA")
}

/// A part with one item about the child.
#[must_use]
pub fn says(of: &str, text: &str) -> Value {
    part(of, &[item(text, &json!({}))])
}

/// What an agency was sent of a type, in the order in which it came.
#[must_use]
pub fn heard_of(agency: &Actor, short_name: &str) -> Vec<Value> {
    let name = format!("uk.caf.{short_name}.v1");
    agency.heard.all().into_iter().filter(|message| message["type"] == name.as_str()).collect()
}

impl World {
    /// A world in which sharing runs.
    pub async fn with_sharing() -> Self {
        let mut world = Self::start().await;
        world.start_sharing().await;
        world
    }

    /// An agency whose practitioner `p1` works with its child `c1`.
    pub async fn member(&self, name: &str, kind: AgencyKind, job: &str, child: Value) -> Actor {
        let agency = self.agency(name, kind).await;
        agency.takes_on(job, child).await;
        agency
    }
}

impl Actor {
    /// Its practitioner `p1` works with its child `c1`.
    pub async fn takes_on(&self, job: &str, child: Value) {
        self.vouches_for("p1", "Pat Worker", job).await;
        self.knows("c1", child).await;
        self.works_with("c1", "p1", "team-member").await;
    }
}
