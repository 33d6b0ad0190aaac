//! What agencies do where something is shared, a line each.

use serde_json::{Value, json};

use crate::actor::Actor;
use crate::facts::{under, with};
use crate::shared::{acknowledged, declined};

impl Actor {
    /// One of its practitioners takes down what somebody said; the statement's reference.
    pub async fn records_consent(&self, local: &str, practitioner: &str, said: Value) -> String {
        let reference = self.new_ref("con");
        let said = by(practitioner, "assessor", under(&reference, said));
        self.records("consent.recorded", Some(&of(local)), said).await;
        reference
    }

    /// One of its practitioners asks for what another agency has; the message's id, which all that comes of it names.
    ///
    /// # Panics
    /// When the broker does not take it.
    pub async fn requests(&self, local: &str, practitioner: &str, request: Value) -> String {
        let request = by(practitioner, "team-member", under(&self.new_ref("req"), request));
        let message = self.message("share.requested", Some(&of(local)), request);
        self.client.publish(&message).await.expect("the broker takes it");
        message.id().to_owned()
    }

    /// One of its practitioners gives what was wanted; the receipt.
    pub async fn supplies(&self, wanted: &Value, practitioner: &str, supplied: Value) -> Value {
        let of = with(supplied, &json!({"request": wanted["data"]["request"]}));
        let supplied = by(practitioner, "contributor", under(&self.new_ref("sup"), of));
        self.says("share.supplied", None, supplied).await
    }

    /// One of its practitioners does not give what was wanted; the receipt.
    pub async fn declines(&self, wanted: &Value, practitioner: &str, code: &str, more: &Value) -> Value {
        let of = with(declined(practitioner, code, more), &json!({"request": wanted["data"]["request"]}));
        let declined = by(practitioner, "contributor", under(&self.new_ref("dec"), of));
        self.says("share.declined", None, declined).await
    }

    /// One of its practitioners gives unasked; the receipt.
    pub async fn offers(&self, local: &str, practitioner: &str, offered: Value) -> Value {
        let offered = by(practitioner, "contributor", under(&self.new_ref("off"), offered));
        self.says("share.offered", Some(&of(local)), offered).await
    }

    /// It tells that a message arrived (`received-by-system`, `acted` …); the receipt.
    pub async fn acknowledges(&self, message: &Value, outcome: &str, more: &Value) -> Value {
        let data = with(acknowledged(outcome, more), &json!({"message": message["id"]}));
        self.says("delivery.acknowledged", None, data).await
    }

    /// Waits for the `count`th message of a type (0 is the first) that nobody asked for.
    pub async fn is_told_again(&self, short_name: &str, count: usize) -> Value {
        self.heard.nth_of_type(short_name, count).await
    }
}

fn by(practitioner: &str, role: &str, data: Value) -> Value {
    with(data, &json!({"practitioner": {"id": practitioner, "roleInCase": role}}))
}

fn of(local: &str) -> String {
    format!("local:{local}")
}
