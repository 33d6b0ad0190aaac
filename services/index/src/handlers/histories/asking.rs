//! What is asked of the index about the child, and what is due of it: answers to lookups, advice to those who
//! intend a CAF, reminders.

use std::collections::HashMap;

use kit::Message;
use kit::handler::{Notice, Outcome};
use schemas::{
    AgencyId, AuthorityId, ChildRef, ChildState, Identifier, Inbound, IndexAnswered, Job, LocalChildId,
    LocalRef, MessageId, NhsNumber, PersonName, Phone, Postcode, PractitionerId, PractitionerState, Purpose,
    ReceiptCode, ReminderRef, SafetyNote, Sensitivity, ToIndex,
};
use serde_json::json;
use uuid::Uuid;

use super::NOW;
use super::said::{AGENCIES, ONLY_ASKS, agency, intentions};
use super::shelf::{Shelf, desk, supplier};
use crate::error::Refusal;
use crate::handlers::caf_intended;
use crate::handlers::queries::{Allotted, State};
use crate::rules::answer::{Asker, Question, decide};
use crate::rules::awaited::{Standing, of_intention, of_unborn};
use crate::rules::changes::Folded;
use crate::rules::decision::{Asked, Reason};
use crate::rules::demographics::DemographicsKey;
use crate::rules::due::{Area, Areas, Due, of_caf};
use crate::rules::intention::{Intended, Intention};
use crate::rules::register::{Locality, Terms};
use crate::rules::standing::{Entry, Recorded};
use crate::rules::task::TaskKind;
use crate::rules::world::{Record, Selector, Training, World};
use kit::calendar::Calendar;

/// What a new intention comes to.
#[derive(Debug, PartialEq)]
pub(super) struct Advice {
    pub(super) told: Result<Vec<Notice>, ReceiptCode>,
    reasons: Vec<Reason>,
    tasks: Vec<(TaskKind, String)>,
}

/// What each agency is answered about the child, by number, by description and by its own id.
pub(super) fn answers(world: &World) -> Vec<Result<IndexAnswered, Refusal>> {
    let questions = (0..ONLY_ASKS).flat_map(|by| selectors().map(|selector| (by, selector)));
    questions.map(|(by, selector)| look_up(world, by, selector)).collect()
}

fn selectors() -> [Selector; 3] {
    let number = NhsNumber::parse("9990000018").expect("a number");
    let names = json!({"given": ["Ada"], "family": "Example"});
    let birth = json!({"date": "2015-03-12", "precision": "exact"});
    let key = DemographicsKey::of(
        &serde_json::from_value(names).expect("names"),
        &serde_json::from_value(birth).expect("a date"),
        &Postcode::parse("ZZ1 1AA").expect("a postcode"),
        false,
    );
    [
        Selector::Identifiers(vec![Identifier::NhsNumber(number)]),
        Selector::Demographics(key),
        Selector::Local(LocalChildId::parse("c0").expect("an id")),
    ]
}

fn look_up(world: &World, by: usize, selector: Selector) -> Result<IndexAnswered, Refusal> {
    let question = Asked {
        agency: agency(by),
        query: MessageId::from_uuid(Uuid::nil()),
        practitioner: somebody(),
        purpose: Purpose::AssessNeed,
        reason_text: None,
    };
    let question = Question { asked: question, selector, training: Training::Real };
    let mut reply = decide(world, Some(&asker(by)), &question, nobody(), NOW).reply;
    if let Ok(IndexAnswered { child_ref: Some(reference), .. }) = &mut reply {
        // Of two records of its own the asker is given the older: that is which came first.
        *reference = nobody();
    }
    reply
}

/// Of every agency one who may ask.
fn asker(by: usize) -> Asker {
    let phone = Phone::parse("0116 496 0000").expect("a number");
    Asker {
        supplier: supplier(&agency(by)),
        kind: AGENCIES[by].1,
        practitioner: entry(),
        sensitivity: Sensitivity::Ordinary,
        safety_note: SafetyNote::with_numbers([("Borough", &phone)]),
    }
}

fn entry() -> Entry {
    let person = Recorded {
        name: PersonName::parse("A. Asker").expect("a name"),
        job: Job::Other,
        work_phone: Phone::parse("0116 496 0000").expect("a number"),
        state: PractitionerState::Active,
        effective_at: NOW - time::Duration::days(30),
    };
    Entry { recorded: Some(person), ended_at: None }
}

fn somebody() -> PractitionerId {
    PractitionerId::parse("asker").expect("an id")
}

fn nobody() -> ChildRef {
    ChildRef::from_uuid(Uuid::nil())
}

fn authorities() -> [AuthorityId; 2] {
    ["borough", "county"].map(|id| AuthorityId::parse(id).expect("an authority id"))
}

/// What is kept of intentions, as the lane of queries decides on them.
pub(super) fn intended<'a>(
    shelf: &Shelf,
    messages: impl Iterator<Item = &'a Message>,
) -> Folded<(AgencyId, LocalRef), Intended> {
    let mut state = lane(shelf, shelf.records());
    for message in messages {
        assert!(matches!(advise(&mut state, message), Outcome::Recorded { .. }), "anybody may intend a CAF");
    }
    state.intended
}

/// What each agency is advised that intends a CAF in the end.
pub(super) fn advice(shelf: &Shelf, records: &[Record]) -> Vec<Advice> {
    let mut state = lane(shelf, records.to_vec());
    let known = state.intentions.len();
    let one = |message: Message| {
        let told = match advise(&mut state, &message) {
            Outcome::Recorded { notices, .. } => Ok(notices),
            Outcome::Rejected { code, .. } => Err(code),
            Outcome::Answered { .. } => panic!("an intention is a statement"),
        };
        // Each asks as if no other did.
        state.intentions.truncate(known);
        let reasons = state.decisions.drain(..).map(|row| row.decision.reason).collect();
        let tasks = state.tasks.drain(..).map(|task| (task.kind, task.about)).collect();
        Advice { told, reasons, tasks }
    };
    intentions().into_iter().map(one).collect()
}

/// The lane of queries, with all that is known.
fn lane(shelf: &Shelf, records: Vec<Record>) -> State {
    let askers = (0..AGENCIES.len()).map(|by| ((agency(by), somebody()), asker(by)));
    let intention = |((agency, local_ref), intended): ((AgencyId, LocalRef), Intended)| Intention {
        local_ref,
        record: intended.record,
        keys: intended.keys,
        training: intended.training,
        supplier: supplier(&agency),
        practitioner: entry(),
        sensitivity: Sensitivity::Ordinary,
    };
    let area = |id: AuthorityId| {
        let desk = desk(id.as_str());
        (id, Locality { terms: Terms::default(), desk, safety_note: SafetyNote::with_numbers([]) })
    };
    State {
        askers: askers.collect(),
        world: World::new(records),
        allotted: HashMap::new(),
        aliases: Vec::new(),
        decisions: Vec::new(),
        intentions: shelf.standing().into_iter().map(intention).collect(),
        areas: authorities().map(area).into(),
        intended: Folded::default(),
        tasks: Vec::new(),
    }
}

fn advise(state: &mut State, message: &Message) -> Outcome {
    let Inbound::ToIndex(ToIndex::CafIntended(data)) = &message.body.data else { panic!("an intention") };
    let allotted = Allotted { decision: Uuid::nil(), reference: nobody() };
    state.allotted.insert((message.sender.clone(), message.id), allotted);
    caf_intended::fold(state, message, data, NOW).unwrap_or_else(Outcome::from)
}

/// What is or will be due, in an order of its own, with the references that `named` gives.
pub(super) fn due(
    shelf: &Shelf,
    world: &World,
    records: &[Record],
    named: impl Fn(ChildRef) -> ChildRef,
) -> Vec<Due> {
    let area = |(id, team): (AuthorityId, usize)| {
        (id, Area { team: Some(agency(team)), calendar: Calendar::default() })
    };
    let areas: Areas = authorities().into_iter().zip([3, 4]).map(area).collect();
    let cafs = records.iter().flat_map(|record| &record.cafs);
    let of_cafs = cafs.flat_map(|caf| of_caf(world, &caf.caf_ref, &shelf.sayings(&caf.caf_ref), &areas, NOW));
    let is_unborn =
        |record: &&Record| record.facts.as_ref().is_some_and(|facts| facts.child_state == ChildState::Unborn);
    let unborn = records.iter().filter(is_unborn);
    let [borough, _] = authorities();
    let of_unborn = unborn.flat_map(|record| of_unborn(world, record.id, &borough, &areas, NOW));
    let of_intentions = shelf.standing().into_iter().flat_map(|((agency, local_ref), intended)| {
        let Intended { record, authority, lapses_on, .. } = intended;
        let (sensitivity, met) = (Sensitivity::Ordinary, Vec::new());
        let standing = Standing { agency, local_ref, record, authority, lapses_on, sensitivity, met };
        of_intention(world, &standing, &areas, NOW)
    });
    let mut due: Vec<Due> = of_cafs.chain(of_unborn).chain(of_intentions).collect();
    for one in &mut due {
        if let ReminderRef::Child(record) = &mut one.about {
            *record = named(*record);
        }
    }
    due.sort();
    due
}
