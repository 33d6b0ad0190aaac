//! Histories of one child (G7): five agencies say something of it, in any order, some of it twice, in
//! batches of any size, and the index ends in one state, gives the same answers and the same advice, and
//! reminds of the same things as in the order in which things happened. Here over the rules and the fold; over
//! the real tables in `tests/stories/order_of_histories.rs`.
#![expect(clippy::expect_used, reason = "a test may stop")]

mod asking;
mod said;
mod shelf;
mod wording;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};

use kit::handler::{Handler, Outcome};
use kit::{Clock, Message};
use linking::groups;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use schemas::{
    AdviceCode, AgencyId, CafMark, CafRef, CafRefused, ChildRef, Inbound, IndexAnswered, LocalChildId,
    LocalRef, MessageId, Outcome as Shown, PartialDate, Subject, ToIndex,
};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use super::Statements;
use super::statements::State;
use crate::error::Refusal;
use crate::rules::changes::Changes;
use crate::rules::due::Due;
use crate::rules::intention::Intended;
use crate::rules::life::{Life, lives};
use crate::rules::task::TaskKind;
use crate::rules::world::{Record, World};
use asking::Advice;
use said::{Said, effective};
use shelf::{Shelf, rows};
use wording::CORRECTED_BIRTH;

const NOW: OffsetDateTime = datetime!(2026-11-21 10:00 UTC);
/// Of each thread. Another seed draws other histories.
const HISTORIES: u32 = 5_000;
const SEEDS: [u8; 2] = [1, 2];

/// All that is kept of the child and can be asked of the index, without the references that it gave.
#[derive(Debug, PartialEq)]
struct End {
    records: Vec<Record>,
    lives: BTreeMap<CafRef, Life>,
    intended: Vec<((AgencyId, LocalRef), Intended)>,
    refusals: Vec<((AgencyId, LocalRef), CafRefused)>,
    tasks: BTreeSet<(TaskKind, String)>,
    answers: Vec<Result<IndexAnswered, Refusal>>,
    advice: Vec<Advice>,
    due: Vec<Due>,
    refused: Vec<MessageId>,
}

/// Delivers messages in batches of `size`.
fn deliver(messages: &[&Message], size: usize) -> End {
    let handler = Statements::new(Clock::starting_at(NOW));
    let mut shelf = Shelf::default();
    // Whoever intends a CAF for a child of its own named it before: a question is about what is known then.
    let asked = messages.iter().filter(|message| is_intention(message)).filter_map(|message| local(message));
    asked.for_each(|which| shelf.name(which));
    let mut refused = Vec::new();
    for batch in messages.chunks(size) {
        let known = shelf.known(&batch.iter().filter_map(|message| local(message)).collect::<Vec<_>>());
        let mut state = State { known, changes: Changes::default() };
        for message in batch.iter().filter(|message| !is_intention(message)) {
            if let Outcome::Rejected { .. } = handler.apply(&mut state, message, NOW) {
                refused.push(message.id);
            }
        }
        shelf.store(state.changes);
        if batch.iter().any(|message| is_intention(message)) {
            let intentions = batch.iter().copied().filter(|message| is_intention(message));
            let intended = asking::intended(&shelf, intentions);
            shelf.intend(&intended);
        }
    }
    refused.sort();
    refused.dedup();
    end(&shelf, refused)
}

/// Of the other lane.
fn is_intention(message: &Message) -> bool {
    matches!(message.body.data, Inbound::ToIndex(ToIndex::CafIntended(_)))
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
    let numbers: BTreeMap<ChildRef, ChildRef> = (1_u128..)
        .zip(shelf.places.values())
        .map(|(number, reference)| (*reference, ChildRef::from_uuid(Uuid::from_u128(number << 32))))
        .collect();
    let named = |reference: ChildRef| numbers[&reference];
    let intended = rows(&shelf.intended).into_iter().map(|(which, intended)| {
        let record = intended.record.map(named);
        (which, Intended { record, ..intended })
    });
    End {
        lives,
        intended: intended.collect(),
        refusals: rows(&shelf.rows.refusals),
        tasks: shelf.tasks.clone(),
        answers: asking::answers(&world),
        advice: asking::advice(shelf, &records),
        due: asking::due(shelf, &world, &records, named),
        refused,
        records: records.into_iter().map(|record| Record { id: named(record.id), ..record }).collect(),
    }
}

/// What the histories came to, so that they are known to tell of something.
#[derive(Default)]
struct Seen([AtomicU32; 10]);

impl Seen {
    fn note(&self, end: &End) {
        let answered = |is: &dyn Fn(&IndexAnswered) -> bool| end.answers.iter().flatten().any(is);
        let advised = |code: AdviceCode| {
            let told = end.advice.iter().filter_map(|advice| advice.told.as_ref().ok()).flatten();
            told.filter_map(|notice| notice.data.get("code")).any(|told| *told == code.as_str())
        };
        let birth = PartialDate::parse(CORRECTED_BIRTH).expect("a date");
        let corrected = |record: &Record| record.facts.as_ref().is_some_and(|facts| facts.birth == birth);
        let kinds = [
            answered(&|answer| answer.caf_mark == CafMark::Open),
            answered(&|answer| answer.caf_mark == CafMark::ClosedRecently),
            answered(&|answer| answer.outcome == Shown::AskFor),
            end.records.iter().any(|record| record.restriction != schemas::Restriction::None),
            !end.refused.is_empty(),
            end.lives.values().any(|life| life.taken_on_by.is_some()),
            end.records.iter().any(corrected),
            advised(AdviceCode::OthersIntendTooLiaise),
            advised(AdviceCode::NothingAgainstStarting),
            !end.due.is_empty(),
        ];
        for (counter, is) in self.0.iter().zip(kinds) {
            counter.fetch_add(u32::from(is), Ordering::Relaxed);
        }
    }

    fn counts(&self) -> Vec<u32> {
        self.0.iter().map(|counter| counter.load(Ordering::Relaxed)).collect()
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

// G7, D-I4, D-I6
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
