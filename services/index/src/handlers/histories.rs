//! Histories of one child (G7): five agencies say something of it, in any order, some of it twice, in
//! batches of any size, and the index ends in one state and gives the same answers as in the order in
//! which things happened. Here over the rules and the fold; over the real tables in
//! `tests/stories/order_of_histories.rs`.
#![expect(clippy::expect_used, reason = "a test may stop")]

mod said;
mod shelf;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use kit::handler::{Handler, Outcome};
use kit::{Clock, Message};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use schemas::{
    AgencyId, CafMark, CafRef, ChildRef, Identifier, IndexAnswered, LocalChildId, MessageId, NhsNumber,
    Outcome as Shown, Phone, PractitionerId, PractitionerState, Purpose, SafetyNote, Sensitivity, Subject,
};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use super::Statements;
use super::statements::State;
use crate::error::Refusal;
use crate::rules::answer::{Asker, Question, decide};
use crate::rules::changes::Changes;
use crate::rules::decision::Asked;
use crate::rules::life::{Life, lives};
use crate::rules::linking::groups;
use crate::rules::standing::{Entry, Recorded};
use crate::rules::world::{Record, Selector, Training, World};
use said::{AGENCIES, Said, agency, effective};
use shelf::{Shelf, supplier};

const NOW: OffsetDateTime = datetime!(2026-11-21 10:00 UTC);
/// Of each thread. Another seed draws other histories.
const HISTORIES: u32 = 5_000;
const SEEDS: [u8; 2] = [1, 2];

/// All that can be asked of the index about the child, without the references that it gave.
#[derive(Debug, PartialEq)]
struct End {
    records: Vec<Record>,
    lives: BTreeMap<CafRef, Life>,
    answers: Vec<Result<IndexAnswered, Refusal>>,
    refused: Vec<MessageId>,
}

/// Delivers messages in batches of `size`.
fn deliver(messages: &[&Message], size: usize) -> End {
    let handler = Statements::new(Clock::starting_at(NOW));
    let mut shelf = Shelf::default();
    let mut refused = Vec::new();
    for batch in messages.chunks(size) {
        let known = shelf.known(&batch.iter().filter_map(|message| local(message)).collect::<Vec<_>>());
        let mut state = State { known, changes: Changes::default() };
        for message in batch {
            if let Outcome::Rejected { .. } = handler.apply(&mut state, message, NOW) {
                refused.push(message.id);
            }
        }
        shelf.store(state.changes);
    }
    refused.sort();
    refused.dedup();
    end(&shelf, refused)
}

fn local(message: &Message) -> Option<(AgencyId, LocalChildId)> {
    match message.body.subject.as_ref()? {
        Subject::Local(id) => Some((message.sender.clone(), id.clone())),
        Subject::Child(_) => None,
    }
}

fn end(shelf: &Shelf, refused: Vec<MessageId>) -> End {
    let records = shelf.records();
    let all: Vec<&Record> = records.iter().collect();
    let of_group = |group: Vec<usize>| {
        let group: Vec<&Record> = group.into_iter().map(|at| all[at]).collect();
        lives(&group).collect::<Vec<_>>()
    };
    let lives = groups(&all).into_iter().flat_map(of_group).collect();
    let world = World::new(records.clone());
    let named: BTreeMap<ChildRef, ChildRef> = (1_u128..)
        .zip(shelf.places.values())
        .map(|(number, reference)| (*reference, ChildRef::from_uuid(Uuid::from_u128(number << 32))))
        .collect();
    let answers = (0..AGENCIES.len()).flat_map(|by| selectors().map(|by_what| (by, by_what)));
    let answers = answers.map(|(by, selector)| {
        let mut reply = ask(&world, by, selector);
        if let Ok(IndexAnswered { child_ref: Some(reference), .. }) = &mut reply {
            // Of two records of its own the asker is given the older: that is which came first.
            *reference = ChildRef::from_uuid(Uuid::nil());
        }
        reply
    });
    let answers = answers.collect();
    let records = records.into_iter().map(|record| Record { id: named[&record.id], ..record }).collect();
    End { records, lives, answers, refused }
}

fn selectors() -> [Selector; 3] {
    let number = NhsNumber::parse("9990000018").expect("a number");
    let names = serde_json::json!({"given": ["Ada"], "family": "Example"});
    let birth = serde_json::json!({"date": "2015-03-12", "precision": "exact"});
    let key = crate::rules::demographics::DemographicsKey::of(
        &serde_json::from_value(names).expect("names"),
        &serde_json::from_value(birth).expect("a date"),
        &schemas::Postcode::parse("ZZ1 1AA").expect("a postcode"),
        false,
    );
    [
        Selector::Identifiers(vec![Identifier::NhsNumber(number)]),
        Selector::Demographics(key),
        Selector::Local(LocalChildId::parse("c0").expect("an id")),
    ]
}

fn ask(world: &World, by: usize, selector: Selector) -> Result<IndexAnswered, Refusal> {
    let phone = Phone::parse("0116 496 0000").expect("a number");
    let person = Recorded {
        name: schemas::PersonName::parse("A. Asker").expect("a name"),
        job: schemas::Job::Other,
        work_phone: phone.clone(),
        state: PractitionerState::Active,
        effective_at: NOW - time::Duration::days(30),
    };
    let asker = Asker {
        supplier: supplier(&agency(by)),
        kind: AGENCIES[by].1,
        practitioner: Entry { recorded: Some(person), ended_at: None },
        sensitivity: Sensitivity::Ordinary,
        safety_note: SafetyNote::with_numbers([("Borough", &phone)]),
    };
    let question = Asked {
        agency: agency(by),
        query: MessageId::from_uuid(Uuid::nil()),
        practitioner: PractitionerId::parse("asker").expect("an id"),
        purpose: Purpose::AssessNeed,
        reason_text: None,
    };
    let question = Question { asked: question, selector, training: Training::Real };
    decide(world, Some(&asker), &question, ChildRef::from_uuid(Uuid::nil()), NOW).reply
}

/// What the histories came to, so that they are known to tell of something.
#[derive(Default)]
struct Seen {
    open: AtomicU32,
    closed: AtomicU32,
    hidden: AtomicU32,
    several: AtomicU32,
    refused: AtomicU32,
    transferred: AtomicU32,
}

impl Seen {
    fn note(&self, end: &End) {
        let count = |counter: &AtomicU32, is: bool| counter.fetch_add(u32::from(is), Ordering::Relaxed);
        let any = |is: &dyn Fn(&IndexAnswered) -> bool| end.answers.iter().flatten().any(is);
        count(&self.open, any(&|answer| answer.caf_mark == CafMark::Open));
        count(&self.closed, any(&|answer| answer.caf_mark == CafMark::ClosedRecently));
        count(&self.several, any(&|answer| answer.outcome == Shown::AskFor));
        let restricted = end.records.iter().any(|record| record.restriction != schemas::Restriction::None);
        count(&self.hidden, restricted);
        count(&self.refused, !end.refused.is_empty());
        count(&self.transferred, end.lives.values().any(|life| life.taken_on_by.is_some()));
    }

    fn counts(&self) -> [u32; 6] {
        let all = [&self.open, &self.closed, &self.hidden, &self.several, &self.refused, &self.transferred];
        all.map(|counter| counter.load(Ordering::Relaxed))
    }
}

/// In any order, with repetitions and in batches of some size, as in one batch in the order of happening.
fn ends_alike(history: &[Said], size: usize, seen: &Seen) -> Result<(), TestCaseError> {
    let messages: Vec<(&Said, Message)> =
        (1_u128..).zip(history).map(|(number, said)| (said, said.message(number))).collect();
    let mut happened: Vec<&(&Said, Message)> = messages.iter().collect();
    happened.sort_by_key(|(said, message)| (effective(said), message.id));
    let happened: Vec<&Message> = happened.into_iter().map(|(_, message)| message).collect();
    let mut arrived: Vec<(u16, &Message)> = messages
        .iter()
        .flat_map(|(said, message)| {
            std::iter::once(said.place).chain(said.again).map(move |place| (place, message))
        })
        .collect();
    arrived.sort_by_key(|(place, _)| *place);
    let arrived: Vec<&Message> = arrived.into_iter().map(|(_, message)| message).collect();
    let (one, other) = (deliver(&happened, happened.len().max(1)), deliver(&arrived, size));
    proptest::prop_assert_eq!(&one, &other);
    seen.note(&one);
    Ok(())
}

// G7, D-I6
#[test]
fn ten_thousand_histories_of_one_child_end_alike_in_any_order() {
    let seen = Seen::default();
    std::thread::scope(|threads| {
        let runs = SEEDS.map(|seed| {
            let seen = &seen;
            threads.spawn(move || {
                let config = Config { cases: HISTORIES, failure_persistence: None, ..Config::default() };
                let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
                let drawn = (said::history(), 1..9_usize);
                TestRunner::new_with_rng(config, random)
                    .run(&drawn, |(history, size)| ends_alike(&history, size, seen))
                    .map_err(|error| format!("seed {seed}: {error}"))
            })
        });
        for run in runs {
            if let Err(failed) = run.join().expect("a thread ends") {
                panic!("{failed}");
            }
        }
    });
    assert!(seen.counts().iter().all(|count| *count > 50), "of each kind of history: {:?}", seen.counts());
}
