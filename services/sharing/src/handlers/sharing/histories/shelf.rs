//! What the tables of sharing hold of one child, in memory: what a batch is loaded from, and what it changes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use deciding::Rules;
use kit::Message;
use kit::handler::{Notice, Outcome};
use kit::seal::Sealer;
use schemas::{AgencyId, AgencyNow, ChildRef, PractitionerId, PractitionerNow, Sensitivity, ShareWanted};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::{State, fold};
use super::said::{AGENCIES, Deed, What};
use super::{MIDNIGHT, agency};
use crate::rules::changes::{Changes, Stated};
use crate::rules::consent;
use crate::rules::decision::{Decided, Delivered};
use crate::rules::delivery::Sent;
use crate::rules::earlier::{Earlier, Reference};
use crate::rules::person::PersonKeys;
use crate::rules::share::Share;
use crate::rules::world::{Record, World};

/// The policies as they are delivered.
static RULES: LazyLock<Arc<Rules>> = LazyLock::new(|| {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/policies"));
    Arc::new(Rules::load(folder).expect("the delivered policies"))
});

/// The registers, and the records of the child as they stand before anything is said.
static KNOWN: LazyLock<(Agencies, Practitioners, Vec<Record>)> =
    LazyLock::new(|| (agencies(), practitioners(), (0..AGENCIES.len()).map(record).collect()));

type Agencies = HashMap<AgencyId, AgencyNow>;
type Practitioners = HashMap<(AgencyId, PractitionerId), PractitionerNow>;

pub(super) fn rules() -> &'static Rules {
    &RULES
}

/// Everything of one child, and what was decided and sent.
pub(super) struct Shelf {
    sealer: Arc<Sealer>,
    statements: Vec<(AgencyId, consent::Statement)>,
    shares: HashMap<Uuid, Share>,
    sent: Vec<(ChildRef, Sent)>,
    earlier: HashMap<Reference, Vec<Earlier>>,
    facts: HashMap<crate::rules::changes::Fact, kit::seal::KeyedHash>,
    /// By the number of the message, in the order in which they were made.
    pub(super) decisions: Vec<(u32, Decided)>,
    pub(super) told: Vec<(u32, Notice)>,
    /// What holders were asked for, by the number of the request.
    wanted: BTreeMap<u32, (usize, Value)>,
}

impl Shelf {
    pub(super) fn new() -> Self {
        Self {
            sealer: Arc::new(Sealer::from_key(&[7; 32]).expect("32 bytes")),
            statements: Vec::new(),
            shares: HashMap::new(),
            sent: Vec::new(),
            earlier: HashMap::new(),
            facts: HashMap::new(),
            decisions: Vec::new(),
            told: Vec::new(),
            wanted: BTreeMap::new(),
        }
    }

    /// Delivers messages in batches of at most `size`. An answer comes after what it answers was sent.
    pub(super) fn deliver(mut self, deeds: &[Deed], size: usize) -> Self {
        let mut batch: Vec<&Deed> = Vec::new();
        for deed in deeds {
            if batch.len() == size || matches!(deed.what, What::Answers { .. }) {
                self.take(&batch);
                batch.clear();
            }
            batch.push(deed);
        }
        self.take(&batch);
        self
    }

    fn take(&mut self, batch: &[&Deed]) {
        // Nobody answers what never reached it.
        let messages: Vec<(u32, Message)> = batch
            .iter()
            .filter_map(|deed| {
                let wanted = match &deed.what {
                    What::Answers { of, .. } => Some(self.wanted.get(of)?),
                    What::Consent(_) | What::Asks { .. } | What::Offers { .. } | What::Corrects { .. } => {
                        None
                    }
                };
                Some((deed.number, deed.message(wanted.map(|(by, wanted)| (*by, wanted)))))
            })
            .collect();
        let Some(now) = messages.iter().map(|(_, message)| message.received_at).max() else { return };
        let mut state = self.state(&messages);
        for (number, message) in &messages {
            let from = state.changes.decisions.len();
            let outcome = fold(&mut state, message, now);
            let decided = state.changes.decisions[from..].iter().cloned();
            self.decisions.extend(decided.map(|decided| (*number, decided)));
            match outcome {
                Outcome::Recorded { notices, .. } => {
                    self.told.extend(notices.into_iter().map(|notice| (*number, notice)));
                }
                Outcome::Rejected { .. } => {}
                Outcome::Answered { .. } => panic!("sharing answers nothing"),
            }
        }
        self.store(state.changes);
    }

    fn state(&self, messages: &[(u32, Message)]) -> State {
        let of = |(number, message): &(u32, Message)| {
            ((message.sender.clone(), message.id), Uuid::from_u128(u128::from(number + 1) << 64))
        };
        State {
            world: self.world(),
            rules: Arc::clone(&RULES),
            people: self.people(),
            shares: self.shares.clone(),
            advised: HashMap::new(),
            detrimental_at: HashMap::new(),
            consent_asked: HashMap::new(),
            sent_to: HashMap::new(),
            sent: self.sent.clone(),
            earlier: self.earlier.clone(),
            facts: self.facts.clone(),
            sealer: Arc::clone(&self.sealer),
            allotted: messages.iter().map(of).collect(),
            changes: Changes::default(),
        }
    }

    fn store(&mut self, changes: Changes) {
        for Stated { statement, .. } in changes.statements {
            self.statements.push((statement.version.agency.clone(), statement));
        }
        self.shares.extend(changes.shares.into_iter().map(|(share, _)| (share.id, share)));
        for (id, stands) in changes.states {
            if let Some(share) = self.shares.get_mut(&id) {
                share.state = stands;
            }
        }
        for delivered in &changes.deliveries {
            let decided = changes.decisions.iter().find(|decided| decided.id == delivered.decision);
            self.note_sent(delivered, decided.expect("nothing leaves undecided (G3)"));
        }
        self.facts.extend(changes.facts);
        let wanted = self.told.iter().filter(|(_, notice)| notice.kind == ShareWanted::TYPE);
        let of = |(number, notice): &(u32, Notice)| {
            let holder = AGENCIES.iter().position(|(name, _)| *name == notice.to.as_str());
            (*number, (holder.expect("one of them"), notice.data.clone()))
        };
        self.wanted = wanted.map(of).collect();
    }

    fn note_sent(&mut self, delivered: &Delivered, decided: &Decided) {
        let sent = delivered.by_consent().zip(delivered.record);
        self.sent.extend(sent.map(|(sent, record)| (record, sent)));
        let reference = (delivered.supplier.clone(), delivered.supplier_ref.clone());
        let earlier = Earlier::of(delivered, decided).expect("its bases are read back");
        self.earlier.entry(reference).or_default().push(earlier);
    }

    pub(super) fn people(&self) -> PersonKeys {
        PersonKeys::new(Arc::clone(&self.sealer))
    }

    /// Everything that was said, as it holds for what an agency releases.
    pub(super) fn consents(&self, holder: &AgencyId) -> consent::State {
        let state = self.state(&[]);
        let of = state.world.named(holder, &super::subject()).expect("its record").clone();
        state.world.consents(&of)
    }

    fn world(&self) -> World {
        let (agencies, practitioners, records) = &*KNOWN;
        let with_said = |record: &Record| {
            let own = self.statements.iter().filter(|(of, _)| *of == record.child.agency_id);
            Record { statements: own.map(|(_, said)| said.clone()).collect(), ..record.clone() }
        };
        World::new(agencies.clone(), practitioners.clone(), records.iter().map(with_said).collect())
    }

    /// Whether a policy had anything decided.
    pub(super) fn held_back_by(&self, policy: &str) -> bool {
        self.decisions.iter().any(|(_, decided)| decided.cases.to_string().contains(policy))
    }

    /// When the message of that number came.
    pub(super) fn came(deeds: &[Deed], number: u32) -> OffsetDateTime {
        let deed = deeds.iter().find(|deed| deed.number == number).expect("one of them");
        MIDNIGHT + time::Duration::seconds(deed.at)
    }
}

fn reference(place: usize) -> ChildRef {
    ChildRef::from_uuid(Uuid::from_u128(0xC0 + place as u128))
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("as the contract has it")
}

fn record(place: usize) -> Record {
    let (name, record) = (AGENCIES[place].0, reference(place));
    Record {
        child: read(json!({
            "record": record, "version": 1, "agencyId": name, "localId": "c1", "hasFacts": true,
            "birth": {"date": "2013-05-05", "precision": "exact"}, "childState": "living",
            "synthetic": false, "restriction": "none",
            "tokens": {"number": schemas::Token::of(&[1; 32])},
        })),
        agency: Sensitivity::Ordinary,
        involvements: vec![read(json!({
            "agencyId": name, "localRef": "i1", "version": 1, "record": record, "practitionerId": "p1",
            "roleInCase": "team-member", "leadKind": "practitioner", "sensitive": false, "keyWorker": false,
            "level": "universal", "startedAt": "2026-09-01T00:00:00Z",
        }))],
        cafs: Vec::new(),
        statements: Vec::new(),
        confirmed: Vec::new(),
    }
}

fn agencies() -> Agencies {
    let of = |(place, (name, kind)): (usize, &(&str, schemas::AgencyKind))| {
        let now = read(json!({
            "agencyId": name, "version": 1, "kind": kind, "sector": "statutory", "displayName": name,
            "shownName": name, "sensitive": false, "state": "active",
            "authorities": [{"authority": "borough", "name": "Borough", "safeguardingPhone": "0116 496 0999",
                             "cafTeam": "borough-team"}],
            "dutyDeskPhone": "0116 496 0100", "safeguardingLeadPhone": "0116 496 0101",
        }));
        (agency(place), now)
    };
    AGENCIES.iter().enumerate().map(of).collect()
}

fn practitioners() -> Practitioners {
    let of = |(place, (name, _)): (usize, &(&str, schemas::AgencyKind))| {
        let now: PractitionerNow = read(json!({
            "agencyId": name, "practitionerId": "p1", "version": 1, "state": "active", "name": "Pat Worker",
            "job": "other", "check": {"state": "held"},
        }));
        ((agency(place), now.practitioner_id.clone()), now)
    };
    AGENCIES.iter().enumerate().map(of).collect()
}

/// What went out: by which message, to whom, of which part, in which words.
pub(super) type Went = BTreeSet<(u32, AgencyId, String, String)>;

impl Shelf {
    pub(super) fn went(&self) -> Went {
        let mut went = Went::new();
        for (number, notice) in &self.told {
            for part in notice.data["decision"].as_str().into_iter().flat_map(|_| parts_of(&notice.data)) {
                for item in part["items"].as_array().into_iter().flatten() {
                    let text = format!("{} {}", item["itemText"], item["about"]);
                    went.insert((*number, notice.to.clone(), part["part"].to_string(), text));
                }
            }
        }
        went
    }
}

pub(super) fn parts_of(data: &Value) -> Vec<Value> {
    data["parts"].as_array().cloned().unwrap_or_default()
}
