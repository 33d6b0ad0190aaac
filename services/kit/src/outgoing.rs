//! A message of ours, fixed in the transaction that decided it: its id never changes, so
//! that a second publish after a crash can be recognised as the same message.

use schemas::StateEvent;
use schemas::catalogue::{AgencyQueue, MessageType};
use schemas::ids::{AgencyId, ChildRef, MessageId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::handler::Notice;

/// One outgoing message as it will stand on the wire.
#[derive(Deserialize, Serialize)]
pub(crate) struct Outgoing {
    pub(crate) id: Uuid,
    /// Our broker user.
    pub(crate) user: String,
    pub(crate) exchange: String,
    /// `inbox.<agency>` or `answers.<agency>`, or noun and verb of an event: no personal data.
    pub(crate) routing_key: String,
    /// The message type's full name.
    pub(crate) kind: String,
    pub(crate) traceparent: Option<String>,
    /// The whole envelope.
    pub(crate) body: Box<RawValue>,
}

impl std::fmt::Debug for Outgoing {
    // Never the body: it may name people.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Why a message of ours cannot be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutgoingError {
    #[error("the catalogue does not give {0} to this service")]
    NotOurs(MessageType),
    #[error("a message cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// What an outgoing message answers.
#[derive(Debug)]
pub(crate) struct Cause<'a> {
    pub(crate) message_id: Option<MessageId>,
    pub(crate) correlation_id: Option<MessageId>,
    pub(crate) traceparent: Option<&'a str>,
}

/// The envelope of CloudEvents 1.0 (JSON format).
#[derive(Serialize)]
struct Envelope<'a, T> {
    specversion: &'static str,
    id: Uuid,
    source: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(with = "time::serde::rfc3339")]
    time: OffsetDateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<ChildRef>,
    datacontenttype: &'static str,
    dataschema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlationid: Option<MessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    causationid: Option<MessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    traceparent: Option<&'a str>,
    data: &'a T,
}

impl Outgoing {
    /// Puts a notice in an envelope; `new_id` is for one that has none of its own.
    ///
    /// # Errors
    /// As for [`Outgoing::to_agency`].
    pub(crate) fn notice(
        new_id: Uuid,
        source: &str,
        notice: &Notice,
        cause: &Cause<'_>,
        now: OffsetDateTime,
    ) -> Result<Self, OutgoingError> {
        let Notice { to, queue, kind, id, subject, data } = notice;
        let key = format!("{}.{to}", queue.as_str());
        Self::about(id.unwrap_or(new_id), source, *kind, (key, *subject), cause, now, data)
    }

    /// Puts `data` in an envelope for one agency.
    ///
    /// # Errors
    /// When the catalogue does not let this service publish the type, or `data` cannot be
    /// written as JSON; both are mistakes of ours.
    pub(crate) fn to_agency<T: Serialize>(
        id: Uuid,
        source: &str,
        kind: MessageType,
        (agency, queue): (&AgencyId, AgencyQueue),
        cause: &Cause<'_>,
        now: OffsetDateTime,
        data: &T,
    ) -> Result<Self, OutgoingError> {
        let key = format!("{}.{agency}", queue.as_str());
        Self::about(id, source, kind, (key, None), cause, now, data)
    }

    /// Puts states in an envelope for the services that listen.
    ///
    /// # Errors
    /// As for [`Outgoing::to_agency`].
    pub(crate) fn event(
        id: Uuid,
        source: &str,
        event: &StateEvent,
        now: OffsetDateTime,
    ) -> Result<Self, OutgoingError> {
        let kind = event.message_type();
        let nothing = Cause { message_id: None, correlation_id: None, traceparent: None };
        Self::about(id, source, kind, (kind.short_name().to_owned(), None), &nothing, now, event)
    }

    /// Bytes of its body.
    pub(crate) fn length(&self) -> usize {
        self.body.get().len()
    }

    fn about<T: Serialize>(
        id: Uuid,
        source: &str,
        kind: MessageType,
        (routing_key, subject): (String, Option<ChildRef>),
        cause: &Cause<'_>,
        now: OffsetDateTime,
        data: &T,
    ) -> Result<Self, OutgoingError> {
        let service = source.strip_prefix("svc-").unwrap_or(source);
        if !kind.entry().is_published_by(service) {
            return Err(OutgoingError::NotOurs(kind));
        }
        let envelope = Envelope {
            specversion: "1.0",
            id,
            source,
            kind: kind.name(),
            time: now,
            subject,
            datacontenttype: "application/json",
            dataschema: kind.schema_id(),
            correlationid: cause.correlation_id.or(cause.message_id),
            causationid: cause.message_id,
            traceparent: cause.traceparent,
            data,
        };
        Ok(Self {
            id,
            user: source.to_owned(),
            exchange: kind.entry().exchange.as_str().to_owned(),
            routing_key,
            kind: kind.name().to_owned(),
            traceparent: cause.traceparent.map(str::to_owned),
            body: serde_json::value::to_raw_value(&envelope)?,
        })
    }
}
