//! What five agencies may say of one child, drawn by chance: small numbers and codes, so that a history
//! that fails prints and shrinks.

use kit::Message;
use proptest::prelude::*;
use proptest::sample::select;
use schemas::{Accepted, AgencyId, AgencyKind, Inbound, MessageId, Subject};
use time::OffsetDateTime;
use uuid::Uuid;

use super::NOW;

/// Who they are, of which kind, and whose CAF team. The last has no record of the child, and only asks.
pub(super) const AGENCIES: [(&str, AgencyKind, Option<&str>); 6] = [
    ("school", AgencyKind::School, None),
    ("health", AgencyKind::HealthVisiting, None),
    ("social", AgencyKind::SocialCare, None),
    ("borough-team", AgencyKind::CafTeam, Some("borough")),
    ("county-team", AgencyKind::CafTeam, Some("county")),
    ("police", AgencyKind::Police, None),
];
pub(super) const ONLY_ASKS: usize = AGENCIES.len() - 1;

const CLOSURES: [&str; 5] =
    ["needs-met", "family-withdrew-consent", "died", "adopted", "family-not-engaging"];

/// One statement, and where in another delivery it comes, perhaps twice.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) by: usize,
    pub(super) what: What,
    /// A day, and whether the hour is said too.
    pub(super) day: u8,
    to_the_hour: bool,
    /// Which of the agency's ids of the child: now and then it has two records.
    record: u8,
    pub(super) place: u16,
    pub(super) again: Option<u16>,
}

/// What is said; the numbers tell an agency's own facts apart, and a fact said twice has two versions.
#[derive(Clone, Debug)]
pub(super) enum What {
    Practitioner {
        state: &'static str,
    },
    PractitionerEnded,
    Child {
        by_number: bool,
        restricted: &'static str,
        state: &'static str,
    },
    Corrected {
        number: u8,
        what: Right,
    },
    Restricted {
        level: &'static str,
    },
    Lifted {
        to_address: bool,
    },
    Involvement {
        number: u8,
        role: &'static str,
        level: &'static str,
        sensitive: bool,
    },
    InvolvementEnded {
        number: u8,
    },
    /// Of the own record, or of a child who is described.
    Intended {
        number: u8,
        described: bool,
    },
    /// Perhaps upon an intention.
    Started {
        number: u8,
        authority: &'static str,
        upon: Option<u8>,
    },
    Refused {
        number: u8,
    },
    /// Of the CAF of an agency.
    Step {
        number: u8,
        of: usize,
        caf: u8,
        step: Step,
    },
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Completed { sent: bool },
    Checked { result: &'static str },
    Transferred { state: &'static str, to: &'static str },
    Closed { code: &'static str },
    Reopened,
    Withdrawn,
}

/// What a correction puts right.
#[derive(Clone, Copy, Debug)]
pub(super) enum Right {
    Number,
    NoNumber,
    Family,
    Birth,
    Address,
    State(&'static str),
    Authority,
}

/// A history: who is known at first, and what is said from then on, each with the number of its message.
pub(super) fn history() -> impl Strategy<Value = Vec<Said>> {
    let first = (0..ONLY_ASKS).prop_flat_map(|by| {
        let child = Just(What::Child { by_number: by != 1, restricted: "none", state: "living" });
        let what = prop_oneof![child, Just(What::Practitioner { state: "active" })];
        (Just(by), what, (Just(0), Just(false), select(vec![0, 0, 0, 0, 1])))
    });
    let when = || (0..9_u8, any::<bool>(), select(vec![0, 0, 0, 0, 1]));
    let later = (0..ONLY_ASKS, what(), when());
    let intended = (0..AGENCIES.len(), 0..2_u8, when())
        .prop_map(|(by, number, when)| (by, What::Intended { number, described: by == ONLY_ASKS }, when));
    // Most of what is said of a CAF is said by those whose it is to say, of the school's CAF.
    let life = (theirs(), 0..4_u8, when())
        .prop_map(|((by, step), number, when)| (by, What::Step { number, of: 0, caf: 0, step }, when));
    let started = What::Started { number: 0, authority: "borough", upon: None };
    let started = Just((0, started, (0, false, 0)));
    let said = prop_oneof![5 => first, 7 => later, 6 => life, 1 => started, 2 => intended];
    let delivered = (said, any::<u16>(), proptest::option::weighted(0.3, any::<u16>()));
    let said = delivered.prop_map(|((by, what, (day, to_the_hour, record)), place, again)| Said {
        by,
        what,
        day,
        to_the_hour,
        record,
        place,
        again,
    });
    proptest::collection::vec(said, 0..28)
}

fn what() -> impl Strategy<Value = What> {
    let number = || 0..2_u8;
    let level = || select(vec!["none", "none", "none", "none", "address", "whole-record"]);
    prop_oneof![
        2 => select(vec!["active", "active", "on-leave"]).prop_map(|state| What::Practitioner { state }),
        1 => Just(What::PractitionerEnded),
        2 => (any::<bool>(), level(), child_state())
            .prop_map(|(by_number, restricted, state)| What::Child { by_number, restricted, state }),
        3 => (number(), right()).prop_map(|(number, what)| What::Corrected { number, what }),
        1 => level().prop_map(|level| What::Restricted { level }),
        1 => any::<bool>().prop_map(|to_address| What::Lifted { to_address }),
        5 => (
            number(),
            select(vec!["team-member", "lead-professional", "key-worker"]),
            select(vec!["universal", "specialist-statutory"]),
            proptest::bool::weighted(0.15),
        )
            .prop_map(|(number, role, level, sensitive)| What::Involvement { number, role, level, sensitive }),
        2 => number().prop_map(|number| What::InvolvementEnded { number }),
        4 => (number(), select(vec!["borough", "borough", "county"]), proptest::option::weighted(0.3, number()))
            .prop_map(|(number, authority, upon)| What::Started { number, authority, upon }),
        1 => number().prop_map(|number| What::Refused { number }),
        4 => (number(), 0..3_usize, number(), step())
            .prop_map(|(number, of, caf, step)| What::Step { number, of, caf, step }),
    ]
}

fn child_state() -> impl Strategy<Value = &'static str> {
    select(vec!["living", "living", "living", "unborn", "died", "pregnancy-ended"])
}

fn right() -> impl Strategy<Value = Right> {
    let fixed =
        vec![Right::Number, Right::NoNumber, Right::Family, Right::Birth, Right::Address, Right::Authority];
    prop_oneof![6 => select(fixed), 1 => child_state().prop_map(Right::State)]
}

/// What the school and the two CAF teams may say of the school's CAF.
fn theirs() -> impl Strategy<Value = (usize, Step)> {
    let to = "county";
    let by_school = prop_oneof![
        3 => any::<bool>().prop_map(|sent| Step::Completed { sent }),
        2 => select(CLOSURES.to_vec()).prop_map(|code| Step::Closed { code }),
        1 => Just(Step::Withdrawn),
    ];
    let by_borough = prop_oneof![
        2 => select(vec!["checked", "returned"]).prop_map(|result| Step::Checked { result }),
        3 => Just(Step::Transferred { state: "proposed", to }),
        1 => Just(Step::Reopened),
    ];
    let by_county = prop_oneof![
        1 => select(vec!["checked", "returned"]).prop_map(|result| Step::Checked { result }),
        3 => select(vec!["taken-on", "taken-on", "declined"])
            .prop_map(move |state| Step::Transferred { state, to }),
        1 => Just(Step::Reopened),
    ];
    prop_oneof![(Just(0), by_school), (Just(3), by_borough), (Just(4), by_county),]
}

fn step() -> impl Strategy<Value = Step> {
    let state = select(vec!["proposed", "proposed", "taken-on", "declined"]);
    prop_oneof![
        2 => any::<bool>().prop_map(|sent| Step::Completed { sent }),
        3 => select(vec!["checked", "returned"]).prop_map(|result| Step::Checked { result }),
        3 => (state, select(vec!["county", "county", "borough"]))
            .prop_map(|(state, to)| Step::Transferred { state, to }),
        2 => select(CLOSURES.to_vec()).prop_map(|code| Step::Closed { code }),
        1 => Just(Step::Reopened),
        1 => Just(Step::Withdrawn),
    ]
}

impl Said {
    /// As it happened: by the moment, then by the message.
    pub(super) fn happened(&self) -> String {
        let day = format!("2026-11-{:02}", 5 + self.day);
        if self.to_the_hour { format!("{day}T09:30:00Z") } else { day }
    }

    /// The message with that number.
    pub(super) fn message(&self, number: u128) -> Message {
        let data = self.data();
        let (sender, id, kind) =
            (agency(self.by), MessageId::from_uuid(Uuid::from_u128(number)), data.message_type());
        let local = Subject::parse(&format!("local:c{}", self.record));
        let subject = match &self.what {
            What::Practitioner { .. }
            | What::PractitionerEnded
            | What::Intended { described: true, .. }
            | What::Refused { .. } => None,
            What::Child { .. }
            | What::Corrected { .. }
            | What::Intended { described: false, .. }
            | What::Restricted { .. }
            | What::Lifted { .. }
            | What::Involvement { .. }
            | What::InvolvementEnded { .. }
            | What::Started { .. }
            | What::Step { .. } => local.ok(),
        };
        let body = Accepted {
            id,
            source: sender.clone(),
            time: NOW,
            subject,
            correlation: None,
            causation: None,
            traceparent: None,
            data: Inbound::ToIndex(data),
        };
        Message { sender, id, kind, body, received_at: NOW }
    }
}

/// After all that was said each of them intends a CAF: of its own record, or of a child whom it describes.
pub(super) fn intentions() -> Vec<Message> {
    let of = |by: usize| Said {
        by,
        what: What::Intended { number: 9, described: by == ONLY_ASKS },
        day: 9,
        to_the_hour: false,
        record: 0,
        place: 0,
        again: None,
    };
    (1_000..).zip(0..AGENCIES.len()).map(|(number, by)| of(by).message(number)).collect()
}

pub(super) fn agency(at: usize) -> AgencyId {
    AgencyId::parse(AGENCIES[at].0).expect("an agency id")
}

/// The moment at which it holds, for the order of happening.
pub(super) fn effective(said: &Said) -> OffsetDateTime {
    schemas::Happened::parse(&said.happened()).expect("a moment").effective_at()
}
