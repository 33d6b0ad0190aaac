#![expect(clippy::unwrap_used, reason = "a test may stop")]

use schemas::{
    AgencyKind, ClosureCode, LocalRef, MessageId, Phone, PractitionerId, Purpose, RoleInCase, SafetyNote,
    ServiceLevel,
};
use uuid::Uuid;

use super::*;
use crate::rules::decision::Asked;
use crate::rules::invented::{NOW, active, agency, child, involvement, key, record, sayer, supplier};
use crate::rules::life::What;
use crate::rules::world::{Selector, Training};

/// What may be so of a child, in the order in which it is told (codes §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum So {
    Concern,
    SeveralFit,
    OpenCaf,
    Specialist,
    ClosedCaf,
    OthersIntend,
    OthersInvolved,
    OutsideAge,
}

const ORDER: [(So, AdviceCode); 8] = [
    (So::Concern, AdviceCode::SafeguardingProcedureNow),
    (So::SeveralFit, AdviceCode::BeingCheckedByAPerson),
    (So::OpenCaf, AdviceCode::OpenCafSpeakToLead),
    (So::Specialist, AdviceCode::SpecialistInvolvedSpeakToKeyWorker),
    (So::ClosedCaf, AdviceCode::ClosedRecentlyMayReopen),
    (So::OthersIntend, AdviceCode::OthersIntendTooLiaise),
    (So::OthersInvolved, AdviceCode::OthersInvolvedLiaise),
    (So::OutsideAge, AdviceCode::OutsideIndexAgeAskCafTeam),
];

fn records(is: impl Fn(So) -> bool) -> Vec<Record> {
    let born = if is(So::OutsideAge) { "2004-03-12" } else { "2015-03-12" };
    let mut known = record(1, "surgery").with_nhs(0).with_key(0).born(born);
    if is(So::OpenCaf) {
        known = known.with_caf_by("g1");
    }
    if is(So::Specialist) {
        let mut work = involvement("g2", RoleInCase::TeamMember);
        work.level = ServiceLevel::SpecialistStatutory;
        known = known.with_involvement(work);
    }
    if is(So::OthersInvolved) {
        known = known.with_involvement(involvement("g3", RoleInCase::TeamMember));
    }
    let mut records = vec![known];
    if is(So::ClosedCaf) {
        let closed = What::Closed(ClosureCode::NeedsMet);
        let elsewhere = record(2, "school").with_nhs(0).with_key(0).born(born).with_caf_by("t1");
        records.push(elsewhere.with_step(sayer("school", &[]), 1, closed));
    }
    if is(So::SeveralFit) {
        records.push(record(3, "school").with_nhs(1).with_key(0).born(born));
    }
    records
}

fn intention() -> Intention {
    Intention {
        local_ref: LocalRef::parse("i-1").unwrap(),
        record: Some(child(1)),
        keys: BTreeSet::new(),
        training: Training::Real,
        supplier: supplier("surgery"),
        practitioner: active("g4"),
        sensitivity: Sensitivity::Ordinary,
    }
}

fn advised(is: impl Fn(So) -> bool) -> AdviceCode {
    let asker = Asker {
        sensitivity: Sensitivity::Ordinary,
        supplier: supplier("visitors"),
        kind: AgencyKind::HealthVisiting,
        practitioner: active("v1"),
        safety_note: SafetyNote::with_numbers([("Borough", &Phone::parse("0116 496 0000").unwrap())]),
    };
    let question = Question {
        asked: Asked {
            agency: agency("visitors"),
            query: MessageId::from_uuid(Uuid::nil()),
            practitioner: PractitionerId::parse("v1").unwrap(),
            purpose: Purpose::AssessNeed,
            reason_text: None,
        },
        selector: Selector::Demographics(Some(key(0))),
        training: Training::Real,
    };
    let others: Vec<Intention> = is(So::OthersIntend).then(intention).into_iter().collect();
    let concern = if is(So::Concern) { ProtectionConcern::Yes } else { ProtectionConcern::No };
    let intending = Intending {
        concern,
        keys: &BTreeSet::new(),
        birth: None,
        index_age: 18,
        asker: Sensitivity::Ordinary,
        others: &others,
    };
    let world = World::new(records(&is));
    advise(&world, Some(&asker), &question, &intending, NOW).reply.unwrap().code
}

// D-I4
#[test]
fn of_all_that_is_so_the_first_of_the_list_is_told() {
    for drawn in 0..1_u32 << ORDER.len() {
        let is = |so: So| ORDER.iter().position(|(one, _)| *one == so).is_some_and(|n| drawn >> n & 1 == 1);
        let first = ORDER.iter().find(|(so, _)| is(*so)).map(|(_, code)| *code);
        let expected = first.unwrap_or(AdviceCode::NothingAgainstStarting);
        let so: Vec<So> = ORDER.iter().map(|(so, _)| *so).filter(|so| is(*so)).collect();
        assert_eq!(advised(is), expected, "{so:?}");
    }
}
