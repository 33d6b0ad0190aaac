//! For each rule a consent that shares and one that does not.
#![expect(clippy::unwrap_used, reason = "a test may stop")]

use deciding::ConsentFact::{
    CompetentRefusal, Conflict, Covered, ExcludedAgency, ExcludedPart, NotAsked, NotNamed, NotValid,
    OtherAct, PastReview, Refused, UnconfirmedWidening, Withdrawn, WrongPerson,
};
use schemas::{AgencyKind, ConsentAct, ElectronicRecording, FormPart, Purpose, Relationship, Sensitivity};
use schemas::{Birth, DobPrecision, PartialDate, UnderstandingJudgement};
use time::Duration;

use super::super::invented::*;
use super::super::*;
use super::*;

/// A boy of nine, on [`NOW`].
fn nine() -> Ages {
    born("2017-05-01")
}

fn fact_of(said: &[Statement], ages: Ages, asking: &Asking) -> ConsentFact {
    state(said, ages).at(NOW).coverage(&asking.question()).fact
}

/// Of the usual question.
fn fact(said: &[Statement], ages: Ages) -> ConsentFact {
    fact_of(said, ages, &asking())
}

fn gave(person: PersonKey) -> Statement {
    given(1, person, "2026-03-02")
}

// D-C1
#[test]
fn each_act_stands_alone() {
    assert_eq!(fact(&[gave(mother())], nine()), Covered);
    assert_eq!(fact(&[gave(mother()).to(ConsentAct::AssessAndRecord)], nine()), OtherAct);
    let handing_over = Asking { purpose: Purpose::HandOverLead, ..asking() };
    assert_eq!(fact_of(&[gave(mother())], nine(), &handing_over), OtherAct);
    assert_eq!(fact(&[], nine()), ConsentFact::None);
    let nobody_asked = Statement { decided: Decided::NotAsked, ..gave(mother()) };
    assert_eq!(fact(&[nobody_asked], nine()), NotAsked);
}

// D-C2
#[test]
fn what_was_not_explained_is_no_consent_and_a_refusal_always_counts() {
    let unexplained = |said: Statement| {
        said.giving(|given| {
            given.explained.pop_last();
        })
    };
    assert_eq!(fact(&[unexplained(gave(mother()))], nine()), NotValid);
    let took_the_place = [gave(mother()), unexplained(given(2, mother(), "2026-04-01"))];
    assert_eq!(fact(&took_the_place, nine()), NotValid);
    assert_eq!(fact(&[refused(1, mother(), "2026-03-02")], nine()), Refused);
    let lifts_nothing = [refused(1, mother(), "2026-03-02"), unexplained(given(2, mother(), "2026-04-01"))];
    assert_eq!(fact(&lifts_nothing, nine()), Refused);
}

// D-C2
#[test]
fn who_agreed_to_sharing_for_support_agreed_to_no_enquiry() {
    let enquiry = Asking { purpose: Purpose::SafeguardingEnquiry, ..asking() };
    assert_eq!(fact_of(&[gave(mother())], nine(), &enquiry), NotNamed);
    let named = gave(mother()).of(|scope| scope.purposes = [Purpose::SafeguardingEnquiry].into());
    assert_eq!(fact_of(std::slice::from_ref(&named), nine(), &enquiry), Covered);
    assert_eq!(fact(&[named], nine()), NotNamed);
}

// D-C3
#[test]
fn one_person_with_parental_responsibility_suffices_and_a_carer_without_does_not() {
    assert_eq!(fact(&[gave(father())], nine()), Covered);
    for carer in [Relationship::FosterCarer, Relationship::PartnerOfParent, Relationship::Friend] {
        assert_eq!(fact(&[gave(adult(carer))], nine()), WrongPerson);
        let both = [gave(mother()), refused(2, adult(carer), "2026-04-01")];
        assert_eq!(fact(&both, nine()), Covered, "is heard");
    }
    let delegated = gave(adult(Relationship::FosterCarer)).with_capacity(ConsentCapacity::DelegatedCarer);
    assert_eq!(fact(std::slice::from_ref(&delegated), nine()), Covered);
    assert_eq!(fact(&[delegated.without_evidence()], nine()), NotValid);
    let council =
        gave(adult(Relationship::LocalAuthority)).with_capacity(ConsentCapacity::LocalAuthorityCareOrder);
    assert_eq!(fact(std::slice::from_ref(&council), nine()), NotValid, "MG 4.15");
    assert_eq!(fact(&[Statement { liaison: Liaison::Recorded, ..council }], nine()), Covered);
    assert_eq!(
        fact(&[gave(mother()).with_capacity(ConsentCapacity::AdultAboutSelf)], nine()),
        ConsentFact::None
    );
}

// D-C3
#[test]
fn a_child_decides_who_was_judged_to_understand_this_decision() {
    let own = || gave(PersonKey::Child);
    assert_eq!(fact(&[own()], nine()), NotValid);
    assert_eq!(fact(&[own().judged(UnderstandingJudgement::DoesNotYet)], nine()), NotValid);
    assert_eq!(fact(&[own().understood()], nine()), Covered);
    assert_eq!(fact(&[own().understood(), refused(2, mother(), "2026-05-01")], nine()), Covered);
    let sixteen = own().with_capacity(ConsentCapacity::YoungPerson1617);
    assert_eq!(fact(&[sixteen], born("2010-01-01")), Covered, "presumed");
}

// D-C4
#[test]
fn what_a_competent_child_refused_stands_against_any_parent() {
    let girl = born("2012-06-01");
    let both = |child: Statement| [gave(mother()), gave(father()).by("surgery"), child];
    assert_eq!(fact(&both(refused(3, PersonKey::Child, "2026-02-01")), girl), CompetentRefusal);
    assert_eq!(fact(&both(withdrawn(3, PersonKey::Child, "2026-02-01")), girl), Withdrawn);
    let police = |scope: &mut Scope| scope.agencies.named = [agency("police")].into();
    let some = refused(3, PersonKey::Child, "2026-02-01").of(police);
    assert_eq!(fact(&both(some), girl), Covered, "of another agency");
    let left_out = given(3, PersonKey::Child, "2026-02-01").understood();
    let left_out = left_out.of(|scope| scope.agencies.excluded = [agency("housing")].into());
    assert_eq!(fact(&both(left_out), girl), ExcludedAgency);
    let boy = refused(3, PersonKey::Child, "2026-02-01");
    assert_eq!(fact(&both(boy.clone()), nine()), Covered, "not found to understand: heard");
    assert_eq!(fact(&both(boy.clone().understood()), nine()), CompetentRefusal);
    assert_eq!(fact(&both(boy.judged(UnderstandingJudgement::InDoubtAdviceAsked)), nine()), Conflict);
}

// D-C3
#[test]
fn from_16_the_young_person_decides_and_a_parents_earlier_word_lasts_until_they_are_asked() {
    let sixteen = born("2010-06-01");
    let before = given(1, mother(), "2026-03-02");
    let then = state(std::slice::from_ref(&before), sixteen);
    let coverage = then.at(NOW).coverage(&asking().question());
    assert_eq!((coverage.fact, coverage.replacement), (Covered, Replacement::AskTheYoungPerson));
    assert_eq!(fact(&[given(1, mother(), "2026-07-02")], sixteen), WrongPerson);
    let said = given(2, PersonKey::Child, "2026-07-02").of(|scope| scope.agencies.named.clear());
    assert_eq!(fact(&[before.clone(), said], sixteen), NotNamed);
    let not_able = not_able(2, PersonKey::Child, "2026-07-02");
    assert_eq!(fact(&[given(1, mother(), "2026-07-02"), not_able], sixteen), Covered);
    let best =
        given(3, adult(Relationship::Other), "2026-07-02").with_capacity(ConsentCapacity::BestInterests);
    assert_eq!(fact(&[before.clone(), best.clone()], sixteen), Covered);
    assert_eq!(fact(&[best], nine()), WrongPerson);
}

// D-C3, law
#[test]
fn from_18_no_parent_decides() {
    let adult = born("2008-11-21");
    assert_eq!(fact(&[given(1, mother(), "2024-11-20")], adult), WrongPerson);
    assert_eq!(fact(&[given(1, mother(), "2024-11-21")], born("2008-11-22")), Covered);
    let own = given(2, PersonKey::Child, "2026-11-21").with_capacity(ConsentCapacity::Adult18Plus);
    assert_eq!(fact(&[own, refused(1, mother(), "2026-11-21")], adult), Covered);
    assert_eq!(fact(&[refused(1, PersonKey::Child, "2026-11-21")], adult), Refused);
    assert_eq!(fact(&[gave(mother())], Ages::of(None)), WrongPerson, "age not known");
}

#[test]
fn before_birth_the_pregnant_woman_decides_alone() {
    let due = Birth::new(PartialDate::parse("2027-01-05").unwrap(), DobPrecision::Expected);
    let unborn = Ages::of(Some(due.unwrap()));
    let pregnant = gave(mother()).with_capacity(ConsentCapacity::PregnantWoman);
    assert_eq!(fact(std::slice::from_ref(&pregnant), unborn), Covered);
    assert_eq!(fact(&[gave(father())], unborn), WrongPerson);
    assert_eq!(fact(&[pregnant], born("2026-11-01")), WrongPerson, "born, it is to be asked again");
}

// D-C4
#[test]
fn who_is_found_not_able_later_agrees_to_nothing_more_and_what_they_refused_while_able_stands() {
    let girl = born("2012-06-01");
    let found = |on| not_able(4, PersonKey::Child, on).by("surgery");
    let child = |said: Statement| [said, found("2026-04-01"), given(5, mother(), "2026-05-01")];
    assert_eq!(fact(&child(refused(3, PersonKey::Child, "2026-02-01")), girl), CompetentRefusal);
    assert_eq!(fact(&child(withdrawn(3, PersonKey::Child, "2026-02-01")), girl), Withdrawn);
    let agreed = || given(3, PersonKey::Child, "2026-02-01").understood();
    let left_out = agreed().of(|scope| scope.agencies.excluded = [agency("housing")].into());
    assert_eq!(fact(&child(left_out), girl), ExcludedAgency);
    assert_eq!(fact(&child(agreed()), girl), Covered, "by her mother");
    assert_eq!(fact(&child(agreed())[..2], girl), ConsentFact::None, "she agrees no more");
    let refusal = || refused(3, PersonKey::Child, "2026-04-01");
    assert_eq!(fact(&child(refusal()), girl), CompetentRefusal, "of one day the refusal counts");
    let mut lifted = child(refusal()).to_vec();
    lifted.push(given(6, PersonKey::Child, "2026-06-01").understood());
    assert_eq!(fact(&lifted, girl), Covered, "by her own word");
    let corrected = Statement { version: refusal().version, ..not_able(9, PersonKey::Child, "2026-04-02") };
    let corrected = [refusal(), corrected, given(5, mother(), "2026-05-01")];
    assert_eq!(fact(&corrected, girl), Covered, "who recorded it says that she was not able");
    let mothers = [
        refused(3, mother(), "2026-02-01"),
        not_able(4, mother(), "2026-04-01"),
        given(5, father(), "2026-05-01"),
    ];
    assert_eq!(fact(&mothers, nine()), Conflict);
    let both =
        [given(1, mother(), "2026-07-01"), refused(3, PersonKey::Child, "2026-07-02"), found("2026-07-03")];
    assert_eq!(fact(&both, born("2010-06-01")), CompetentRefusal, "of sixteen, too");
}

// D-C5
#[test]
fn what_is_not_named_is_not_covered() {
    let only = [gave(mother())];
    let to = |name, kind| Asking { recipient: recipient(name, kind), ..asking() };
    assert_eq!(fact_of(&only, nine(), &to("visitors", AgencyKind::HealthVisiting)), Covered);
    assert_eq!(fact_of(&only, nine(), &to("police", AgencyKind::Police)), NotNamed);
    let sensitive =
        Recipient { sensitivity: Sensitivity::Sensitive, ..recipient("clinic", AgencyKind::HealthVisiting) };
    let clinic = Asking { recipient: sensitive, ..asking() };
    assert_eq!(fact_of(&only, nine(), &clinic), NotNamed, "its kind does not name a sensitive one");
    let extract = Asking { part: FormPart::RecordExtract, ..asking() };
    assert_eq!(fact_of(&only, nine(), &extract), NotNamed);
    let parts =
        gave(mother()).of(|scope| scope.parts.included = Included::These([FormPart::Identity].into()));
    assert_eq!(fact(&[parts], nine()), NotNamed);
}

// D-C5
#[test]
fn exclusion_beats_inclusion() {
    let with = |change: fn(&mut Scope)| fact(&[gave(mother()).of(change)], nine());
    assert_eq!(with(|scope| scope.agencies.excluded = [agency("housing")].into()), ExcludedAgency);
    assert_eq!(with(|scope| scope.agencies.excluded_kinds = [AgencyKind::Housing].into()), ExcludedAgency);
    assert_eq!(with(|scope| scope.parts.excluded = [FormPart::EnvHousingWorkMoney].into()), ExcludedPart);
    let item = |scope: &mut Scope| {
        let about = About::Parent(key(Relationship::Mother));
        scope.parts.items_excluded = vec![(FormPart::EnvHousingWorkMoney, about)];
    };
    let said = [gave(mother()).of(item)];
    assert_eq!(fact(&said, nine()), Covered, "what is about the child");
    let misspelt = AdultKey { token: PersonToken([9; 32]), ..key(Relationship::Mother) };
    let of_mother = Asking { about: About::Parent(misspelt), ..asking() };
    assert_eq!(fact_of(&said, nine(), &of_mother), ExcludedPart);
}

// D-C6
#[test]
fn the_later_word_of_one_person_wins_and_of_one_day_the_refusal() {
    assert_eq!(fact(&[gave(mother()), refused(2, mother(), "2026-04-01")], nine()), Refused);
    assert_eq!(fact(&[gave(mother()), refused(2, mother(), "2026-02-01")], nine()), Covered);
    let same_day = [given(1, mother(), "2026-03-02"), refused(2, mother(), "2026-03-02")];
    assert_eq!(fact(&same_day, nine()), Refused);
    let part = |scope: &mut Scope| scope.parts.included = Included::These([FormPart::Identity].into());
    assert_eq!(fact(&[gave(mother()), withdrawn(2, mother(), "2026-04-01").of(part)], nine()), Covered);
    let later_version = Statement { version: gave(mother()).version, ..refused(9, mother(), "2026-04-01") };
    assert_eq!(fact(&[later_version, gave(mother())], nine()), Refused);
}

// D-C6
#[test]
fn persons_of_equal_standing_who_disagree_are_a_conflict() {
    assert_eq!(fact(&[gave(mother()), refused(2, father(), "2026-01-01")], nine()), Conflict);
    let left_out = given(2, father(), "2026-01-01");
    let left_out = left_out.of(|scope| scope.agencies.excluded = [agency("housing")].into());
    assert_eq!(fact(&[gave(mother()), left_out], nine()), Conflict);
    let unnamed = given(2, father(), "2026-01-01").of(|scope| scope.agencies.named.clear());
    assert_eq!(fact(&[gave(mother()), unnamed], nine()), Covered);
}

// D-C6
#[test]
fn past_its_review_a_consent_waits_and_past_its_end_it_is_none() {
    let reviewed = |by: &str| gave(mother()).giving(|given| given.review_by = day(by));
    assert_eq!(fact(&[reviewed("2026-11-21")], nine()), Covered);
    assert_eq!(fact(&[reviewed("2026-11-20")], nine()), PastReview);
    assert_eq!(fact(&[reviewed("2028-03-03")], nine()), NotValid, "more than 24 months");
    assert_eq!(fact(&[reviewed("2028-03-02")], nine()), Covered);
    let ends = |on: &str| gave(mother()).giving(|given| given.ends_on = Some(day(on)));
    assert_eq!(fact(&[ends("2026-11-21")], nine()), Covered);
    assert_eq!(fact(&[ends("2026-11-20")], nine()), ConsentFact::None);
}

// D-C8
#[test]
fn an_adults_information_needs_that_adult() {
    let about = |about| Asking { about, ..asking() };
    let of_mother = about(About::Parent(key(Relationship::Mother)));
    let of =
        |said: &[Statement], asking: &Asking| state(said, nine()).at(NOW).about_consent(&asking.question()).0;
    let own = gave(mother()).with_capacity(ConsentCapacity::AdultAboutSelf);
    assert_eq!(of(std::slice::from_ref(&own), &of_mother), AboutConsent::Covered);
    assert_eq!(
        of(std::slice::from_ref(&own), &about(About::Parent(key(Relationship::Father)))),
        AboutConsent::NotCovered
    );
    assert_eq!(of(&[gave(mother())], &of_mother), AboutConsent::NotCovered, "it was for the child");
    let for_both = gave(mother()).of(|scope| scope.about = [PersonKey::Child, mother()].into());
    assert_eq!(of(std::slice::from_ref(&for_both), &of_mother), AboutConsent::Covered);
    assert_eq!(fact(std::slice::from_ref(&for_both), nine()), Covered);
    assert_eq!(of(&[for_both, refused(2, mother(), "2026-04-01")], &of_mother), AboutConsent::NotCovered);
    assert_eq!(of(std::slice::from_ref(&own), &about(About::Sibling)), AboutConsent::NotCovered);
    assert_eq!(of(&[own], &asking()), AboutConsent::NotNeeded);
}

// D-C7
#[test]
fn nothing_is_kept_electronically_where_somebody_who_decides_refused_that() {
    let recording =
        |said: &[Statement]| state(said, nine()).at(NOW).electronic_recording().map(|(said, _)| said);
    let act = ConsentAct::RecordElectronically;
    assert_eq!(recording(&[gave(mother())]), None);
    assert_eq!(recording(&[gave(mother()).to(act)]), Some(ElectronicRecording::Agreed));
    let both = [gave(mother()).to(act), refused(2, father(), "2026-03-01").to(act)];
    assert_eq!(recording(&both), Some(ElectronicRecording::Refused));
    assert_eq!(fact(&[gave(mother()), refused(2, mother(), "2026-03-09").to(act)], nine()), Covered);
}

// D-C7, D-C6
#[test]
fn a_refusal_of_electronic_recording_stands_until_who_recorded_it_confirms_that_it_is_lifted() {
    let act = ConsentAct::RecordElectronically;
    let no = || refused(1, mother(), "2026-03-02").to(act);
    let yes = || given(2, mother(), "2026-04-01").to(act).by("surgery");
    let recording = |said: &[Statement], confirmed: &[Option<&str>]| {
        let key = |by: Option<&str>| (agency("surgery"), yes().version.message, by.map(agency));
        let confirmed = confirmed.iter().map(|by| (key(*by), NOW)).collect();
        State::new(said.to_vec(), nine(), confirmed).at(NOW).electronic_recording().map(|(said, _)| said)
    };
    let (agreed, refused_it) = (Some(ElectronicRecording::Agreed), Some(ElectronicRecording::Refused));
    assert_eq!(recording(&[no(), yes()], &[]), refused_it);
    assert_eq!(recording(&[yes(), no()], &[Some("nursery"), Some("surgery")]), refused_it, "none of theirs");
    assert_eq!(recording(&[no(), yes()], &[Some("school")]), agreed, "for everybody");
    assert_eq!(recording(&[no(), yes()], &[None]), agreed, "by the CAF team");
    assert_eq!(recording(&[no(), yes().without_evidence()], &[Some("school"), None]), refused_it);
    assert_eq!(recording(&[no(), yes().by("school")], &[]), agreed, "its own");
    let own = given(3, mother(), "2026-05-01").to(act);
    assert_eq!(recording(&[no(), yes(), own], &[]), agreed, "then its own");
    let withdrawn = withdrawn(1, mother(), "2026-03-02").to(act);
    assert_eq!(recording(&[withdrawn, yes()], &[]), refused_it);
    let before = refused(1, mother(), "2026-03-02").to(act).by("clinic");
    assert_eq!(recording(&[before, no(), yes()], &[Some("school")]), refused_it, "each who recorded it");
    let heard = refused(1, PersonKey::Child, "2026-03-02").to(act);
    let able = given(2, PersonKey::Child, "2026-04-01").understood().to(act).by("surgery");
    assert_eq!(recording(&[heard, able], &[]), agreed, "who did not understand refused nothing");
}

// D-C4, D-C6
#[test]
fn no_other_person_covers_what_was_refused_and_is_not_confirmed_to_be_lifted() {
    let girl = born("2012-06-01");
    let child = [
        refused(1, PersonKey::Child, "2026-03-02"),
        given(2, PersonKey::Child, "2026-04-01").understood().by("surgery"),
        given(3, mother(), "2026-05-01"),
    ];
    assert_eq!(fact(&child, girl), UnconfirmedWidening);
    let of_surgery = Asking { holder: agency("surgery"), ..asking() };
    assert_eq!(fact_of(&child, girl, &of_surgery), Covered, "what it holds itself");
    let parents = [
        refused(1, mother(), "2026-03-02"),
        given(2, mother(), "2026-04-01").by("surgery"),
        given(3, father(), "2026-05-01"),
    ];
    assert_eq!(fact(&parents[..2], nine()), UnconfirmedWidening);
    assert_eq!(fact(&parents, nine()), Conflict);
}

#[test]
fn what_takes_away_counts_once_it_is_known_though_its_clock_was_ahead() {
    let ahead = withdrawn(2, mother(), "2030-01-01").received_on("2026-05-01");
    assert_eq!(fact(&[gave(mother()), ahead], nine()), Withdrawn);
}

#[test]
fn what_widens_another_agencys_record_waits_for_that_agency() {
    let narrow = gave(mother()).of(|scope| scope.agencies.named.clear());
    let wider = given(2, mother(), "2026-04-01").by("surgery");
    let both = [narrow.clone(), wider.clone()];
    assert_eq!(fact(&both, nine()), UnconfirmedWidening);
    let of_surgery = Asking { holder: agency("surgery"), ..asking() };
    assert_eq!(fact_of(&both, nine(), &of_surgery), Covered, "what it holds itself");
    let by = |name: &str| [((agency(name), wider.version.message, None), NOW)].into();
    let confirmed = State::new(both.to_vec(), nine(), by("surgery"));
    assert_eq!(confirmed.at(NOW).coverage(&asking().question()).fact, Covered);
    let before = confirmed.as_known(NOW - Duration::seconds(1));
    assert_eq!(before.at(NOW).coverage(&asking().question()).fact, UnconfirmedWidening);
    // A message's id is its sender's own.
    let others = State::new(both.to_vec(), nine(), by("nursery"));
    assert_eq!(others.at(NOW).coverage(&asking().question()).fact, UnconfirmedWidening);
    let nothing_to_show = [narrow, wider.clone().without_evidence()];
    assert_eq!(fact_of(&nothing_to_show, nine(), &of_surgery), UnconfirmedWidening);
    assert_eq!(fact(&[gave(mother()), wider], nine()), Covered, "no wider");
}

#[test]
fn a_withdrawal_names_what_was_released_on_the_strength_of_it() {
    let withdrawal = withdrawn(2, mother(), "2026-05-01").received_on("2026-06-01");
    let (before, after) = ([gave(mother())], [gave(mother()), withdrawal.clone()]);
    let (before, after) = (state(&before, nine()), state(&after, nine()));
    let Asking { holder, recipient, part, about, purpose } = asking();
    let items = [(part, about), (FormPart::RecordExtract, About::Child)];
    let released_at = day("2026-05-09").midnight().assume_utc();
    let act = act_for(purpose);
    let delivery =
        Delivery { holder: &holder, recipient: &recipient, items: &items, act, purpose, released_at };
    let earlier = Delivery { released_at: released_at - Duration::days(30), ..delivery.clone() };
    let found = taken_away(&before.at(NOW), &after.at(NOW), &withdrawal, &[delivery, earlier]);
    let one = |delivery, when| TakenAway { delivery, items: vec![0], when };
    assert_eq!(found, [one(0, SaidWhen::BeforeItWasKnown), one(1, SaidWhen::BeforeItWasSaid)]);
    let late = NOW + Duration::days(1000);
    assert_eq!(taken_away(&before.at(late), &after.at(late), &withdrawal, &[]).len(), 0);
    assert_eq!(taken_away(&before.at(NOW), &before.at(NOW), &withdrawal, &[]), []);
}

// D-C5, D-C6
#[test]
fn what_the_holders_own_record_excludes_stands_though_another_leaves_it_out() {
    let without_housing = |person| {
        given(1, person, "2026-03-01").understood().of(|scope| {
            scope.agencies.named.clear();
            scope.agencies.excluded.insert(agency("housing"));
        })
    };
    let others = |person| {
        let said = given(3, person, "2026-04-01").understood().by("surgery");
        said.of(|scope| scope.agencies.named = [agency("college")].into())
    };
    let girl = born("2012-05-01");
    let hers = given(5, mother(), "2026-03-01");
    assert_eq!(fact(&[without_housing(PersonKey::Child), hers.clone()], girl), ExcludedAgency);
    let left_out = [without_housing(PersonKey::Child), hers, others(PersonKey::Child)];
    assert_eq!(fact(&left_out, girl), ExcludedAgency, "and her mother's yes does not pass it by");
    let in_vain = others(mother()).giving(|given| given.explained.clear());
    let father = given(4, father(), "2026-03-01");
    assert_eq!(fact(&[without_housing(mother()), father, in_vain], nine()), Conflict);
}

// D-C3
#[test]
fn who_was_too_young_to_decide_is_presumed_able_at_16() {
    let sixteen = born("2010-06-01");
    let early = not_able(2, PersonKey::Child, "2024-06-01");
    assert_eq!(fact(&[given(1, mother(), "2026-07-02"), early.clone()], sixteen), WrongPerson);
    let best = given(3, adult(Relationship::Other), "2026-07-02");
    let best = best.with_capacity(ConsentCapacity::BestInterests);
    assert_eq!(
        fact(std::slice::from_ref(&best), sixteen),
        WrongPerson,
        "nobody found that she lacks capacity"
    );
    assert_eq!(fact(&[best.clone(), early], sixteen), WrongPerson);
    assert_eq!(fact(&[best, not_able(4, PersonKey::Child, "2026-07-01")], sixteen), Covered);
}

// LG 3.11, D-C6
#[test]
fn the_caf_teams_copy_needs_no_name_and_a_consent_that_is_not_past_its_review() {
    let asked = Asking { recipient: recipient("team", AgencyKind::CafTeam), ..asking() };
    assert_eq!(fact_of(&[gave(mother())], nine(), &asked), NotNamed);
    let passed = gave(mother()).giving(|given| given.review_by = day("2026-11-01"));
    assert_eq!(fact_of(&[passed], nine(), &asked), PastReview);
}

// D-C6, D-C3
#[test]
fn reviews_and_birthdays_are_due_on_their_days() {
    let said = [gave(mother()).giving(|given| given.review_by = day("2026-12-31"))];
    let timers = |said: &[Statement], ages| {
        let due: Vec<(String, Timer)> =
            due(&state(said, ages).at(NOW)).into_iter().map(|due| (due.on.to_string(), due.timer)).collect();
        due
    };
    let on = |day: &str, timer| (day.to_owned(), timer);
    let reviews = [
        on("2026-11-01", Timer::Review60),
        on("2026-12-01", Timer::Review30),
        on("2026-12-24", Timer::Review7),
        on("2027-01-01", Timer::ReviewPassed),
    ];
    let birthdays = [
        on("2029-05-01", Timer::ConsiderAskingTheChild),
        on("2033-05-01", Timer::AskTheYoungPerson),
        on("2035-05-01", Timer::ParentalConsentEnds),
    ];
    assert_eq!(timers(&said, nine()), [&reviews[..], &birthdays[..]].concat());
    assert_eq!(timers(&[said[0].clone(), withdrawn(2, mother(), "2026-04-01")], nine()), []);
    let renewed = given(2, PersonKey::Child, "2026-07-02").to(ConsentAct::StoreAndShare);
    let sixteen = timers(&[said[0].clone(), renewed], born("2010-06-01"));
    assert!(!sixteen.iter().any(|(_, timer)| *timer == Timer::AskTheYoungPerson));
}
