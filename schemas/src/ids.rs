//! The ids of the exchange, one type each.
//!
//! All are pseudonymous and may stand in a log; a name, a number or a date never is an id.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::Malformed;

parsed_string!(
    /// An agency: the common name of its certificate, its broker user, the first word of its routing keys.
    AgencyId,
    |written| {
        let reserved = matches!(written, "operator" | "guest") || written.starts_with("svc-");
        if is_name(written) && !reserved { Ok(()) } else { Err(Malformed::Form("an agency id")) }
    }
);
printable!(AgencyId);

parsed_string!(
    /// A council area whose CAF team keeps the log (D-A3).
    AuthorityId,
    |written| if is_name(written) { Ok(()) } else { Err(Malformed::Form("an authority id")) }
);
printable!(AuthorityId);

parsed_string!(
    /// A service of the exchange, as the source of what it publishes: `svc-index`.
    ServiceId,
    |written| {
        let own_name = written.strip_prefix("svc-").is_some_and(|name| !name.is_empty());
        if own_name && is_name(written) { Ok(()) } else { Err(Malformed::Form("a service id")) }
    }
);
printable!(ServiceId);

parsed_string!(
    /// A practitioner on the register of the agency that vouches for them (D-A2): the agency's own id.
    PractitionerId,
    |written| if is_local(written) { Ok(()) } else { Err(Malformed::Form("a practitioner id")) }
);
printable!(PractitionerId);

parsed_string!(
    /// The id of *one fact* in the agency's system.
    LocalRef,
    |written| if is_local(written) { Ok(()) } else { Err(Malformed::Form("a local reference")) }
);
printable!(LocalRef);

parsed_string!(
    /// The agency's own id of a child.
    LocalChildId,
    |written| if is_local(written) { Ok(()) } else { Err(Malformed::Form("a local id of a child")) }
);
printable!(LocalChildId);

/// `[a-z][a-z0-9-]{2,39}`: the grammar of agencies, services and authorities.
fn is_name(written: &str) -> bool {
    let rest_fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (3..=40).contains(&written.len())
        && written.as_bytes()[0].is_ascii_lowercase()
        && written.bytes().all(rest_fits)
}

/// `[A-Za-z0-9._:-]{1,64}`: ids that an agency's own system made.
pub(crate) fn is_local(written: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
    (1..=64).contains(&written.len()) && written.bytes().all(fits)
}

/// An id that is a UUID and no more.
macro_rules! uuid_id {
    ($(#[$meta:meta])* $name:ident, $what:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// # Errors
            /// When the text is not a UUID in lower case with hyphens.
            pub fn parse(written: &str) -> Result<Self, Malformed> {
                uuid_as_written(written).map(Self).ok_or(Malformed::Form($what))
            }

            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            #[must_use]
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        through_parse!($name);
        displayed!($name);
    };
}

uuid_id!(
    /// The id of a message, its sender's choice (`UUIDv7` is best); equal to the AMQP `message_id`.
    MessageId,
    "a message id"
);

/// A child, as the exchange names it to *one* agency: `child:<uuid>`. Another agency's is unknown here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChildRef(Uuid);

impl ChildRef {
    /// # Errors
    /// When the text is not `child:` and a UUID in lower case with hyphens.
    pub fn parse(written: &str) -> Result<Self, Malformed> {
        let uuid = written.strip_prefix("child:").and_then(uuid_as_written);
        uuid.map(Self).ok_or(Malformed::Form("a reference child:<uuid>"))
    }

    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    #[must_use]
    pub const fn as_uuid(&self) -> Uuid {
        self.0
    }
}

impl fmt::Display for ChildRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "child:{}", self.0.hyphenated())
    }
}

through_parse!(ChildRef);
displayed!(ChildRef);

/// One spelling only, so that ids compare as texts too (AMQP `message_id`, logs).
fn uuid_as_written(written: &str) -> Option<Uuid> {
    let hyphenated = written.len() == 36 && !written.bytes().any(|byte| byte.is_ascii_uppercase());
    if hyphenated { Uuid::from_str(written).ok() } else { None }
}

uuid_id!(
    /// One notice that a record was shown; the CAF team can find out by it what happened.
    AccessRef,
    "the id of a notice"
);

uuid_id!(
    /// One decision about sharing, as it was recorded (D-S7).
    DecisionId,
    "the id of a decision"
);

/// A CAF: `<agency>/<the starter's id>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CafRef {
    agency: AgencyId,
    starters_id: LocalRef,
}

impl CafRef {
    /// # Errors
    /// When the text is not an agency id, a slash and a local reference.
    pub fn parse(written: &str) -> Result<Self, Malformed> {
        let malformed = Malformed::Form("a CAF reference <agency>/<the starter's id>");
        let (agency, starters_id) = written.split_once('/').ok_or(malformed)?;
        let agency = AgencyId::parse(agency).map_err(|_| malformed)?;
        let starters_id = LocalRef::parse(starters_id).map_err(|_| malformed)?;
        Ok(Self { agency, starters_id })
    }

    #[must_use]
    pub const fn new(agency: AgencyId, starters_id: LocalRef) -> Self {
        Self { agency, starters_id }
    }

    #[must_use]
    pub const fn agency(&self) -> &AgencyId {
        &self.agency
    }

    #[must_use]
    pub const fn starters_id(&self) -> &LocalRef {
        &self.starters_id
    }
}

impl fmt::Display for CafRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.agency, self.starters_id)
    }
}

through_parse!(CafRef);
displayed!(CafRef);

/// Which child a message is about. Never a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// `local:<the agency's own id of the child>`
    Local(LocalChildId),
    /// `child:<uuid>`, the reference that a receipt or an answer gave to this agency
    Child(ChildRef),
}

impl Subject {
    /// # Errors
    /// When the text is neither `local:<id>` nor `child:<uuid>`.
    pub fn parse(written: &str) -> Result<Self, Malformed> {
        let malformed = Malformed::Form("a subject local:<id> or child:<uuid>");
        if let Some(local) = written.strip_prefix("local:") {
            return LocalChildId::parse(local).map(Self::Local).map_err(|_| malformed);
        }
        ChildRef::parse(written).map(Self::Child).map_err(|_| malformed)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(id) => write!(f, "local:{id}"),
            Self::Child(reference) => reference.fmt(f),
        }
    }
}

through_parse!(Subject);
displayed!(Subject);

/// A person of a form, without a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FormPerson {
    Child,
    /// `person:<the agency's own id of a parent, carer or other person>`
    Person(LocalRef),
}

impl FormPerson {
    /// # Errors
    /// When the text is neither `child` nor `person:<id>`.
    pub fn parse(written: &str) -> Result<Self, Malformed> {
        let malformed = Malformed::Form("child or person:<id>");
        match written.strip_prefix("person:") {
            Some(id) => LocalRef::parse(id).map(Self::Person).map_err(|_| malformed),
            None if written == "child" => Ok(Self::Child),
            None => Err(malformed),
        }
    }
}

impl fmt::Display for FormPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Child => f.write_str("child"),
            Self::Person(id) => write!(f, "person:{id}"),
        }
    }
}

through_parse!(FormPerson);
displayed!(FormPerson);

/// What a reminder is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReminderRef {
    Caf(CafRef),
    Child(ChildRef),
    /// The `localRef` of the agency's own statement.
    Statement(LocalRef),
}

impl ReminderRef {
    /// # Errors
    /// When the text is none of the three.
    pub fn parse(written: &str) -> Result<Self, Malformed> {
        let caf = CafRef::parse(written).map(Self::Caf);
        caf.or_else(|_| ChildRef::parse(written).map(Self::Child))
            .or_else(|_| LocalRef::parse(written).map(Self::Statement))
            .map_err(|_| Malformed::Form("a reference to a CAF, a child or a statement"))
    }
}

impl fmt::Display for ReminderRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caf(reference) => reference.fmt(f),
            Self::Child(reference) => reference.fmt(f),
            Self::Statement(reference) => reference.fmt(f),
        }
    }
}

through_parse!(ReminderRef);
displayed!(ReminderRef);
