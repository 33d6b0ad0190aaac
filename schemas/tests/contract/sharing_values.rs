//! What belongs together in a sharing stands together in its type; what is personal does not print.

use schemas::{
    Asked, Attributed, Confidence, Envelope, Holder, Item, ItemContent, MessageType, OwnBasis, PracticeBasis,
    Recipients, ShareDelivered, ShareWanted, To,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::files::valid;

fn reads<T: DeserializeOwned>(written: Value) -> bool {
    serde_json::from_value::<T>(written).is_ok()
}

fn with(mut message: Value, field: &str, value: Value) -> Value {
    message[field] = value;
    message
}

fn without(mut message: Value, field: &str) -> Value {
    message.as_object_mut().expect("an object").remove(field).expect("it stands there");
    message
}

// D-S7: reasons, how consent stands and the ground go with their basis and with no other.
#[test]
fn a_basis_stands_with_what_it_needs_and_no_more() {
    let consent = json!({ "practiceBasis": "consent" });
    let public_interest = json!({
        "practiceBasis": "public-interest", "ground": "reasonable-cause-suffering",
        "consentPosition": "not-asked", "whyNotAsked": "other", "reasonsText": "Bruises.",
    });
    assert!(reads::<OwnBasis>(consent.clone()) && reads::<OwnBasis>(public_interest.clone()));
    assert!(!reads::<OwnBasis>(with(consent.clone(), "reasonsText", json!("None."))));
    assert!(!reads::<OwnBasis>(with(consent, "ground", json!("reasonable-cause-suffering"))));
    for needed in ["ground", "consentPosition", "whyNotAsked", "reasonsText"] {
        assert!(!reads::<OwnBasis>(without(public_interest.clone(), needed)), "{needed}");
    }
    assert!(!reads::<OwnBasis>(with(public_interest.clone(), "consentPosition", json!("refused"))));
    assert!(!reads::<OwnBasis>(with(public_interest, "practiceBasis", json!("legal-duty-or-order"))));
}

#[test]
fn of_several_recipients_each_has_its_own_basis() {
    let offer = json!({
        "recipients": [
            { "agencyId": "county-mash", "purpose": "urgent-protection", "practiceBasis": "public-interest" },
            { "agencyId": "beaumont-school", "person": "t-017", "purpose": "review-plan", "practiceBasis": "consent" },
        ],
        "ground": "reasonable-cause-suffering", "consentPosition": "refused", "reasonsText": "Bruises.",
    });
    let read: Recipients = serde_json::from_value(offer.clone()).expect("reads");
    let [desk, person] = read.all() else { panic!("two") };
    assert_eq!(desk.basis.practice_basis(), PracticeBasis::PublicInterest);
    assert_eq!(desk.person, To::DutyDesk);
    assert_eq!(person.basis, OwnBasis::Consent);
    assert!(matches!(person.person, To::Practitioner(_)));
    assert!(!reads::<Recipients>(without(offer.clone(), "ground")));
    assert!(!reads::<Recipients>(with(offer, "legalRef", json!("An order"))));
}

#[test]
fn one_holder_is_asked_for_one_kind_of_thing() {
    assert!(!reads::<Holder>(json!({})));
    assert!(!reads::<Holder>(json!({ "agencyId": "beaumont-school", "whoeverTheIndexShows": true })));
    let extract = json!({ "needText": "All.", "about": { "is": "child" } });
    assert!(!reads::<Asked>(json!({})));
    assert!(!reads::<Asked>(json!({ "parts": ["reason"], "recordExtract": extract })));
    assert!(reads::<Asked>(json!({ "recordExtract": extract })));
    assert!(!reads::<To>(json!({})) && !reads::<To>(json!({ "practitionerId": "t-017", "dutyDesk": true })));
}

fn item() -> Value {
    json!({
        "itemText": "He is tired.", "about": { "is": "child" }, "nature": "opinion", "whose": "the teacher",
        "source": "seen", "identifiesInformant": "no", "agreedToRecord": "yes",
    })
}

// MG 4.19, 4.20; LG 3.10.
#[test]
fn an_item_was_agreed_to_an_opinion_is_somebodys_and_the_unmarked_is_confidential() {
    let read: Item = serde_json::from_value(item()).expect("reads");
    assert!(matches!(read.content.nature, Attributed::Opinion { .. }));
    assert_eq!(read.content.confidence(), Confidence::Confidential);
    let open: ItemContent = serde_json::from_value(with(item(), "confidential", json!("no"))).expect("reads");
    assert_eq!(open.confidence(), Confidence::NotConfidential);
    assert!(!reads::<Item>(with(item(), "agreedToRecord", json!("no"))));
    assert!(!reads::<Item>(without(item(), "whose")));
    assert!(reads::<Item>(with(without(item(), "whose"), "nature", json!("observation"))));
}

#[test]
fn what_is_delivered_or_wanted_does_not_print() {
    let wanted = valid(MessageType::ShareWanted).into_iter().map(|example| {
        let read: Envelope<ShareWanted> = serde_json::from_value(example.message).expect("reads");
        format!("{read:?}")
    });
    let delivered = valid(MessageType::ShareDelivered).into_iter().map(|example| {
        let read: Envelope<ShareDelivered> = serde_json::from_value(example.message).expect("reads");
        format!("{read:?}")
    });
    for printed in wanted.chain(delivered) {
        for personal in ["Featherby", "Tobias", "Larkspur", "Adeyemi", "treatment", "missing"] {
            assert!(!printed.contains(personal), "{personal}");
        }
    }
}
