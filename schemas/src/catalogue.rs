//! The catalogue: every message type, who may publish it and who answers it.
//!
//! `catalogue.toml` is the list a person reads; [`MessageType`] names the same types to the compiler.
//! They are compared when first read, and by a test.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::Malformed;

macro_rules! message_types {
    ($($variant:ident = $noun:literal $verb:literal,)+) => {
        /// Every message type of the catalogue, version 1.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum MessageType { $($variant,)+ }

        impl MessageType {
            /// In the order of the catalogue.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The `CloudEvents` type, which is the AMQP `type` too.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => concat!("uk.caf.", $noun, ".", $verb, ".v1"),)+ }
            }

            /// The second word of the routing key.
            #[must_use]
            pub const fn noun(self) -> &'static str {
                match self { $(Self::$variant => $noun,)+ }
            }

            /// The third word of the routing key.
            #[must_use]
            pub const fn verb(self) -> &'static str {
                match self { $(Self::$variant => $verb,)+ }
            }

            /// `caf.started`: the name of its schema and its examples, less the version.
            #[must_use]
            pub const fn short_name(self) -> &'static str {
                match self { $(Self::$variant => concat!($noun, ".", $verb),)+ }
            }

            /// The `$id` of its schema, which is `dataschema` in the envelope.
            #[must_use]
            pub const fn schema_id(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!(
                        "https://schemas.caf-exchange.example/v1/", $noun, ".", $verb, ".v1.json"
                    ),)+
                }
            }

            pub(crate) const fn schema_text(self) -> &'static str {
                match self {
                    $(Self::$variant => include_str!(concat!("../json/", $noun, ".", $verb, ".v1.json")),)+
                }
            }
        }
    };
}

message_types! {
    PractitionerRecorded = "practitioner" "recorded",
    PractitionerEnded = "practitioner" "ended",
    ChildRecorded = "child" "recorded",
    ChildCorrected = "child" "corrected",
    RestrictionSet = "restriction" "set",
    RestrictionLifted = "restriction" "lifted",
    InvolvementRecorded = "involvement" "recorded",
    InvolvementEnded = "involvement" "ended",
    CafIntended = "caf" "intended",
    CafAdvised = "caf" "advised",
    CafStarted = "caf" "started",
    CafCompleted = "caf" "completed",
    CafChecked = "caf" "checked",
    CafReturned = "caf" "returned",
    CafClosed = "caf" "closed",
    CafReopened = "caf" "reopened",
    CafTransferred = "caf" "transferred",
    CafWithdrawn = "caf" "withdrawn",
    CafRefused = "caf" "refused",
    IndexLookedUp = "index" "looked-up",
    IndexAnswered = "index" "answered",
    ConsentRecorded = "consent" "recorded",
    ConsentWithdrawn = "consent" "withdrawn",
    FamilyCopyMade = "family" "copy-made",
    ShareRequested = "share" "requested",
    ShareWanted = "share" "wanted",
    ShareSupplied = "share" "supplied",
    ShareDeclined = "share" "declined",
    ShareOffered = "share" "offered",
    ShareDelivered = "share" "delivered",
    ShareRefused = "share" "refused",
    ShareExpired = "share" "expired",
    ShareRecalled = "share" "recalled",
    ShareRecallTold = "share" "recall-told",
    ShareCorrected = "share" "corrected",
    ShareCorrectionTold = "share" "correction-told",
    AdviceAsked = "advice" "asked",
    AdviceGiven = "advice" "given",
    DeliveryAcknowledged = "delivery" "acknowledged",
    ReceiptIssued = "receipt" "issued",
    ReminderIssued = "reminder" "issued",
    AccessNotified = "access" "notified",
    AgencyChanged = "agency" "changed",
    PractitionerChanged = "practitioner" "changed",
    ChildChanged = "child" "changed",
    InvolvementChanged = "involvement" "changed",
    CafChanged = "caf" "changed",
    ConsentChanged = "consent" "changed",
}

impl MessageType {
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.name() == name)
    }

    /// From the words of a routing key `<agency>.<noun>.<verb>`.
    #[must_use]
    pub fn from_key(noun: &str, verb: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.noun() == noun && known.verb() == verb)
    }

    #[must_use]
    pub fn entry(self) -> &'static Entry {
        &CATALOGUE[self as usize]
    }

    /// # Errors
    /// When the catalogue has no such type.
    pub fn parse(name: &str) -> Result<Self, Malformed> {
        Self::from_name(name).ok_or(Malformed::Form("a message type of the catalogue"))
    }
}

impl std::fmt::Display for MessageType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

through_parse!(MessageType);
displayed!(MessageType);

/// One table of `catalogue.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    #[serde(rename = "name")]
    pub message_type: MessageType,
    pub publishers: Vec<Publisher>,
    pub exchange: Exchange,
    /// The one service that answers it.
    pub service: Option<String>,
    pub lane: Option<Lane>,
    /// The agency's queue that gets the receipt.
    pub reply: Option<AgencyQueue>,
    /// The agency's queues in which it may arrive.
    #[serde(default)]
    pub to: Vec<AgencyQueue>,
    /// The services in whose queues of events it arrives.
    #[serde(default)]
    pub listeners: Vec<String>,
    pub summary: String,
}

impl Entry {
    /// Whether agencies send it.
    #[must_use]
    pub fn is_inbound(&self) -> bool {
        self.exchange == Exchange::In
    }

    /// Whether the service of this name (`sharing`) listens to it.
    #[must_use]
    pub fn is_heard_by(&self, service: &str) -> bool {
        self.listeners.iter().any(|name| name == service)
    }

    /// Whether the service of this name (`index`) may publish it.
    #[must_use]
    pub fn is_published_by(&self, service: &str) -> bool {
        self.publishers
            .iter()
            .any(|publisher| matches!(publisher, Publisher::Service(name) if name == service))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum Publisher {
    Agency,
    /// By its name, `index`.
    Service(String),
}

impl From<String> for Publisher {
    fn from(name: String) -> Self {
        if name == "agency" { Self::Agency } else { Self::Service(name) }
    }
}

code_list!(
    /// The exchanges of the broker that messages are published on.
    Exchange {
        In = "in",
        Out = "out",
        Share = "share",
        Events = "events",
    }
);

code_list!(
    /// The queue of the answering service: a flood of statements does not delay queries.
    Lane {
        Statements = "statements",
        Queries = "queries",
    }
);

code_list!(
    /// The two queues of an agency.
    AgencyQueue {
        Inbox = "inbox",
        Answers = "answers",
    }
);

/// The catalogue, in its order.
#[must_use]
pub fn entries() -> &'static [Entry] {
    &CATALOGUE
}

static CATALOGUE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Catalogue {
        message: Vec<Entry>,
    }

    // Cannot fail: the file is part of the program, and a test reads it.
    #[expect(clippy::expect_used, reason = "compiled in and tested")]
    let catalogue: Catalogue =
        toml::from_str(include_str!("../catalogue.toml")).expect("catalogue.toml is well formed");
    let listed: Vec<MessageType> = catalogue.message.iter().map(|entry| entry.message_type).collect();
    assert_eq!(listed, MessageType::ALL, "catalogue.toml and MessageType list the same types in one order");
    catalogue.message
});
