//! The message as it stands on the wire: `CloudEvents` 1.0, JSON.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::values::instant;
use crate::{AgencyId, Malformed, MessageId, MessageType, ServiceId, Subject, TraceParent};

/// The content type of every message.
pub const CONTENT_TYPE: &str = "application/cloudevents+json";

/// A whole message. Services write it; readers ignore what they do not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope<T> {
    pub specversion: SpecVersion,
    pub id: MessageId,
    pub source: Source,
    #[serde(rename = "type")]
    pub message_type: MessageType,
    #[serde(with = "instant")]
    pub time: OffsetDateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataschema: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datacontenttype: Option<DataContentType>,
    /// The id of the message that began the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlationid: Option<MessageId>,
    /// The id of the message that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causationid: Option<MessageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<TraceParent>,
    pub data: T,
}

impl<T> Envelope<T> {
    #[must_use]
    pub fn new(
        message_type: MessageType,
        id: MessageId,
        source: Source,
        time: OffsetDateTime,
        data: T,
    ) -> Self {
        Self {
            specversion: SpecVersion::V1_0,
            id,
            source,
            message_type,
            time,
            subject: None,
            dataschema: Some(message_type.schema_id().to_owned()),
            datacontenttype: Some(DataContentType::Json),
            correlationid: None,
            causationid: None,
            traceparent: None,
            data,
        }
    }
}

code_list!(
    /// Of `CloudEvents`.
    SpecVersion {
        V1_0 = "1.0",
    }
);

code_list!(
    /// Of `data`.
    DataContentType {
        Json = "application/json",
    }
);

/// Who sent a message: an agency, or a service of the exchange.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    Agency(AgencyId),
    Service(ServiceId),
}

impl Source {
    /// # Errors
    /// When the text is neither an agency id nor a service id.
    pub fn parse(written: &str) -> Result<Self, Malformed> {
        let service = ServiceId::parse(written).map(Self::Service);
        service.or_else(|_| AgencyId::parse(written).map(Self::Agency))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agency(id) => id.fmt(f),
            Self::Service(id) => id.fmt(f),
        }
    }
}

through_parse!(Source);
displayed!(Source);
