//! The checks that a message passes before any rule sees it: size, headers, depth,
//! JSON, sender, type, schema. A message that fails one is answered, never dropped.

use std::collections::BTreeMap;

use lapin::message::Delivery;
use lapin::types::{AMQPValue, ShortString};
use schemas::catalogue::{AgencyQueue, Lane, MessageType};
use schemas::codes::ReceiptCode;
use schemas::ids::{AgencyId, MessageId};
use schemas::{Pointer, ReceiptOf, StateEvent, code_of};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::event_check;
use crate::json::{self, Unread};
use crate::message::Message;
use crate::seal::{KeyedHash, Sealer};

/// Bytes of one message's body.
pub(crate) const MAX_BODY: usize = 256 * 1024;
/// Objects and arrays within one another.
pub(crate) const MAX_DEPTH: usize = 32;

/// Which messages a lane expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expects {
    /// The types that the catalogue gives to this service and lane.
    Lane(&'static str, Lane),
    /// The states that this service keeps of others.
    Events(&'static str),
    /// What no queue is bound for.
    Unrouted,
    /// What the broker gave up delivering.
    DeadLettered,
}

/// A message as the broker handed it over, or as it was stored to be tried again.
pub(crate) struct Parcel {
    pub(crate) meta: Meta,
    pub(crate) body: Vec<u8>,
}

impl std::fmt::Debug for Parcel {
    // Never the body: it may name people.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parcel").field("meta", &self.meta).finish_non_exhaustive()
    }
}

/// What came with the body.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Meta {
    pub(crate) routing_key: String,
    pub(crate) user_id: Option<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) traceparent: Option<String>,
    pub(crate) header_not_allowed: bool,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) received_at: OffsetDateTime,
}

impl Parcel {
    pub(crate) fn from_delivery(delivery: Delivery, received_at: OffsetDateTime, expects: Expects) -> Self {
        let (routing_key, expired) = match expects {
            Expects::Lane(..) | Expects::Events(_) | Expects::Unrouted => {
                (delivery.routing_key.as_str().to_owned(), false)
            }
            // The broker takes key and expiration off and writes them down.
            Expects::DeadLettered => (first_key(&delivery).unwrap_or_default(), is_expired(&delivery)),
        };
        let properties = &delivery.properties;
        let headers = properties.headers().as_ref();
        let header = |name: &str| headers.and_then(|table| table.inner().get(name));
        let text = |value: &Option<ShortString>| value.as_ref().map(|value| value.as_str().to_owned());
        let meta = Meta {
            routing_key,
            user_id: text(properties.user_id()),
            message_id: text(properties.message_id()),
            kind: text(properties.kind()),
            traceparent: header("traceparent").and_then(|value| match value {
                AMQPValue::LongString(text) => String::from_utf8(text.as_bytes().to_vec()).ok(),
                _ => None,
            }),
            // Brokers before 4.0 route CC and BCC past the topic permissions; an expiration
            // would drop a confirmed message.
            header_not_allowed: expired
                || properties.expiration().is_some()
                || header("CC").is_some()
                || header("BCC").is_some(),
            received_at,
        };
        Self { meta, body: delivery.data }
    }

    /// Both parts in one, to be sealed: `length of meta (4, little endian) ‖ meta ‖ body`.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let meta = serde_json::to_vec(&self.meta).unwrap_or_default();
        let length = u32::try_from(meta.len()).unwrap_or_default();
        [&length.to_le_bytes(), meta.as_slice(), &self.body].concat()
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (meta, body) = rest.split_at_checked(length)?;
        Some(Self { meta: serde_json::from_slice(meta).ok()?, body: body.to_vec() })
    }
}

/// What the broker last wrote of a message that it gave up on.
fn latest_death(delivery: &Delivery) -> Option<&BTreeMap<ShortString, AMQPValue>> {
    let headers = delivery.properties.headers().as_ref()?.inner();
    let AMQPValue::FieldArray(deaths) = headers.get("x-death")? else {
        return None;
    };
    let AMQPValue::FieldTable(latest) = deaths.as_slice().first()? else {
        return None;
    };
    Some(latest.inner())
}

/// The key with which a message was published before the broker gave up on it. A sender may have
/// written `x-death` itself, and an entry that was there keeps its keys: so the key counts
/// only where it begins with the user whom the broker verified.
fn first_key(delivery: &Delivery) -> Option<String> {
    let user = delivery.properties.user_id().as_ref()?.as_str();
    let AMQPValue::FieldArray(keys) = latest_death(delivery)?.get("routing-keys")? else {
        return None;
    };
    let AMQPValue::LongString(key) = keys.as_slice().first()? else {
        return None;
    };
    let key = std::str::from_utf8(key.as_bytes()).ok()?;
    let (sender, _) = key.split_once('.')?;
    (sender == user).then(|| key.to_owned())
}

/// Whether a message's own expiration ended its stay: only then does the broker write it down.
fn is_expired(delivery: &Delivery) -> bool {
    latest_death(delivery).is_some_and(|death| death.contains_key("original-expiration"))
}

/// Why a message goes no further, in words for its sender.
#[derive(Clone, Debug)]
pub(crate) struct Rejection {
    pub(crate) code: ReceiptCode,
    pub(crate) pointers: Vec<Pointer>,
}

impl Rejection {
    pub(crate) fn at(code: ReceiptCode, at: &str, problem: &str) -> Self {
        Self { code, pointers: vec![Pointer { at: at.to_owned(), problem: problem.to_owned() }] }
    }
}

/// What is to be done with a message.
#[derive(Debug)]
pub(crate) enum Verdict {
    Fold(Box<Message>),
    /// What another service keeps, for this one to know.
    Keep(StateEvent),
    Reject(Rejection),
    /// A person must look; the reason is a code.
    SetAside(&'static str),
}

/// A message with all that is known of it before the transaction.
#[derive(Debug)]
pub(crate) struct Checked {
    /// None where the routing key names no agency: nobody can be answered.
    pub(crate) sender: Option<AgencyId>,
    /// What the receipt names: the id, else AMQP's `message_id`, else the delivery time.
    pub(crate) of: ReceiptOf,
    /// Only once the sender is sure: the id and the hashes that find duplicates.
    pub(crate) identity: Option<Identity>,
    pub(crate) kind: Option<MessageType>,
    pub(crate) correlation_id: Option<MessageId>,
    pub(crate) traceparent: Option<String>,
    pub(crate) verdict: Verdict,
}

impl Expects {
    /// Whether a stored message is one of this lane's.
    pub(crate) fn includes(self, parcel: &Parcel) -> bool {
        let named = parcel.meta.kind.as_deref().and_then(MessageType::from_name);
        named.is_some_and(|kind| match self {
            Self::Events(service) => kind.entry().is_heard_by(service),
            Self::Lane(..) | Self::Unrouted | Self::DeadLettered => {
                known_type(Some(kind), self).is_ok_and(|kind| kind.is_some())
            }
        })
    }
}

impl Checked {
    /// The type's name, if it is one of ours: what agencies write is never logged.
    pub(crate) fn type_name(&self) -> &'static str {
        self.kind.map_or("unknown", MessageType::name)
    }

    /// The agency's queue that is told.
    pub(crate) fn reply(&self) -> AgencyQueue {
        self.kind.and_then(|kind| kind.entry().reply).unwrap_or(AgencyQueue::Inbox)
    }
}

/// What makes a message the same as another.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) id: MessageId,
    /// Of (source, type, localRef); none in queries.
    pub(crate) fact: Option<KeyedHash>,
    /// Of (type, subject, data).
    pub(crate) content: KeyedHash,
}

/// Checks one message.
pub(crate) fn check(parcel: &Parcel, expects: Expects, sealer: &Sealer) -> Checked {
    if let Expects::Events(service) = expects {
        return event_check::check(parcel, service);
    }
    let meta = &parcel.meta;
    let mut words = meta.routing_key.split('.');
    let sender = words.next().and_then(|word| AgencyId::parse(word).ok());
    let kind = match (words.next(), words.next(), words.next()) {
        (Some(noun), Some(verb), None) => MessageType::from_key(noun, verb),
        _ => None,
    };
    let mut checked = Checked {
        sender,
        of: meta
            .message_id
            .as_deref()
            .and_then(ReceiptOf::amqp)
            .unwrap_or(ReceiptOf::DeliveredAt(meta.received_at)),
        identity: None,
        kind,
        correlation_id: None,
        traceparent: meta.traceparent.clone(),
        verdict: Verdict::SetAside("no-sender"),
    };
    if let Some(sender) = checked.sender.clone() {
        checked.verdict = match fill(&mut checked, &sender, parcel, expects, sealer) {
            Ok(verdict) => verdict,
            Err(rejection) => Verdict::Reject(rejection),
        };
    }
    checked
}

fn fill(
    checked: &mut Checked,
    sender: &AgencyId,
    parcel: &Parcel,
    expects: Expects,
    sealer: &Sealer,
) -> Result<Verdict, Rejection> {
    let meta = &parcel.meta;
    if parcel.body.len() > MAX_BODY {
        return Err(Rejection::at(ReceiptCode::TooBig, "", "more than 256 KiB"));
    }
    if depth(&parcel.body) > MAX_DEPTH {
        return Err(Rejection::at(ReceiptCode::TooDeep, "", "more than 32 levels"));
    }
    let whole = json::read(&parcel.body).map_err(|unread| {
        let problem = match unread {
            Unread::NotJson => "not JSON in UTF-8",
            Unread::NameTwice => "a name stands twice in one object",
        };
        Rejection::at(ReceiptCode::BadForm, "", problem)
    })?;
    let text = |name: &str| whole.get(name).and_then(Value::as_str);
    let id = text("id").and_then(|id| MessageId::parse(id).ok());
    if let Some(id) = &id {
        checked.of = ReceiptOf::Message(*id);
    }
    if meta.header_not_allowed {
        let problem = "expiration, CC and BCC are not allowed";
        return Err(Rejection::at(ReceiptCode::HeaderNotAllowed, "", problem));
    }
    same_sender(sender, meta, &whole)?;
    checked.correlation_id = text("correlationid").and_then(|id| MessageId::parse(id).ok());
    if checked.traceparent.is_none() {
        checked.traceparent = text("traceparent").map(str::to_owned);
    }
    let id = id.ok_or_else(|| Rejection::at(ReceiptCode::BadForm, "/id", "not a UUID"))?;
    // The key names no version: one that we do not know is a type that we do not know.
    let kind = checked.kind.filter(|kind| meta.kind.as_deref() == Some(kind.name()));
    let known = known_type(kind, expects)?;
    checked.identity = Some(identity(id, sender, meta, &whole, sealer));
    let Some(kind) = known else {
        return Ok(Verdict::SetAside(match expects {
            Expects::Lane(..) | Expects::Events(_) | Expects::DeadLettered => "dead-lettered",
            Expects::Unrouted => "no-queue-bound",
        }));
    };
    let body = schemas::check::check(kind, &whole).map_err(|problems| Rejection {
        code: code_of(&problems),
        pointers: problems.into_iter().map(Pointer::from).collect(),
    })?;
    Ok(Verdict::Fold(Box::new(Message {
        sender: sender.clone(),
        id,
        kind,
        body,
        received_at: meta.received_at,
    })))
}

/// The broker's word for who sent it, the envelope's and the key's must agree.
fn same_sender(sender: &AgencyId, meta: &Meta, whole: &Value) -> Result<(), Rejection> {
    let mismatch = |at: &str, problem: &str| Err(Rejection::at(ReceiptCode::SenderMismatch, at, problem));
    // A missing user_id is accepted by the broker, so it is refused here.
    if meta.user_id.as_deref() != Some(sender.as_str()) {
        return mismatch("", "the AMQP user_id must be the agency's id");
    }
    if whole.get("source").and_then(Value::as_str) != Some(sender.as_str()) {
        return mismatch("/source", "must be the agency's id");
    }
    let kind = whole.get("type").and_then(Value::as_str);
    if kind.is_none() || kind != meta.kind.as_deref() {
        return mismatch("/type", "must be equal to the AMQP type");
    }
    let named = kind.and_then(|kind| kind.strip_prefix("uk.caf."));
    let named = named.and_then(|kind| kind.rsplit_once(".v"));
    let in_key = meta.routing_key.split_once('.').map(|(_, rest)| rest);
    if named.map(|(name, _)| name) != in_key {
        return mismatch("/type", "must have the noun and verb of the routing key");
    }
    Ok(())
}

/// The type, if this lane handles it; none if it is known but nobody handled it.
fn known_type(kind: Option<MessageType>, expects: Expects) -> Result<Option<MessageType>, Rejection> {
    let unknown = || Rejection::at(ReceiptCode::UnknownType, "/type", "not a type that this exchange takes");
    let kind = kind.filter(|kind| kind.entry().is_inbound()).ok_or_else(unknown)?;
    match expects {
        Expects::Lane(service, lane)
            if kind.entry().service.as_deref() == Some(service) && kind.entry().lane == Some(lane) =>
        {
            Ok(Some(kind))
        }
        // Only a second routing key (BCC, which the broker strips) brings it to a wrong queue.
        Expects::Lane(..) => {
            Err(Rejection::at(ReceiptCode::HeaderNotAllowed, "", "routed by another key than its own"))
        }
        Expects::Events(_) | Expects::Unrouted | Expects::DeadLettered => Ok(None),
    }
}

fn identity(id: MessageId, sender: &AgencyId, meta: &Meta, whole: &Value, sealer: &Sealer) -> Identity {
    let kind = meta.kind.as_deref().unwrap_or_default().as_bytes();
    let data = whole.get("data").unwrap_or(&Value::Null);
    let subject = whole.get("subject").and_then(Value::as_str).unwrap_or_default();
    let fact = data
        .get("localRef")
        .and_then(Value::as_str)
        .map(|local_ref| sealer.hash(&[sender.as_str().as_bytes(), kind, local_ref.as_bytes()]));
    // As it was read, names are sorted: equal data has equal text.
    let data = serde_json::to_vec(data).unwrap_or_default();
    Identity { id, fact, content: sealer.hash(&[kind, subject.as_bytes(), &data]) }
}

/// How deep objects and arrays lie within one another, without parsing (a parser may recurse).
pub(crate) fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on fails there and then")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sealer() -> Sealer {
        Sealer::from_hex(&"a".repeat(64)).unwrap()
    }

    fn parcel(routing_key: &str, user_id: Option<&str>, kind: Option<&str>, body: &[u8]) -> Parcel {
        let text = |value: Option<&str>| value.map(str::to_owned);
        Parcel {
            meta: Meta {
                routing_key: routing_key.to_owned(),
                user_id: text(user_id),
                message_id: None,
                kind: text(kind),
                traceparent: None,
                header_not_allowed: false,
                received_at: OffsetDateTime::UNIX_EPOCH,
            },
            body: body.to_vec(),
        }
    }

    #[test]
    fn depth_counts_brackets_outside_strings() {
        assert_eq!(depth(b"{}"), 1);
        assert_eq!(depth(br#"{"a":[{"b":"[[[{{{\"[["}]}"#), 3);
        assert_eq!(depth(&b"[".repeat(40)), 40);
    }

    #[test]
    fn a_stored_parcel_is_the_same_when_it_is_read_again() {
        let before = parcel("school.caf.started", Some("school"), Some("uk.caf.caf.started.v1"), b"{}");
        let after = Parcel::from_bytes(&before.to_bytes()).unwrap();
        assert_eq!(format!("{:?}", before.meta), format!("{:?}", after.meta));
        assert_eq!(before.body, after.body);
    }

    #[test]
    fn a_key_without_an_agency_is_set_aside_since_nobody_can_be_answered() {
        let checked = check(&parcel("svc-index.a.b", None, None, b"{}"), Expects::Unrouted, &sealer());
        assert!(matches!(checked.verdict, Verdict::SetAside("no-sender")));
    }

    proptest! {
        #[test]
        fn any_bytes_under_any_key_are_answered_without_panic(
            key in "([a-z]{3,5}\\.caf\\.started)|([a-z.]{0,30})|.{0,30}",
            user in proptest::option::of("[a-z]{3,5}"),
            body in prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..200),
                "[{\\[\"a-z:,0-9}\\] ]{0,200}".prop_map(String::into_bytes),
            ],
        ) {
            let parcel = parcel(&key, user.as_deref(), Some("uk.caf.caf.started.v1"), &body);
            for expects in [
                Expects::Lane("index", Lane::Statements),
                Expects::Events("index"),
                Expects::Unrouted,
                Expects::DeadLettered,
            ] {
                check(&parcel, expects, &sealer());
            }
            let _ = Parcel::from_bytes(&body);
        }
    }
}
