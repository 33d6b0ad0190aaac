//! Texts: one line, many lines, and the fixed line about safety.

use serde::{Deserialize, Serialize};

use crate::{Malformed, Phone};

parsed_string!(
    /// One line of at most 200 characters, without control characters, not blank.
    Line,
    |written| if is_line(written) { Ok(()) } else { Err(Malformed::Form("a line of text")) }
);
personal!(Line);

parsed_string!(
    /// How a grown-up person is called, in one line: a practitioner, a parent, a carer.
    PersonName,
    |written| if is_line(written) { Ok(()) } else { Err(Malformed::Form("a name")) }
);
personal!(PersonName);

parsed_string!(
    /// Free text, which is case content: at most 4,000 characters.
    Text,
    |written| {
        let whole = !written.contains('\0') && (1..=4000).contains(&written.chars().count());
        if whole { Ok(()) } else { Err(Malformed::Form("a text of at most 4,000 characters")) }
    }
);
personal!(Text);

fn is_line(written: &str) -> bool {
    let visible = |place: char| !matches!(place, '\u{0}'..='\u{20}' | '\u{7f}');
    written.chars().count() <= 200
        && !written.chars().any(|place| matches!(place, '\u{0}'..='\u{1f}' | '\u{7f}'))
        && written.chars().any(visible)
}

parsed_string!(
    /// The W3C trace context, as it travels with a message.
    TraceParent,
    |written| {
        let lengths = written.split('-').map(str::len);
        let hex = |byte: u8| byte == b'-' || byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if lengths.eq([2, 32, 16, 2]) && written.bytes().all(hex) {
            Ok(())
        } else {
            Err(Malformed::Form("a traceparent"))
        }
    }
);
printable!(TraceParent);

/// The fixed line of every answer, advice, refusal and expiry (D-S1), with whom to ring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SafetyNote(String);

impl SafetyNote {
    /// The words that never vary.
    pub const WORDS: &str = "This is not proof that nobody is involved. If you think a child may be harmed, \
         follow the area's safeguarding procedure now";

    /// The fixed words and the safeguarding number of each authority given.
    #[must_use]
    pub fn with_numbers<'a>(authorities: impl IntoIterator<Item = (&'a str, &'a Phone)>) -> Self {
        let numbers: Vec<String> =
            authorities.into_iter().map(|(name, phone)| format!("{name} {}", phone.as_str())).collect();
        if numbers.is_empty() {
            return Self(format!("{}.", Self::WORDS));
        }
        Self(format!("{}: {}.", Self::WORDS, numbers.join("; ")))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
