//! What a batch of statements comes to, each fact as its latest statement says (G7).

use std::collections::{BTreeMap, BTreeSet};

use schemas::{
    AgencyId, CafRef, CafRefused, CafStarted, ChildRecorded, ChildRef, Correction, InvolvementEnded,
    InvolvementRecorded, LocalChildId, LocalRef, PractitionerEnded, PractitionerId, PractitionerRecorded,
    Restriction, RestrictionLifted, RestrictionSet,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::life::What;
use super::task::Task;
use kit::moment::{Latest, Moment};

/// Facts by what they are about, in the order in which their rows are written (two transactions
/// never wait for each other's rows crosswise).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded<K, V>(BTreeMap<K, Latest<V>>);

impl<K, V> Default for Folded<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord, V> Folded<K, V> {
    /// Folds one statement: the later one stays. Commutative, associative, idempotent.
    pub fn fold(&mut self, about: K, moment: Moment, fact: impl FnOnce() -> V) {
        let known = self.0.get(&about);
        if known.is_none_or(|known| known.moment < moment) {
            self.0.insert(about, Latest { moment, fact: fact() });
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One column of the rows to be written.
    pub fn column<'a, C>(&'a self, of: impl Fn(&'a K, &'a V) -> C) -> Vec<C> {
        self.0.iter().map(|(about, latest)| of(about, &latest.fact)).collect()
    }

    /// The columns by which an upsert knows the later statement.
    #[must_use]
    pub fn moments(&self) -> (Vec<OffsetDateTime>, Vec<Uuid>) {
        let moments = self.0.values().map(|latest| latest.moment);
        moments.map(|moment| (moment.effective_at, moment.message_id.as_uuid())).unzip()
    }
}

/// All that a batch changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    pub practitioners: Folded<(AgencyId, PractitionerId), PractitionerRecorded>,
    pub practitioner_endings: Folded<(AgencyId, PractitionerId), PractitionerEnded>,
    /// Records to be made, with what their agency calls them.
    pub new_records: BTreeMap<ChildRef, (AgencyId, LocalChildId)>,
    pub children: Folded<ChildRef, ChildRecorded>,
    pub corrections: Folded<(AgencyId, LocalRef), (ChildRef, Correction)>,
    /// Every level that was said of a record, and from when on.
    pub raised: BTreeSet<(ChildRef, Restriction, OffsetDateTime)>,
    pub lifted: Folded<(AgencyId, LocalRef), (ChildRef, RestrictionLifted)>,
    pub restrictions: Folded<(AgencyId, LocalRef), (ChildRef, RestrictionSet)>,
    pub involvements: Folded<(AgencyId, LocalRef), (ChildRef, InvolvementRecorded)>,
    pub involvement_endings: Folded<(AgencyId, LocalRef), InvolvementEnded>,
    pub cafs: Folded<CafRef, (ChildRef, CafStarted)>,
    pub caf_steps: Folded<StepKey, Said>,
    pub refusals: Folded<(AgencyId, LocalRef), CafRefused>,
    pub tasks: Vec<Task>,
}

/// A fact is known by who says it, what it says and that agency's own reference.
pub type StepKey = (AgencyId, &'static str, LocalRef);

/// A statement about a CAF after its start.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// The child, as the agency names it.
    pub record: ChildRef,
    pub caf_ref: CafRef,
    pub what: What,
    pub happened_at: OffsetDateTime,
    /// What of the message is kept beside.
    pub data: serde_json::Value,
    /// The authorities whose CAF team said it.
    pub team_of: Vec<String>,
    pub received_at: OffsetDateTime,
}

impl Changes {
    /// D-I6: saying that nothing is restricted lowers nothing.
    pub fn restrict(&mut self, record: ChildRef, level: Restriction, moment: Moment) {
        match level {
            Restriction::None => {}
            Restriction::Address | Restriction::WholeRecord => {
                self.raised.insert((record, level, moment.effective_at));
            }
        }
    }
}
