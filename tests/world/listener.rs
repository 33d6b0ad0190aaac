//! Another service of the exchange: it hears what the index tells of its state, and tells of its own.

use std::collections::BTreeMap;

use lapin::options::{
    BasicAckOptions, BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, QueuePurgeOptions,
};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Confirmation, Connection};
use schemas::{MessageType, check_published};
use serde_json::{Value, json};

use crate::waiting::until;
use crate::world::World;

/// `svc-sharing`, as the broker knows it.
#[derive(Debug)]
pub struct Listener {
    _connection: Connection,
    channel: Channel,
    /// Every state that came, in that order: its type, its entity and itself.
    pub came: Vec<(MessageType, String, Value)>,
}

impl World {
    /// Connects as the sharing service does.
    ///
    /// # Panics
    /// When it is not let in.
    pub async fn as_sharing(&self) -> Listener {
        let connection = self.as_service("svc-sharing").await;
        let channel = connection.create_channel().await.expect("a channel");
        channel.confirm_select(ConfirmSelectOptions::default()).await.expect("confirms");
        Listener { _connection: connection, channel, came: Vec::new() }
    }
}

impl Listener {
    /// Takes what waits in the queue; each message is as its schema says, closed, and of the index.
    async fn listen(&mut self) {
        let get = || self.channel.basic_get("sharing.events".into(), BasicGetOptions::default());
        while let Some(got) = get().await.expect("the broker answers") {
            let message: Value = serde_json::from_slice(&got.data).expect("JSON");
            let kind = got.properties.kind().as_ref().and_then(|name| MessageType::from_name(name.as_str()));
            let kind = kind.expect("a type of the catalogue");
            assert_eq!(got.routing_key.as_str(), kind.short_name());
            assert_eq!(
                got.properties.user_id().as_ref().map(|id| id.as_str().to_owned()),
                Some("svc-index".to_owned())
            );
            assert_eq!(check_published(kind, &message), Ok(()), "{kind}");
            for state in message["data"]["states"].as_array().expect("states") {
                self.came.push((kind, entity(state), state.clone()));
            }
            got.acker.ack(BasicAckOptions::default()).await.expect("acknowledged");
        }
    }

    /// Waits until what is known last is so.
    pub async fn knows(&mut self, what: &str, is_so: impl Fn(&Known) -> bool) -> Known {
        until(what, async || {
            self.listen().await;
            let known = self.known();
            is_so(&known).then_some(known)
        })
        .await
    }

    /// The highest version of each entity.
    fn known(&self) -> Known {
        let mut known = Known::default();
        for (kind, entity, state) in &self.came {
            let before = known.0.entry((*kind, entity.clone())).or_insert_with(|| state.clone());
            if before["version"].as_i64() < state["version"].as_i64() {
                *before = state.clone();
            }
        }
        known
    }

    /// Has lost all that it knew, and what waited for it.
    ///
    /// # Panics
    /// When the broker does not answer.
    pub async fn forgets(&mut self) {
        self.listen().await;
        let options = QueuePurgeOptions::default();
        self.channel.queue_purge("sharing.events".into(), options).await.expect("purged");
        self.came.clear();
    }

    /// Tells that a consent changed.
    ///
    /// # Panics
    /// When the broker does not take it.
    pub async fn tells_of_consents(&self, states: &Value) {
        self.publishes(&consent_message(states), "svc-sharing").await;
    }

    /// Publishes whatever it is told to, under a user's name.
    ///
    /// # Panics
    /// When the broker does not take it.
    pub async fn publishes(&self, message: &Value, user: &str) {
        let text = |name: &str| message[name].as_str().unwrap_or_default().into();
        let properties = BasicProperties::default()
            .with_user_id(user.into())
            .with_message_id(text("id"))
            .with_type(text("type"))
            .with_headers(FieldTable::default());
        let body = message.to_string();
        let published = self.channel.basic_publish(
            "events".into(),
            "consent.changed".into(),
            BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() },
            body.as_bytes(),
            properties,
        );
        let confirmed = published.await.expect("published").await.expect("confirmed");
        assert!(matches!(confirmed, Confirmation::Ack(None)), "{confirmed:?}");
    }
}

/// What sharing would say.
#[must_use]
pub fn consent_message(states: &Value) -> Value {
    json!({
        "specversion": "1.0",
        "id": kit::Clock::default().new_id().to_string(),
        "source": "svc-sharing",
        "type": MessageType::ConsentChanged.name(),
        "time": "2026-11-21T10:00:00Z",
        "data": { "states": states },
    })
}

/// The highest version of each entity, by type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known(BTreeMap<(MessageType, String), Value>);

impl Known {
    /// One of them; null where nothing is known of it.
    #[must_use]
    pub fn of(&self, kind: MessageType, entity: &str) -> Value {
        self.0.get(&(kind, entity.to_owned())).cloned().unwrap_or_default()
    }

    /// All of a type.
    #[must_use]
    pub fn all(&self, kind: MessageType) -> Vec<&Value> {
        self.0.iter().filter(|((of, _), _)| *of == kind).map(|(_, state)| state).collect()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// By what states are told apart: their ids.
fn entity(state: &Value) -> String {
    let of = |names: &[&str]| {
        let parts: Option<Vec<&str>> = names.iter().map(|name| state[*name].as_str()).collect();
        parts.map(|parts| parts.join("/"))
    };
    of(&["cafRef"])
        .or_else(|| of(&["agencyId", "localRef"]))
        .or_else(|| of(&["agencyId", "practitionerId"]))
        .or_else(|| of(&["record"]))
        .or_else(|| of(&["agencyId"]))
        .expect("an entity")
}
