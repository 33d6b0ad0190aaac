//! What a batch changes, in the order in which its rows are written.

use std::collections::{BTreeMap, BTreeSet};

use kit::seal::KeyedHash;
use kit::timers::Timer;
use schemas::{AgencyId, ChildRef, LocalRef, MessageId, MessageType, Subject};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::advice::Advised;
use super::awaited::Awaited;
use super::consent::Statement;
use super::consent_due::Told;
use super::decision::{Decided, Delivered};
use super::delivery::{Acknowledged, Withdrawal};
use super::earlier::Recalled;
use super::family_copy::Copied;
use super::share::{Share, State};
use super::widened::{Asked, Confirmed};

/// Texts and names, with the child of which they are: sealed under that agency's key of that child.
#[derive(Clone, Debug, PartialEq)]
pub struct Private {
    pub agency: AgencyId,
    /// The agency's own id of the child, else its reference.
    pub child: String,
    pub plain: Plain,
}

/// Does not print.
#[derive(Clone, PartialEq)]
pub struct Plain(pub Value);

impl std::fmt::Debug for Plain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Plain(…)")
    }
}

/// A statement of consent to be kept, with names and texts apart.
#[derive(Clone, Debug)]
pub struct Stated {
    pub statement: Statement,
    pub subject: Subject,
    pub private: Private,
}

/// A message by which something is asked back: its id, of whom, which deliveries, and by when.
pub type AskedBack = (Uuid, AgencyId, BTreeSet<MessageId>, OffsetDateTime);

/// A fact that had its effect: the same one again has none.
pub type Fact = (AgencyId, MessageType, LocalRef);

#[derive(Debug, Default)]
pub struct Changes {
    pub facts: BTreeMap<Fact, KeyedHash>,
    pub shares: Vec<(Share, Option<Private>)>,
    pub states: BTreeMap<Uuid, State>,
    pub decisions: Vec<Decided>,
    pub deliveries: Vec<Delivered>,
    pub statements: Vec<Stated>,
    pub withdrawals: Vec<Withdrawal>,
    pub asked_back: Vec<AskedBack>,
    pub recalls: Vec<Recalled>,
    /// What was corrected since: it is not sent again as it was.
    pub corrected: BTreeSet<MessageId>,
    /// Records whose family refused electronic recording: of what was released, no content rests here (D-C7 b).
    pub not_kept: BTreeSet<ChildRef>,
    pub acknowledged: Vec<Acknowledged>,
    pub advice: Vec<Advised>,
    pub copies: Vec<Copied>,
    /// What of the consents was told.
    pub consent_told: Vec<(Told, OffsetDateTime)>,
    pub consent_asked: Vec<Asked>,
    pub confirmed: Vec<Confirmed>,
    pub awaited: Vec<Awaited>,
    /// What waited, and may pass since.
    pub passes: Vec<(Uuid, OffsetDateTime)>,
    pub timers: Vec<(Timer, OffsetDateTime)>,
}
