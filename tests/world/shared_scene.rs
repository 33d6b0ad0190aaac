//! Agencies that work with one child, and what they come to share of it.

use serde_json::{Value, json};

use crate::actor::Actor;
use crate::facts::{child, nhs_number};
use crate::shared::{item, part};
use crate::world::{Kind, World};

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

/// The parts of what was delivered, and every item's text.
///
/// # Panics
/// When the message delivers nothing.
#[must_use]
pub fn delivered(message: &Value) -> Vec<(&str, Vec<&str>)> {
    let parts = message["data"]["parts"].as_array().expect("parts").iter();
    parts
        .map(|part| {
            let items = part["items"].as_array().expect("items").iter();
            let texts = items.map(|item| item["itemText"].as_str().expect("a text"));
            (part["part"].as_str().expect("a part"), texts.collect())
        })
        .collect()
}

impl World {
    /// A world in which sharing runs.
    pub async fn with_sharing() -> Self {
        let mut world = Self::start().await;
        world.start_sharing().await;
        world
    }

    /// A school and health visitors who both work with Ada, as sharing knows.
    pub async fn school_and_visitors(&self) -> [Actor; 2] {
        let school = self.member("school", Kind::School, "teacher", ada()).await;
        let visitors = self.member("visitors", Kind::HealthVisiting, "health-visitor", ada()).await;
        self.sharing_knows().await;
        [school, visitors]
    }

    /// An agency whose practitioner `p1` works with its child `c1`.
    pub async fn member(&self, name: &str, kind: Kind, job: &str, child: Value) -> Actor {
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
