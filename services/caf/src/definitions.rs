//! What the broker loads at every boot: exchanges, the services' queues,
//! bindings and users, generated from the catalogue. Never an agency: loading
//! them at boot would undo a revocation.

use std::collections::BTreeSet;

use schemas::catalogue::{Entry, Exchange, Lane, entries};
use serde_json::{Value, json};

use crate::{Result, management::Permissions, password};

/// Kills of a service count as deliveries: a low limit would set good messages
/// aside, and newer brokers have a default of 20.
pub const DELIVERY_LIMIT: u64 = 1_000_000;

/// Bytes that wait for a service at most (G9): beyond it the broker refuses, and agencies keep what
/// they have to say. Some 600,000 notices.
const WAITING_BYTES: u64 = 1 << 30;

/// The exchanges, service queues, bindings and service users of one virtual host.
#[must_use]
pub fn document(vhost: &str) -> Value {
    let services = services();
    let mut queues = vec![lane_queue(vhost, "unrouted", &format!("{ANSWERS_UNROUTED}.set-aside"))];
    let mut bindings = vec![binding(vhost, "unrouted", "unrouted", "")];
    for service in &services {
        let set_aside = format!("{service}.set-aside");
        for name in queues_of(service) {
            queues.push(lane_queue(vhost, &name, &set_aside));
        }
        queues.push(last_resort(vhost, &set_aside));
        bindings.push(binding(vhost, "set-aside", &set_aside, &set_aside));
    }
    bindings.extend(entries().iter().flat_map(|entry| type_bindings(vhost, entry)));
    json!({
        "vhosts": [{"name": vhost}],
        "users": services.iter().map(|name| user(&user_of(name))).collect::<Vec<_>>(),
        "permissions": services.iter().map(|name| permission(vhost, name)).collect::<Vec<_>>(),
        "topic_permissions": services.iter().flat_map(|name| topic_permissions(vhost, name)).collect::<Vec<_>>(),
        "exchanges": exchanges(vhost),
        "queues": queues,
        "bindings": bindings,
        "policies": [waiting_policy(vhost, &services)],
    })
}

/// A policy, not an argument of the queues: those cannot be changed where there is a queue.
fn waiting_policy(vhost: &str, services: &BTreeSet<&str>) -> Value {
    let of_services: Vec<_> = services.iter().copied().collect();
    json!({
        "vhost": vhost, "name": "services", "apply-to": "queues", "priority": 0,
        "pattern": format!(r"^(unrouted$|({})\.)", of_services.join("|")),
        "definition": {"max-length-bytes": WAITING_BYTES, "overflow": "reject-publish"},
    })
}

/// The management user `operator`, as a document of its own: its password is
/// made on each machine.
///
/// # Errors
/// When the machine has no random numbers to give.
pub fn operator(vhost: &str, password: &str) -> Result<Value> {
    let may = operator_permissions();
    Ok(json!({
        "vhosts": [{"name": vhost}],
        "users": [{
            "name": "operator",
            "password_hash": password::hash(password)?,
            "hashing_algorithm": "rabbit_password_hashing_sha256",
            // deleting a user, which closes its connections at once, needs this tag
            "tags": ["administrator"],
        }],
        "permissions": [{
            "user": "operator",
            "vhost": vhost,
            "configure": may.configure,
            "write": may.write,
            "read": may.read,
        }],
    }))
}

/// What the operator may do in a virtual host: declare agencies' queues and
/// bind them.
#[must_use]
pub fn operator_permissions() -> Permissions {
    Permissions {
        configure: r"^(inbox|answers)\.".to_owned(),
        write: r"^(inbox|answers)\.".to_owned(),
        // binding needs read on the exchange it binds from
        read: r"^(inbox\.|answers\.|out$|share$)".to_owned(),
    }
}

/// Services that answer messages, or keep the states of others, by the catalogue.
fn services() -> BTreeSet<&'static str> {
    let answer = entries().iter().filter_map(|entry| entry.service.as_deref());
    answer.chain(entries().iter().flat_map(|entry| entry.listeners.iter().map(String::as_str))).collect()
}

/// The queues that a service consumes, besides its last resort.
fn queues_of(service: &str) -> Vec<String> {
    let lanes = lanes_of(service).into_iter().map(|lane| lane_name(service, lane));
    let listens = entries().iter().any(|entry| entry.is_heard_by(service));
    lanes.chain(listens.then(|| events_of(service))).collect()
}

fn events_of(service: &str) -> String {
    format!("{service}.events")
}

fn lanes_of(service: &str) -> Vec<Lane> {
    let used = |lane: &Lane| {
        entries().iter().any(|entry| entry.service.as_deref() == Some(service) && entry.lane == Some(*lane))
    };
    [Lane::Statements, Lane::Queries].into_iter().filter(used).collect()
}

fn lane_name(service: &str, lane: Lane) -> String {
    match lane {
        Lane::Statements => format!("{service}.statements"),
        Lane::Queries => format!("{service}.queries"),
    }
}

fn user_of(service: &str) -> String {
    format!("svc-{service}")
}

fn exchanges(vhost: &str) -> Vec<Value> {
    let exchange = |name: &str, kind: &str, arguments: Value| {
        json!({
            "name": name, "vhost": vhost, "type": kind, "durable": true,
            "auto_delete": false, "internal": false, "arguments": arguments,
        })
    };
    vec![
        // an unknown type still reaches a queue, and is answered (G1)
        exchange("in", "topic", json!({"alternate-exchange": "unrouted"})),
        exchange("unrouted", "fanout", json!({})),
        exchange("out", "direct", json!({})),
        // case content has an exchange of its own, which one service may write
        exchange("share", "direct", json!({})),
        exchange("events", "topic", json!({})),
        exchange("set-aside", "direct", json!({})),
    ]
}

fn lane_queue(vhost: &str, name: &str, set_aside: &str) -> Value {
    let arguments = json!({
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": "set-aside",
        "x-dead-letter-routing-key": set_aside,
        // at least once needs reject-publish: what is full refuses, never drops (G1)
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
        "x-delivery-limit": DELIVERY_LIMIT,
    });
    queue(vhost, name, &arguments)
}

fn last_resort(vhost: &str, name: &str) -> Value {
    let arguments = json!({"x-queue-type": "quorum", "x-delivery-limit": DELIVERY_LIMIT});
    queue(vhost, name, &arguments)
}

fn queue(vhost: &str, name: &str, arguments: &Value) -> Value {
    json!({
        "name": name, "vhost": vhost, "durable": true, "auto_delete": false,
        "arguments": arguments,
    })
}

fn type_bindings(vhost: &str, entry: &Entry) -> Vec<Value> {
    let of = entry.message_type;
    match entry.exchange {
        Exchange::In => {
            let lane =
                entry.service.as_deref().zip(entry.lane).map(|(service, lane)| lane_name(service, lane));
            let key = format!("*.{}", of.short_name());
            lane.iter().map(|queue| binding(vhost, "in", queue, &key)).collect()
        }
        Exchange::Events => {
            let queues = entry.listeners.iter().map(|service| events_of(service));
            queues.map(|queue| binding(vhost, "events", &queue, of.short_name())).collect()
        }
        // Agencies' queues are bound to these by the operator, one by one.
        Exchange::Out | Exchange::Share => Vec::new(),
    }
}

fn binding(vhost: &str, source: &str, queue: &str, key: &str) -> Value {
    json!({
        "source": source, "vhost": vhost, "destination": queue,
        "destination_type": "queue", "routing_key": key, "arguments": {},
    })
}

/// A service logs in by its certificate: an empty hash is no password.
fn user(name: &str) -> Value {
    json!({
        "name": name, "password_hash": "", "tags": [],
        "hashing_algorithm": "rabbit_password_hashing_sha256",
    })
}

fn publishes_on(service: &str, exchange: Exchange) -> bool {
    entries().iter().any(|entry| entry.exchange == exchange && entry.is_published_by(service))
}

fn permission(vhost: &str, service: &str) -> Value {
    let written: Vec<_> = [Exchange::Out, Exchange::Share, Exchange::Events]
        .into_iter()
        .filter(|exchange| publishes_on(service, *exchange))
        .map(exchange_name)
        .collect();
    let mut read: Vec<String> = queues_of(service)
        .into_iter()
        .chain([format!("{service}.set-aside")])
        .map(|queue| queue.replace('.', r"\."))
        .collect();
    if service == ANSWERS_UNROUTED {
        read.push("unrouted".to_owned());
    }
    json!({
        "user": user_of(service), "vhost": vhost, "configure": "^$",
        "write": one_of(written.iter().copied()),
        "read": one_of(read.iter().map(String::as_str)),
    })
}

/// The one service that answers what no binding takes.
const ANSWERS_UNROUTED: &str = "index";

fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.collect();
    match names[..] {
        [] => "^$".to_owned(),
        [one] => format!("^{one}$"),
        _ => format!("^({})$", names.join("|")),
    }
}

/// A user without an entry may publish every key of a topic exchange it can write.
fn topic_permissions(vhost: &str, service: &str) -> Vec<Value> {
    let entry = |exchange: &str, write: String| {
        json!({
            "user": user_of(service), "vhost": vhost, "exchange": exchange,
            "write": write, "read": "^$",
        })
    };
    vec![entry("in", "^$".to_owned()), entry("events", event_keys(service))]
}

fn event_keys(service: &str) -> String {
    let keys: Vec<_> = entries()
        .iter()
        .filter(|entry| entry.exchange == Exchange::Events && entry.is_published_by(service))
        .map(|entry| format!(r"{}\.{}", entry.message_type.noun(), entry.message_type.verb()))
        .collect();
    one_of(keys.iter().map(String::as_str))
}

fn exchange_name(exchange: Exchange) -> &'static str {
    match exchange {
        Exchange::In => "in",
        Exchange::Out => "out",
        Exchange::Share => "share",
        Exchange::Events => "events",
    }
}

/// The arguments of an agency's inbox: full, it refuses, and rows wait in the
/// services' outboxes (G9); nothing in it ever expires.
#[must_use]
pub fn inbox_arguments() -> Value {
    json!({
        "x-queue-type": "quorum",
        "x-max-length": 100_000,
        "x-max-length-bytes": 268_435_456,
        "x-overflow": "reject-publish",
        "x-delivery-limit": DELIVERY_LIMIT,
    })
}

/// The arguments of an agency's answers queue: an answer that nobody fetched in
/// ten minutes is stale, and the oldest give way.
#[must_use]
pub fn answers_arguments() -> Value {
    json!({
        "x-queue-type": "quorum",
        "x-message-ttl": 600_000,
        "x-max-length": 10_000,
        "x-overflow": "drop-head",
        "x-delivery-limit": DELIVERY_LIMIT,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use super::document;

    #[test]
    fn what_the_broker_loads_is_what_the_catalogue_says() {
        let committed = include_str!("../../../deploy/rabbitmq/definitions.json");
        let committed: serde_json::Value = serde_json::from_str(committed).unwrap();
        assert!(
            committed == document("caf"),
            "deploy/rabbitmq/definitions.json is behind the catalogue; write it anew: caf definitions --vhost caf > deploy/rabbitmq/definitions.json"
        );
    }
}
