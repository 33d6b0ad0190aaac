#![expect(clippy::unwrap_used, reason = "a test may stop")]

use linking::{caf_sensitivity, hidden_from};
use proptest::prelude::*;
use proptest::sample::select;
use schemas::{
    ChildState, LeadKind, LocalChildId, MessageId, Phone, PractitionerId, PractitionerState, Purpose,
    RoleInCase, Sensitivity,
};
use uuid::Uuid;

use super::super::world::AgencyState;
use super::*;
use crate::rules::invented::{
    AGENCIES, NOW, active, agency, child, in_state, involvement, key, nhs, record, supplier, upn, worlds,
};

fn asker(name: &str) -> Asker {
    let phone = Phone::parse("0116 496 0000").unwrap();
    Asker {
        sensitivity: Sensitivity::Ordinary,
        supplier: supplier(name),
        kind: AgencyKind::School,
        practitioner: active("asker"),
        safety_note: SafetyNote::with_numbers([("Borough", &phone)]),
    }
}

fn question(name: &str, selector: Selector) -> Question {
    Question {
        asked: Asked {
            agency: agency(name),
            query: MessageId::from_uuid(Uuid::nil()),
            practitioner: PractitionerId::parse("asker").unwrap(),
            purpose: Purpose::AssessNeed,
            reason_text: None,
        },
        selector,
        training: Training::Real,
    }
}

fn asked(records: &[Record], name: &str, selector: Selector) -> Verdict {
    let world = World::new(records.to_vec());
    decide(&world, Some(&asker(name)), &question(name, selector), child(1000), NOW)
}

fn by_nhs(which: u32) -> Selector {
    Selector::Identifiers(vec![Identifier::NhsNumber(nhs(which))])
}

fn told(verdict: &Verdict) -> &IndexAnswered {
    verdict.reply.as_ref().unwrap()
}

/// A school's record with a lead, and a CAF that the lead started.
fn known_to_school() -> Record {
    let lead = involvement("p1", RoleInCase::LeadProfessional);
    record(1, "school").with_nhs(0).with_key(0).with_involvement(lead).with_caf_by("p1")
}

// D-I1, D-A4
#[test]
fn another_agency_sees_who_leads_and_that_there_is_a_caf() {
    let verdict = asked(&[known_to_school()], "visitors", by_nhs(0));
    let answer = told(&verdict);
    assert_eq!(answer.outcome, Outcome::Match);
    assert_eq!(answer.contacts.len(), 1);
    assert!(answer.contacts[0].lead);
    assert_eq!(answer.caf_mark, CafMark::Open);
    assert_eq!(answer.caf_contact.as_ref().unwrap().name, answer.contacts[0].name);
    assert_eq!(verdict.alias, Some(Alias { id: child(1000), of: child(1) }));
    assert_eq!(answer.child_ref, Some(child(1000)), "the asker's own reference, never the school's");
    assert_eq!(verdict.decision.reason, Reason::Match);
    assert_eq!(verdict.decision.records, [child(1)]);
}

// D-I2
#[test]
fn a_caf_that_awaits_agreement_shows_to_its_own_agency_alone() {
    let records = [known_to_school().awaiting_agreement()];
    let answer = asked(&records, "visitors", by_nhs(0));
    assert_eq!((told(&answer).outcome, told(&answer).caf_mark), (Outcome::Match, CafMark::NoneShown));
    assert_eq!(told(&asked(&records, "school", by_nhs(0))).caf_mark, CafMark::Open);
}

#[test]
fn the_same_agency_gets_the_same_reference_again() {
    let records = [known_to_school(), record(2, "visitors").standing_for(1)];
    let verdict = asked(&records, "visitors", by_nhs(0));
    assert_eq!((told(&verdict).child_ref, verdict.alias), (Some(child(2)), None));
    let by_ref = asked(&records, "visitors", Selector::Child(child(2)));
    assert_eq!(told(&by_ref).contacts, told(&verdict).contacts);
    let with_own =
        [known_to_school(), record(2, "visitors").standing_for(1), record(3, "visitors").with_nhs(0)];
    assert_eq!(told(&asked(&with_own, "visitors", by_nhs(0))).child_ref, Some(child(3)));
}

#[test]
fn anothers_reference_is_unknown() {
    let verdict = asked(&[known_to_school()], "visitors", Selector::Child(child(1)));
    assert_eq!(verdict.reply, Err(Refusal::UnknownChild));
    assert_eq!(verdict.decision.reason, Reason::UnknownReference);
}

#[test]
fn a_practitioner_who_is_not_active_learns_nothing() {
    let world = World::new(vec![known_to_school()]);
    for practitioner in [Entry::default(), in_state("asker", PractitionerState::Suspended)] {
        let asker = Asker { practitioner, ..asker("visitors") };
        let verdict = decide(&world, Some(&asker), &question("visitors", by_nhs(0)), child(1000), NOW);
        assert_eq!(verdict.reply, Err(Refusal::UnknownPractitioner));
        assert_eq!(verdict.decision.reason, Reason::UnknownPractitioner);
        assert_eq!(verdict.alias, None);
    }
    let mut revoked = asker("visitors");
    revoked.supplier.state = AgencyState::Revoked;
    for asker in [Some(&revoked), None] {
        let verdict = decide(&world, asker, &question("visitors", by_nhs(0)), child(1000), NOW);
        assert_eq!(verdict.reply, Err(Refusal::UnknownAgency));
    }
}

#[test]
fn none_restricted_sensitive_and_ended_pregnancies_are_answered_alike() {
    let unknown = asked(&[], "visitors", by_nhs(0));
    let counselling = involvement("p1", RoleInCase::TeamMember).sensitive();
    let without_agreement = record(1, "school").with_nhs(0).with_involvement(counselling.clone());
    let hidden: [(&[Record], Reason); 6] = [
        (&[known_to_school().restricted()], Reason::Restricted),
        (&[known_to_school(), record(2, "surgery").standing_for(1).restricted()], Reason::Restricted),
        (&[record(1, "clinic").with_nhs(0).with_caf_by("p1")], Reason::SensitiveOnly),
        (
            &[record(1, "school").with_nhs(0).with_involvement(counselling).with_caf_by("p1")],
            Reason::SensitiveOnly,
        ),
        (&[without_agreement.with_caf_by("t9").awaiting_agreement()], Reason::SensitiveOnly),
        (&[known_to_school().in_state(ChildState::PregnancyEnded)], Reason::PregnancyEnded),
    ];
    for (records, reason) in hidden {
        let verdict = asked(records, "visitors", by_nhs(0));
        assert_eq!(verdict.reply, unknown.reply);
        assert_eq!(verdict.alias, None);
        assert_eq!(verdict.decision.reason, reason);
        assert!(verdict.decision.records.contains(&child(1)), "an audit finds it");
    }
}

#[test]
fn a_restriction_reaches_what_only_hidden_records_link() {
    // The clinic's record, which nobody else sees, is what makes the two the same child.
    let records = [
        record(1, "school").with_key(0),
        record(2, "clinic").with_key(0).with_key(1),
        record(3, "surgery").with_key(1).restricted(),
    ];
    let verdict = asked(&records, "visitors", Selector::Demographics(Some(key(0))));
    assert_eq!(told(&verdict).outcome, Outcome::NothingToShow);
}

#[test]
fn an_agency_sees_what_it_supplied_itself() {
    let verdict = asked(&[known_to_school().restricted()], "school", by_nhs(0));
    assert_eq!(told(&verdict).contacts.len(), 1);
    assert_eq!(told(&verdict).child_ref, Some(child(1)));
}

#[test]
fn more_than_one_visible_child_is_asked_about_and_neither_shown() {
    let twins = [record(1, "school").with_key(0).with_nhs(0), record(2, "school").with_key(0).with_nhs(1)];
    let verdict = asked(&twins, "visitors", Selector::Demographics(Some(key(0))));
    let answer = told(&verdict);
    assert_eq!(answer.outcome, Outcome::AskFor);
    assert_eq!(answer.ask_for, [AskFor::NhsNumber, AskFor::Upn, AskFor::Uln, AskFor::Local]);
    assert_eq!((answer.child_ref, answer.contacts.len()), (None, 0));
    let [one, other] = twins;
    let one_hidden = asked(&[one, other.restricted()], "visitors", Selector::Demographics(Some(key(0))));
    assert_eq!(told(&one_hidden).outcome, Outcome::Match, "a hidden one does not count");
}

#[test]
fn training_children_and_real_ones_never_meet() {
    let records = [record(1, "school").with_nhs(0).synthetic()];
    let unmarked = asked(&records, "visitors", by_nhs(0));
    assert_eq!(told(&unmarked).outcome, Outcome::NothingToShow);
    let marked = Question { training: Training::Synthetic, ..question("visitors", by_nhs(0)) };
    let world = World::new(records.to_vec());
    let verdict = decide(&world, Some(&asker("visitors")), &marked, child(1000), NOW);
    assert_eq!(told(&verdict).outcome, Outcome::Match);
}

#[test]
fn who_is_away_is_reached_through_the_duty_desk() {
    let mut away = involvement("p1", RoleInCase::LeadProfessional);
    away.practitioner = in_state("p1", PractitionerState::OnLeave);
    let mut unknown = involvement("p2", RoleInCase::TeamMember);
    unknown.practitioner = Entry::default();
    let known = record(1, "school").with_nhs(0).with_involvement(away).with_involvement(unknown);
    let verdict = asked(&[known], "visitors", by_nhs(0));
    let contacts = &told(&verdict).contacts;
    assert_eq!(contacts.len(), 1, "nobody is shown before the register knows them");
    assert_eq!((contacts[0].name.as_ref(), contacts[0].lead), (None, true));
    assert_eq!(contacts[0].phone.as_str(), "0116 496 0999");
}

// D-A4
#[test]
fn where_one_of_the_family_leads_no_number_but_the_register_s_is_shown() {
    for (kind, shown) in [
        (LeadKind::Practitioner, "0116 496 0777"),
        (LeadKind::ParentOrCarer, "0116 496 0001"),
        (LeadKind::YoungPerson, "0116 496 0001"),
    ] {
        let mut supports = involvement("p1", RoleInCase::LeadProfessional);
        supports.lead_kind = kind;
        supports.contact_phone = Some(Phone::parse("0116 496 0777").unwrap());
        let known = record(1, "school").with_nhs(0).with_involvement(supports).with_caf_by("p2");
        let verdict = asked(&[known], "visitors", by_nhs(0));
        let lead = &told(&verdict).contacts[0];
        assert_eq!((lead.lead, lead.phone.as_str()), (true, shown), "{kind}");
        assert_eq!(lead.name.as_ref().unwrap().as_str(), "Person p1");
        assert_eq!(told(&verdict).caf_contact.as_ref().unwrap().phone, lead.phone);
    }
}

#[test]
fn leads_come_first_and_both_are_shown() {
    let lead = |who| involvement(who, RoleInCase::LeadProfessional);
    let member = involvement("p0", RoleInCase::TeamMember);
    let school = record(1, "school").with_nhs(0).with_involvement(member).with_involvement(lead("p2"));
    let surgery = record(2, "surgery").with_nhs(0).with_involvement(lead("p1"));
    let verdict = asked(&[school, surgery], "visitors", by_nhs(0));
    let leads: Vec<bool> = told(&verdict).contacts.iter().map(|contact| contact.lead).collect();
    assert_eq!(leads, [true, true, false]);
}

#[test]
fn without_a_lead_the_assessor_is_rung_and_without_an_assessor_the_caf_team() {
    let mut started = record(1, "school").with_nhs(0).with_caf_by("p1");
    let assessor = asked(&[started.clone()], "visitors", by_nhs(0));
    let contact = told(&assessor).caf_contact.clone().unwrap();
    assert_eq!(contact.name.unwrap().as_str(), "Person p1");
    started.cafs[0].practitioner = in_state("p1", PractitionerState::Left);
    let team = asked(&[started], "visitors", by_nhs(0));
    let contact = told(&team).caf_contact.clone().unwrap();
    assert_eq!((contact.name, contact.agency_name.as_str()), (None, "Borough CAF team"));
}

#[test]
fn nobody_of_a_revoked_agency_is_to_be_rung_and_its_caf_is_the_caf_team_s() {
    let lead = involvement("p1", RoleInCase::LeadProfessional);
    let mut known = record(1, "school").with_nhs(0).with_involvement(lead).with_caf_by("p1");
    known.supplier.state = AgencyState::Revoked;
    let verdict = asked(&[known], "visitors", by_nhs(0));
    assert_eq!(told(&verdict).contacts, []);
    let contact = told(&verdict).caf_contact.clone().unwrap();
    assert_eq!((contact.name, contact.agency_name.as_str()), (None, "Borough CAF team"));
}

fn any_selector() -> impl Strategy<Value = Selector> {
    prop_oneof![
        (0..2_u32).prop_map(by_nhs),
        (0..2_u32).prop_map(|which| Selector::Identifiers(vec![Identifier::Upn(upn(which))])),
        (0..3_u32).prop_map(|which| Selector::Demographics(Some(key(which)))),
        (0..9_u128).prop_map(|number| Selector::Child(child(number))),
        (0..9_u128).prop_map(|n| Selector::Local(LocalChildId::parse(&format!("c{n}")).unwrap())),
    ]
}

/// The world in which what is hidden from `name` never existed.
fn without_hidden(records: &[Record], name: &str) -> Vec<Record> {
    let all: Vec<&Record> = records.iter().collect();
    let hidden = hidden_from(&agency(name), AgencyKind::School, &all);
    let visible = records.iter().zip(hidden).filter(|(_, hidden)| hidden.is_none());
    visible
        .map(|(record, _)| {
            let mut rest = record.clone();
            if record.supplier.agency != agency(name) {
                rest.involvements.retain(|work| work.sensitivity == Sensitivity::Ordinary);
                rest.cafs
                    .retain(|caf| caf_sensitivity(record, &caf.practitioner_id) == Sensitivity::Ordinary);
            }
            rest
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    // G5
    #[test]
    fn an_answer_is_as_if_what_is_hidden_had_never_been(
        records in worlds(),
        name in select(AGENCIES.to_vec()),
        selector in any_selector(),
    ) {
        let rest = without_hidden(&records, name);
        let with = asked(&records, name, selector.clone());
        let is = |records: &[Record]| records.iter().any(|record| selector == Selector::Child(record.id));
        let own = records.iter().any(|r| selector == Selector::Child(r.id) && r.supplier.agency == agency(name));
        if own && !is(&rest) {
            // A reference from an earlier lookup is still the agency's own; there is nothing behind it now.
            let outcome = with.reply.map(|answer| answer.outcome);
            prop_assert_eq!(outcome, Ok(Outcome::NothingToShow));
            prop_assert_eq!(with.alias, None);
        } else {
            let without = asked(&rest, name, selector);
            prop_assert_eq!(with.reply, without.reply);
            prop_assert_eq!(with.alias, without.alias);
        }
    }

    // G7
    #[test]
    fn an_answer_does_not_depend_on_the_order_of_the_records(
        (records, shuffled) in worlds().prop_flat_map(|w| (Just(w.clone()), Just(w).prop_shuffle())),
        name in select(AGENCIES.to_vec()),
        selector in any_selector(),
    ) {
        let (one, other) = (asked(&records, name, selector.clone()), asked(&shuffled, name, selector));
        prop_assert_eq!(one.reply, other.reply);
        prop_assert_eq!(one.alias, other.alias);
    }

    // D-I6
    #[test]
    fn nothing_of_a_restricted_child_or_a_sensitive_service_is_shown_to_others(
        records in worlds(),
        selector in any_selector(),
    ) {
        let restricted: Vec<Record> = records.into_iter().map(Record::restricted).collect();
        let of_school = |record: &&Record| record.supplier.agency == agency("school");
        let own: usize = restricted.iter().filter(of_school).map(|r| r.involvements.len()).sum();
        if let Ok(answer) = asked(&restricted, "school", selector).reply {
            prop_assert!(answer.contacts.len() <= own);
            prop_assert!(answer.contacts.iter().all(|contact| contact.agency_name.as_str() == "school"));
        }
    }
}
