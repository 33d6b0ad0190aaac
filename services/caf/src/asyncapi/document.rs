//! The parts of the document.

use schemas::{
    MessageType,
    catalogue::{AgencyQueue, Entry, entries},
    envelope::CONTENT_TYPE,
};
use serde_json::{Map, Value, json};

use super::{
    draft_07::{self, PLACE},
    examples::Examples,
};
use crate::{Error, Result};

const AMQP_BINDING: &str = "0.3.0";

/// The whole document.
///
/// # Errors
/// When the examples cannot be read.
pub fn document(examples: &Examples) -> Result<Value> {
    let schemas = draft_07::schemas().map_err(|cause| Error::failed("a schema is not JSON", cause))?;
    let mut messages = Map::new();
    for entry in concerning_agencies() {
        messages.insert(entry.message_type.name().to_owned(), message(entry, examples)?);
    }
    Ok(json!({
        "asyncapi": "3.0.0",
        "info": info(),
        "defaultContentType": CONTENT_TYPE,
        "servers": { "exchange": server() },
        "channels": channels(),
        "operations": operations(),
        "components": {
            "messages": messages,
            "schemas": schemas,
            "correlationIds": {
                "sent": {
                    "description": "The id of your message: a receipt or an answer has it as causationid.",
                    "location": "$message.payload#/id",
                },
                "answering": {
                    "description": "The id of your message that this one answers.",
                    "location": "$message.payload#/causationid",
                },
            },
            "securitySchemes": {
                "certificate": {
                    "type": "X509",
                    "description": "The client certificate that the exchange's authority issued (SASL mechanism EXTERNAL); its common name is your agency id. There are no passwords. Trust only the certificate of that authority.",
                },
            },
        },
    }))
}

fn info() -> Value {
    json!({
        "title": "CAF Exchange",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "What an agency's system sends to the exchange and receives from it: *send* and *receive* are yours. Every channel is there already; you declare and bind nothing. Generated from the catalogue and the JSON Schemas (2020-12), which decide where this document, written for draft 07, allows more. In words: docs/connect.md and docs/contract.md.",
        "license": { "name": "MIT" },
    })
}

fn server() -> Value {
    json!({
        "host": "{host}:{port}",
        "pathname": "/{vhost}",
        "protocol": "amqps",
        "protocolVersion": "0.9.1",
        "description": "TLS 1.2 or later, with a client certificate. Host, port and virtual host stand in the exchange.json that the operator gave you.",
        "variables": {
            "host": { "description": "`amqps.host`" },
            "port": { "description": "`amqps.port`" },
            "vhost": { "description": "`amqps.vhost`", "default": "caf" },
        },
        "security": [{ "$ref": "#/components/securitySchemes/certificate" }],
    })
}

fn concerning_agencies() -> impl Iterator<Item = &'static Entry> {
    entries().iter().filter(|entry| concerns_agencies(entry))
}

/// What agencies send, and what may arrive in their queues; not what services tell one another.
pub(super) fn concerns_agencies(entry: &Entry) -> bool {
    entry.is_inbound() || !entry.to.is_empty()
}

fn channels() -> Map<String, Value> {
    let sent = entries().iter().filter(|entry| entry.is_inbound());
    let keys = sent.map(|entry| (entry.message_type.short_name().to_owned(), key_channel(entry)));
    let queues = AgencyQueue::ALL.iter().map(|queue| (queue.to_string(), queue_channel(*queue)));
    keys.chain(queues).collect()
}

fn key_channel(entry: &Entry) -> Value {
    let kind = entry.message_type;
    json!({
        "address": format!("{{agency}}.{}", kind.short_name()),
        "description": entry.summary,
        "messages": { kind.name(): message_reference(kind) },
        "parameters": { "agency": agency_parameter("source") },
        "bindings": { "amqp": {
            "is": "routingKey",
            "exchange": {
                "name": entry.exchange.as_str(), "type": "topic",
                "durable": true, "autoDelete": false, "vhost": "caf",
            },
            "bindingVersion": AMQP_BINDING,
        }},
    })
}

fn queue_channel(queue: AgencyQueue) -> Value {
    let arriving = entries().iter().filter(|entry| entry.to.contains(&queue));
    let messages: Map<String, Value> = arriving
        .map(|entry| (entry.message_type.name().to_owned(), message_reference(entry.message_type)))
        .collect();
    let description = match queue {
        AgencyQueue::Inbox => "Receipts, and what the exchange has for you: kept until you acknowledge it.",
        AgencyQueue::Answers => {
            "Answers to your lookups: kept for 10 minutes, at most 10,000, the oldest go first."
        }
    };
    json!({
        "address": format!("{queue}.{{agency}}.{{secret}}"),
        "description": description,
        "messages": messages,
        "parameters": {
            "agency": { "description": "Your agency id." },
            "secret": { "description": format!("As in your exchange.json, where the whole name stands as `{queue}`.") },
        },
        "bindings": { "amqp": {
            "is": "queue",
            "queue": { "durable": true, "exclusive": false, "autoDelete": false, "vhost": "caf" },
            "bindingVersion": AMQP_BINDING,
        }},
    })
}

fn agency_parameter(field: &str) -> Value {
    json!({
        "description": "Your agency id. The broker refuses any other.",
        "location": format!("$message.payload#/{field}"),
    })
}

fn operations() -> Map<String, Value> {
    let sent = entries().iter().filter(|entry| entry.is_inbound());
    let sends = sent.map(|entry| (format!("send.{}", entry.message_type.short_name()), sending(entry)));
    let receives = AgencyQueue::ALL.iter().map(|queue| (format!("receive.{queue}"), receiving(*queue)));
    sends.chain(receives).collect()
}

fn sending(entry: &Entry) -> Value {
    let mut operation = json!({
        "action": "send",
        "summary": entry.summary,
        "description": "Publish with publisher confirms and mandatory. No confirm, or a negative one: publish again with the same id.",
        "channel": { "$ref": format!("#/channels/{}", entry.message_type.short_name()) },
        "bindings": { "amqp": { "deliveryMode": 2, "mandatory": true, "bindingVersion": AMQP_BINDING } },
    });
    if let Some(queue) = entry.reply {
        operation["reply"] = json!({ "channel": { "$ref": format!("#/channels/{queue}") } });
    }
    operation
}

fn receiving(queue: AgencyQueue) -> Value {
    json!({
        "action": "receive",
        "summary": format!("Read your {queue} queue; acknowledge a message when you have stored it."),
        "channel": { "$ref": format!("#/channels/{queue}") },
        "bindings": { "amqp": { "ack": true, "bindingVersion": AMQP_BINDING } },
    })
}

fn message_reference(kind: MessageType) -> Value {
    json!({ "$ref": format!("#/components/messages/{}", kind.name()) })
}

fn message(entry: &Entry, examples: &Examples) -> Result<Value> {
    let kind = entry.message_type;
    let version = kind.name().rsplit('.').next().unwrap_or_default();
    let correlation = if entry.is_inbound() { "sent" } else { "answering" };
    Ok(json!({
        "name": kind.name(),
        "title": kind.short_name(),
        "summary": entry.summary,
        "contentType": CONTENT_TYPE,
        "headers": {
            "type": "object",
            "description": "`expiration` and the headers CC and BCC are refused.",
            "properties": { "traceparent": { "$ref": format!("{PLACE}common.v1/definitions/traceparent") } },
        },
        "payload": { "$ref": format!("{PLACE}{}.{version}", kind.short_name()) },
        "correlationId": { "$ref": format!("#/components/correlationIds/{correlation}") },
        "bindings": { "amqp": { "messageType": kind.name(), "bindingVersion": AMQP_BINDING } },
        "x-amqp-properties": {
            "content_type": CONTENT_TYPE,
            "delivery_mode": 2,
            "message_id": "the id of the body",
            "type": kind.name(),
            "user_id": if entry.is_inbound() { "your agency id" } else { "the sending service, verified by the broker" },
        },
        "examples": examples.of(kind)?,
    }))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop")]

    use std::path::Path;

    use schemas::{MessageType, check, check_published};
    use serde_json::Value;

    use super::{Examples, document};

    fn generated() -> Value {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/examples");
        document(&Examples::in_folder(&folder)).unwrap()
    }

    #[test]
    fn the_committed_document_is_what_the_contract_says() {
        let committed = include_str!("../../../../schemas/asyncapi.json");
        let committed: Value = serde_json::from_str(committed).unwrap();
        assert!(
            committed == generated(),
            "schemas/asyncapi.json is behind the contract; write it anew: caf asyncapi > schemas/asyncapi.json"
        );
    }

    #[test]
    fn every_type_that_concerns_agencies_has_a_message_and_valid_examples() {
        let document = generated();
        for entry in super::concerning_agencies() {
            let kind = entry.message_type;
            let examples = document["components"]["messages"][kind.name()]["examples"].as_array().unwrap();
            assert!(examples.len() >= 3, "{kind}");
            for example in examples {
                let payload = &example["payload"];
                let problems = if entry.is_inbound() {
                    check(kind, payload).err()
                } else {
                    check_published(kind, payload).err()
                };
                assert_eq!(problems, None, "{kind}: {}", example["name"]);
            }
        }
        let sent = MessageType::ALL.iter().filter(|kind| kind.entry().is_inbound());
        for kind in sent {
            let channel = &document["channels"][kind.short_name()];
            assert_eq!(channel["address"], format!("{{agency}}.{}.{}", kind.noun(), kind.verb()));
        }
    }
}
