//! What a request asks for: parts of the form, or an extract of what the holder has in its own record.

use serde::{Deserialize, Serialize};

use crate::{About, FormPart, Malformed, Text};

/// Stands flattened in its message: `parts` or `recordExtract`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Asked {
    /// At least one.
    Parts(Vec<FormPart>),
    RecordExtract(RecordExtract),
}

/// Described by need: the asker does not know what the record holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordExtract {
    pub need_text: Text,
    pub about: About,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<FormPart>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record_extract: Option<RecordExtract>,
}

impl TryFrom<Written> for Asked {
    type Error = Malformed;

    fn try_from(written: Written) -> Result<Self, Malformed> {
        match (written.parts.is_empty(), written.record_extract) {
            (false, None) => Ok(Self::Parts(written.parts)),
            (true, Some(extract)) => Ok(Self::RecordExtract(extract)),
            (false, Some(_)) | (true, None) => Err(Malformed::Form("either parts or recordExtract")),
        }
    }
}

impl From<Asked> for Written {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Parts(parts) => Self { parts, record_extract: None },
            Asked::RecordExtract(extract) => Self { parts: Vec::new(), record_extract: Some(extract) },
        }
    }
}
