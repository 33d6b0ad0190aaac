//! What agencies may say of one child of thirteen and ask of one another, drawn by chance: numbers and codes, so that a
//! history that fails prints and shrinks.

use std::collections::BTreeSet;

use kit::Message;
use proptest::prelude::*;
use proptest::sample::select;
use schemas::{Accepted, AgencyKind, Inbound, MessageId, ToSharing};
use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use super::word::{Word, taken_and_answered, word};
use super::{MIDNIGHT, agency, subject};

/// The first two hold what the others want; the last is the area's CAF team.
pub(super) const AGENCIES: [(&str, AgencyKind); 5] = [
    ("school", AgencyKind::School),
    ("surgery", AgencyKind::Gp),
    ("housing", AgencyKind::Housing),
    ("visitors", AgencyKind::HealthVisiting),
    ("borough-team", AgencyKind::CafTeam),
];
pub(super) const PARTS: [&str; 3] = ["identity", "household", "action-plan"];
/// Messages of one history come a minute apart.
const APART: i64 = 60;

/// One message; its number is its place, and stays when another one comes between.
#[derive(Clone, Debug)]
pub(super) struct Deed {
    pub(super) number: u32,
    /// Seconds after the first one's day began.
    pub(super) at: i64,
    pub(super) what: What,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    Consent(Word),
    Asks {
        by: usize,
        of: usize,
        parts: Vec<usize>,
        purpose: &'static str,
        basis: Basis,
    },
    /// The holder, of a request.
    Answers {
        of: u32,
        basis: Basis,
        items: Vec<Item>,
    },
    Offers {
        by: usize,
        to: Vec<usize>,
        purpose: &'static str,
        basis: Basis,
        items: Vec<Item>,
    },
    /// Whoever sent it, of an offer or an answer.
    Corrects {
        of: u32,
        by: usize,
        items: Vec<Item>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Basis {
    Consent,
    PublicInterest,
    NotConfidential,
}

#[derive(Clone, Debug)]
pub(super) struct Item {
    part: usize,
    about: About,
    confidential: Option<&'static str>,
    pub(super) not_for: Option<NotFor>,
    informant: bool,
}

#[derive(Clone, Copy, Debug)]
enum About {
    Child,
    Mother,
    Sibling,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotFor {
    Housing,
    HealthVisiting,
}

impl NotFor {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Housing => "kept from housing",
            Self::HealthVisiting => "kept from visitors",
        }
    }
}

fn item() -> impl Strategy<Value = Item> {
    let about = select(vec![About::Child, About::Child, About::Child, About::Mother, About::Sibling]);
    let confidential = select(vec![None, Some("yes"), Some("no")]);
    let not_for = select(vec![None, None, None, Some(NotFor::Housing), Some(NotFor::HealthVisiting)]);
    (0..PARTS.len(), about, confidential, not_for, proptest::bool::weighted(0.1)).prop_map(
        |(part, about, confidential, not_for, informant)| Item {
            part,
            about,
            confidential,
            not_for,
            informant,
        },
    )
}

fn basis() -> impl Strategy<Value = Basis> {
    select(vec![
        Basis::Consent,
        Basis::Consent,
        Basis::Consent,
        Basis::PublicInterest,
        Basis::NotConfidential,
    ])
}

fn purpose() -> impl Strategy<Value = &'static str> {
    select(vec!["agree-or-deliver-plan", "agree-or-deliver-plan", "refer-for-service", "quality-check"])
}

/// What comes of one place of a history: now, and perhaps some places later.
fn begun() -> impl Strategy<Value = (What, Option<(u32, What)>)> {
    let items = || proptest::collection::vec(item(), 1..5);
    let parts = proptest::sample::subsequence((0..PARTS.len()).collect::<Vec<_>>(), 1..=PARTS.len());
    let asks = (2..AGENCIES.len(), 0..2_usize, parts, purpose(), basis())
        .prop_map(|(by, of, parts, purpose, basis)| What::Asks { by, of, parts, purpose, basis });
    let answers = (basis(), items()).prop_map(|(basis, items)| What::Answers { of: 0, basis, items });
    let to = proptest::sample::subsequence((2..AGENCIES.len()).collect::<Vec<_>>(), 1..=3);
    let offers = (0..2_usize, to, purpose(), basis(), items())
        .prop_map(|(by, to, purpose, basis, items)| What::Offers { by, to, purpose, basis, items });
    let corrects = proptest::option::of(items());
    let later = 1..4_u32;
    prop_oneof![
        3 => word().prop_map(|word| (What::Consent(word), None)),
        1 => (taken_and_answered(), later.clone()).prop_map(|((taken, answered), later)| {
            (What::Consent(taken), Some((later, What::Consent(answered))))
        }),
        2 => (asks, answers, later.clone()).prop_map(|(asks, answers, later)| (asks, Some((later, answers)))),
        2 => (offers, corrects, later).prop_map(|(offers, corrects, later)| {
            let What::Offers { by, .. } = &offers else { return (offers, None) };
            let by = *by;
            let corrects = corrects.map(|items| (later, What::Corrects { of: 0, by, items }));
            (offers, corrects)
        }),
    ]
}

/// A history in the order in which it comes.
pub(super) fn history() -> impl Strategy<Value = Vec<Deed>> {
    proptest::collection::vec(begun(), 1..12).prop_map(|drawn| {
        let mut deeds = Vec::new();
        for (place, (what, later)) in (0_u32..).zip(drawn) {
            let number = place * 2;
            deeds.push(deed(number, number, what));
            if let Some((after, what)) = later {
                let what = match what {
                    What::Answers { basis, items, .. } => What::Answers { of: number, basis, items },
                    What::Corrects { by, items, .. } => What::Corrects { of: number, by, items },
                    other @ (What::Consent(_) | What::Asks { .. } | What::Offers { .. }) => other,
                };
                // Odd places come after the even ones before them, no two at one moment.
                let at = deed_at(number + after * 2) + 30 + i64::from(number);
                deeds.push(Deed { at, number: number + 1, what });
            }
        }
        deeds.sort_by_key(|deed| (deed.at, deed.number));
        deeds
    })
}

/// Statements of consent alone.
pub(super) fn statements() -> impl Strategy<Value = Vec<Deed>> {
    let words = proptest::collection::vec(word(), 1..7);
    words.prop_map(|mut words| {
        // Of the same fact said twice the first has its effect, whichever that is.
        let mut said = BTreeSet::new();
        words.retain(|word| said.insert(word.json().to_string()));
        (0..).zip(words).map(|(place, word)| deed(place, place, What::Consent(word))).collect()
    })
}

/// After all else each agency asks each holder for everything, and each holder offers it to each.
pub(super) fn everything() -> Vec<Deed> {
    let mut whats = Vec::new();
    let items = |about| (0..PARTS.len()).map(move |part| Item::plain(part, about));
    for holder in 0..2 {
        for by in 2..AGENCIES.len() {
            let (purpose, basis) = ("agree-or-deliver-plan", Basis::Consent);
            whats.push(What::Asks { by, of: holder, parts: (0..PARTS.len()).collect(), purpose, basis });
            let items = items(About::Child).chain(items(About::Mother)).collect();
            whats.push(What::Offers { by: holder, to: vec![by], purpose, basis, items });
        }
    }
    (200..).zip(whats).map(|(place, what)| deed(place, place, what)).collect()
}

fn deed_at(place: u32) -> i64 {
    i64::from(place) * APART
}

fn deed(number: u32, place: u32, what: What) -> Deed {
    Deed { number, at: deed_at(place), what }
}

impl Item {
    const fn plain(part: usize, about: About) -> Self {
        Self { part, about, confidential: None, not_for: None, informant: false }
    }

    fn json(&self) -> Value {
        let mut item = json!({
            "itemText": self.not_for.map_or("for all", NotFor::text),
            "about": match self.about {
                About::Child => json!({"is": "child"}),
                About::Mother => json!({"is": "parent", "person": {"relationship": "mother", "name": "Rosa Example"}}),
                About::Sibling => json!({"is": "sibling"}),
            },
            "nature": "fact", "source": "seen", "agreedToRecord": "yes",
            "identifiesInformant": if self.informant { "yes" } else { "no" },
        });
        if let Some(confidential) = self.confidential {
            item["confidential"] = json!(confidential);
        }
        match self.not_for {
            Some(NotFor::Housing) => item["notFor"] = json!([{"is": "agency", "agencyId": "housing"}]),
            Some(NotFor::HealthVisiting) => {
                item["notFor"] = json!([{"is": "agency-kind", "kind": "health-visiting"}]);
            }
            None => {}
        }
        item
    }
}

impl Deed {
    pub(super) const fn sender(&self, answers: Option<usize>) -> usize {
        match &self.what {
            What::Consent(word) => word.by,
            What::Asks { by, .. } | What::Offers { by, .. } | What::Corrects { by, .. } => *by,
            What::Answers { .. } => match answers {
                Some(by) => by,
                None => 0,
            },
        }
    }

    /// `wanted`: what the holder was sent, and which it is.
    pub(super) fn message(&self, wanted: Option<(usize, &Value)>) -> Message {
        let sender = agency(self.sender(wanted.map(|(by, _)| by)));
        let id = MessageId::from_uuid(Uuid::from_u128(u128::from(self.number) + 1));
        let data = self.data(wanted.map(|(_, wanted)| wanted));
        let body = Accepted {
            id,
            source: sender.clone(),
            time: MIDNIGHT,
            subject: match self.what {
                What::Consent(_) | What::Asks { .. } | What::Offers { .. } => Some(subject()),
                What::Answers { .. } | What::Corrects { .. } => None,
            },
            correlation: None,
            causation: None,
            traceparent: None,
            data: Inbound::ToSharing(data),
        };
        let kind = body.data.message_type();
        Message { sender, id, kind, body, received_at: MIDNIGHT + Duration::seconds(self.at) }
    }

    fn data(&self, wanted: Option<&Value>) -> ToSharing {
        match &self.what {
            What::Consent(word) => ToSharing::ConsentRecorded(self.read(word.json())),
            What::Asks { of, parts, purpose, basis, .. } => {
                let parts: Vec<&str> = parts.iter().map(|part| PARTS[*part]).collect();
                let mut asked = json!({
                    "holder": {"agencyId": AGENCIES[*of].0}, "parts": parts, "purpose": purpose,
                    "whyNecessaryText": "To help.", "urgency": "routine", "namedRecipients": ["p1"],
                });
                basis.add_to(&mut asked);
                ToSharing::ShareRequested(self.read(asked))
            }
            What::Answers { basis, items, .. } => {
                let request = wanted.map(|wanted| wanted["request"].clone());
                let mut sent = released(items, &json!({"judgedBy": "p1", "request": request}));
                basis.add_to(&mut sent);
                ToSharing::ShareSupplied(self.read(sent))
            }
            What::Offers { to, purpose, basis, items, .. } => {
                let to: Vec<Value> = to
                    .iter()
                    .map(|to| {
                        json!({"agencyId": AGENCIES[*to].0, "person": "p1", "purpose": purpose,
                               "practiceBasis": basis.as_str()})
                    })
                    .collect();
                let more = json!({"judgedBy": "p1", "recipients": to, "urgency": "routine"});
                let mut sent = released(items, &more);
                basis.add_to(&mut sent);
                sent.as_object_mut().map(|sent| sent.remove("practiceBasis"));
                ToSharing::ShareOffered(self.read(sent))
            }
            What::Corrects { of, items, .. } => {
                let corrected = json!({"share": format!("d{of}"), "parts": parts(items)});
                ToSharing::ShareCorrected(self.read(corrected))
            }
        }
    }

    fn read<T: serde::de::DeserializeOwned>(&self, mut data: Value) -> T {
        let usual = json!({
            "practitioner": {"id": "p1", "roleInCase": "team-member"}, "happenedOn": "2026-11-20",
            "localRef": format!("d{}", self.number),
        });
        for (name, value) in usual.as_object().expect("an object") {
            let own = &mut data[name];
            if own.is_null() {
                *own = value.clone();
            }
        }
        if data["saidOn"].is_string() {
            data.as_object_mut().expect("an object").remove("happenedOn");
        }
        serde_json::from_value(data.clone()).unwrap_or_else(|error| panic!("{error}: {data:#}"))
    }
}

fn parts(items: &[Item]) -> Vec<Value> {
    let of = |part: usize| {
        let items: Vec<Value> = items.iter().filter(|item| item.part == part).map(Item::json).collect();
        (!items.is_empty()).then(|| json!({"part": PARTS[part], "items": items}))
    };
    (0..PARTS.len()).filter_map(of).collect()
}

fn released(items: &[Item], more: &Value) -> Value {
    let mut sent = json!({
        "parts": parts(items), "accuracyAsOf": "2026-11-20",
        "lawfulBasis": {"art6": "public-task", "art9": "health-or-social-care", "crimeData": "no",
                        "confidentialityBasis": "consent-express"},
    });
    for (name, value) in more.as_object().expect("an object") {
        sent[name] = value.clone();
    }
    sent
}

impl Basis {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::PublicInterest => "public-interest",
            Self::NotConfidential => "not-confidential-and-necessary",
        }
    }

    fn add_to(self, data: &mut Value) {
        data["practiceBasis"] = json!(self.as_str());
        if self == Self::Consent {
            return;
        }
        data["consentPosition"] = json!("refused");
        data["reasonsText"] = json!("A child may be harmed.");
        data["familyTold"] = json!({"when": "before", "on": "2026-11-20"});
        if self == Self::PublicInterest {
            data["ground"] = json!("reasonable-cause-suffering");
        }
    }
}
