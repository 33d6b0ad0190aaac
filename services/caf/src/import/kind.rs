//! What kinds of file there are.

use std::fmt;

use schemas::MessageType;
use serde::{Deserialize, Serialize};

use super::columns::{self, Column};

/// What a row of the file is about.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Practitioners,
    Children,
    /// The log of open CAFs that an agency or a CAF team kept until now.
    CafLog,
}

/// A message that a row may become, and the columns that make it.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub what: What,
    pub columns: &'static [Column],
    /// The column whose value stands for `localRef` where the file gives none.
    pub named_by: &'static str,
    pub sent: Sent,
}

/// What a row tells of, a message each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Practitioner,
    Child,
    Started,
    Completed,
    Lead,
}

impl What {
    /// The type of its message.
    #[must_use]
    pub const fn message_type(self) -> MessageType {
        match self {
            Self::Practitioner => MessageType::PractitionerRecorded,
            Self::Child => MessageType::ChildRecorded,
            Self::Started => MessageType::CafStarted,
            Self::Completed => MessageType::CafCompleted,
            Self::Lead => MessageType::InvolvementRecorded,
        }
    }
}

/// When a row becomes the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    Always,
    /// Where any of its own columns has a value.
    WhereTold,
}

impl Kind {
    /// The messages of a row, in the order in which they are sent.
    #[must_use]
    pub fn parts(self) -> &'static [Part] {
        match self {
            Self::Practitioners => columns::PRACTITIONER_PARTS.as_slice(),
            Self::Children => columns::CHILD_PARTS.as_slice(),
            Self::CafLog => columns::CAF_LOG_PARTS.as_slice(),
        }
    }

    /// The column that tells rows apart.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Practitioners => "practitioner-id",
            Self::Children => "local-id",
            Self::CafLog => "caf-id",
        }
    }

    /// Every column that a file of this kind may have, each once.
    #[must_use]
    pub fn columns(self) -> Vec<&'static Column> {
        let mut all: Vec<&Column> = Vec::new();
        let needed_always = |part: &&Part| part.sent == Sent::Always;
        // what every row needs comes first
        let parts = self.parts();
        let ordered = parts.iter().filter(needed_always).chain(parts.iter().filter(|p| !needed_always(p)));
        for column in ordered.flat_map(|part| part.columns) {
            if all.iter().all(|known| known.name != column.name) {
                all.push(column);
            }
        }
        all
    }

    /// The columns without which no row can be taken.
    #[must_use]
    pub fn needed(self) -> Vec<&'static str> {
        let always = self.parts().iter().filter(|part| part.sent == Sent::Always);
        let needed = always.flat_map(|part| part.columns).filter(|column| column.needed);
        needed.map(|column| column.name.as_str()).collect()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Practitioners => "practitioners",
            Self::Children => "children",
            Self::CafLog => "caf-log",
        })
    }
}
