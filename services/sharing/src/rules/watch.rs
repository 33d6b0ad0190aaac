//! What sharing looks at again when a time has come. A timer's reference names it, never a person.

use kit::timers::Timer;
use schemas::ChildRef;
use uuid::Uuid;

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Watch {
    /// Whether a request was answered.
    Answer(Uuid),
    /// Whether a delivery was acknowledged.
    Delivery(Uuid),
    /// What a statement of consent comes to that is of showing a sensitive service, by its message.
    Showing(Uuid),
    /// What is due of the consents that were recorded with a record, and what waits for them.
    Consent(ChildRef),
    /// Whether what was released still rests on what was recorded with a record.
    Released(ChildRef),
    /// Whether a reminder that a consent was widened was answered.
    Widened(Uuid),
    /// Whether advice was given that was asked for, by the message that asked (D-S8).
    Advice(Uuid),
}

impl Watch {
    /// The timer that watches it.
    #[must_use]
    pub fn timer(self) -> Timer {
        let (kind, about) = match self {
            Self::Answer(share) => ("answer", share.to_string()),
            Self::Delivery(delivery) => ("delivery", delivery.to_string()),
            Self::Showing(message) => ("showing", message.to_string()),
            Self::Consent(record) => ("consent", record.as_uuid().to_string()),
            Self::Released(record) => ("released", record.as_uuid().to_string()),
            Self::Widened(reminder) => ("widened", reminder.to_string()),
            Self::Advice(question) => ("advice", question.to_string()),
        };
        Timer { kind: kind.to_owned(), about }
    }

    /// None where the table holds what none of our versions wrote.
    #[must_use]
    pub fn of(timer: &Timer) -> Option<Self> {
        let about = Uuid::parse_str(&timer.about).ok()?;
        match timer.kind.as_str() {
            "answer" => Some(Self::Answer(about)),
            "delivery" => Some(Self::Delivery(about)),
            "showing" => Some(Self::Showing(about)),
            "consent" => Some(Self::Consent(ChildRef::from_uuid(about))),
            "released" => Some(Self::Released(ChildRef::from_uuid(about))),
            "widened" => Some(Self::Widened(about)),
            "advice" => Some(Self::Advice(about)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_watched_is_read_back_from_its_timer() {
        let about = Uuid::from_u128(7);
        for watch in [
            Watch::Answer(about),
            Watch::Delivery(about),
            Watch::Showing(about),
            Watch::Consent(ChildRef::from_uuid(about)),
            Watch::Released(ChildRef::from_uuid(about)),
            Watch::Widened(about),
            Watch::Advice(about),
        ] {
            assert_eq!(Watch::of(&watch.timer()), Some(watch));
        }
        assert_eq!(Watch::of(&Timer { kind: "moon".to_owned(), about: String::new() }), None);
    }
}
