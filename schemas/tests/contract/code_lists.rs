use std::collections::BTreeMap;

use schemas::{
    AccessNoticeKind, AddressKind, AdviceCode, AgencyKind, AgencyStanding, Art6, Art9, AskFor, CafAskedBy,
    CafMark, CafState, CaveatCode, CheckKind, CheckResult, CheckState, ChildState, ClosureCode,
    ConfidentialityBasis, ConsentCapacity, ConsentPosition, ContactChannel, ContactRestricted, CopyHow,
    CopyWithheldReason, CorrectionEvidence, DeclineCode, DobPrecision, ElectronicRecording, EndedReason,
    FormElement, FormMedium, FormPart, Gender, IdentifierKind, ItemSource, Job, LeadKind, LivesWithChild,
    Manner, MessageType, Nature, NotToldCode, Outcome, ParentalResponsibility, PartState, PracticeBasis,
    PractitionerStanding, PractitionerState, ProtectionConcern, PublicInterestGround, Purpose,
    RecallInstruction, RecallReason, ReceiptCode, ReceiptState, ReferralKind, Relationship, ReminderKind,
    ReminderRole, Restriction, RestrictionReason, ReturnCode, RoleInCase, Sector, ServiceLevel, ShowTo,
    ToldCode, ToldHow, ToldWhen, Training, TransferState, Urgency, WhyNotAsked, WithdrawalReason, YesNo,
    YesNoNotApplicable,
};
use serde_json::Value;

use crate::files::{common, schema};

type Lists = BTreeMap<(&'static str, &'static str), Vec<&'static str>>;

macro_rules! lists {
    ($($schema:literal $property:literal $list:ident,)+) => {
        [$((($schema, $property), $list::ALL.iter().map($list::as_str).collect()),)+].into()
    };
}

mod sharing;

/// Every list of codes in the schemas, by the schema and the property, and the Rust type that reads it.
fn lists() -> Lists {
    let mut lists: Lists = lists! {
        "access.notified" "data/notices/byAgencyKind" AgencyKind,
        "access.notified" "data/notices/kind" AccessNoticeKind,
        "access.notified" "data/notices/purpose" Purpose,
        "child.corrected" "data/evidence" CorrectionEvidence,
        "child.recorded" "data/restricted" Restriction,
        "common" "address/kind" AddressKind,
        "common" "address/showTo" ShowTo,
        "common" "birth/precision" DobPrecision,
        "common" "carer/contactRestricted" ContactRestricted,
        "common" "carer/livesWithChild" LivesWithChild,
        "common" "carer/parentalResponsibility" ParentalResponsibility,
        "common" "carer/relationship" Relationship,
        "common" "childState" ChildState,
        "common" "familyTold/code" NotToldCode,
        "common" "familyTold/when" ToldWhen,
        "common" "gender" Gender,
        "common" "identifier/kind" IdentifierKind,
        "common" "onBehalfOf/how" ToldHow,
        "common" "practitionerBlock/roleInCase" RoleInCase,
        "common" "practitionerInCase/roleInCase" RoleInCase,
        "index.answered" "data/askFor" AskFor,
        "index.answered" "data/cafContact/job" Job,
        "index.answered" "data/cafMark" CafMark,
        "index.answered" "data/contacts/job" Job,
        "index.answered" "data/outcome" Outcome,
        "index.looked-up" "data/purpose" Purpose,
        "involvement.ended" "data/endedReason" EndedReason,
        "involvement.recorded" "data/leadKind" LeadKind,
        "involvement.recorded" "data/level" ServiceLevel,
        "practitioner.recorded" "data/check/kind" CheckKind,
        "practitioner.recorded" "data/check/state" CheckState,
        "practitioner.recorded" "data/job" Job,
        "practitioner.recorded" "data/state" PractitionerState,
        "practitioner.recorded" "data/training/kind" Training,
        "receipt.issued" "data/code" ReceiptCode,
        "receipt.issued" "data/first/code" ReceiptCode,
        "receipt.issued" "data/first/state" ReceiptState,
        "receipt.issued" "data/state" ReceiptState,
        "reminder.issued" "data/kind" ReminderKind,
        "reminder.issued" "data/role" ReminderRole,
        "restriction.lifted" "data/level" Restriction,
        "restriction.lifted" "data/reason" RestrictionReason,
        "restriction.set" "data/level" Restriction,
        "restriction.set" "data/reason" RestrictionReason,
    };
    lists.append(&mut lists_of_the_caf());
    lists.append(&mut lists_of_sharing());
    lists.append(&mut lists_of_shares());
    // What is no list of codes but tells the kinds of a thing apart, each with fields of its own.
    lists.insert(("sharing-common", "person/is"), vec!["child", "adult"]);
    lists.insert(("sharing-common", "aboutWhom"), vec!["child", "parent", "sibling", "other-person"]);
    lists.insert(("sharing-common", "notFor/is"), vec!["child", "person", "agency", "agency-kind"]);
    lists.append(&mut sharing::lists());
    lists.append(&mut lists_of_states());
    lists
}

fn lists_of_the_caf() -> Lists {
    lists! {
        "caf.advised" "data/code" AdviceCode,
        "caf.checked" "data/codes" ReturnCode,
        "caf.checked" "data/result" CheckResult,
        "caf.closed" "data/closureCode" ClosureCode,
        "caf.completed" "data/manifest/agreedBy/capacity" ConsentCapacity,
        "caf.completed" "data/manifest/agreedBy/how" Manner,
        "caf.completed" "data/manifest/copyGiven/how" CopyHow,
        "caf.completed" "data/manifest/copyWithheld/reasonCode" CopyWithheldReason,
        "caf.completed" "data/manifest/excludedRecorded" YesNo,
        "caf.completed" "data/manifest/parts/part" FormPart,
        "caf.completed" "data/manifest/parts/state" PartState,
        "caf.completed" "data/manifest/safeguardingActed" YesNoNotApplicable,
        "caf.completed" "data/manifest/safeguardingConsidered" YesNo,
        "caf.completed" "data/manifest/singleAgencyTried" YesNoNotApplicable,
        "caf.intended" "data/askedBy" CafAskedBy,
        "caf.intended" "data/protectionConcern" ProtectionConcern,
        "caf.returned" "data/codes" ReturnCode,
        "caf.returned" "data/result" CheckResult,
        "caf.started" "data/electronicRecording" ElectronicRecording,
        "caf.started" "data/formMedium" FormMedium,
        "caf.transferred" "data/transfer/state" TransferState,
        "caf.withdrawn" "data/reasonCode" WithdrawalReason,
    }
}

fn lists_of_sharing() -> Lists {
    lists! {
        "sharing-common" "agencyKind" AgencyKind,
        "sharing-common" "consentPosition" ConsentPosition,
        "sharing-common" "ground" PublicInterestGround,
        "sharing-common" "lawfulBasis/art6" Art6,
        "sharing-common" "lawfulBasis/art9" Art9,
        "sharing-common" "lawfulBasis/confidentialityBasis" ConfidentialityBasis,
        "sharing-common" "lawfulBasis/crimeData" YesNo,
        "sharing-common" "part" FormPart,
        "sharing-common" "practiceBasis" PracticeBasis,
        "sharing-common" "purpose" Purpose,
        "sharing-common" "relationship" Relationship,
        "sharing-common" "urgency" Urgency,
        "sharing-common" "whyNotAsked" WhyNotAsked,
    }
}

/// What is asked for and supplied, delivered and called back.
fn lists_of_shares() -> Lists {
    lists! {
        "share.declined" "data/declineCode" DeclineCode,
        "share.delivered" "data/toldCode" ToldCode,
        "share.expired" "data/toldCode" ToldCode,
        "share.refused" "data/toldCode" ToldCode,
        "share.requested" "data/parts" FormPart,
        "share.wanted" "data/consentExtract/capacity" ConsentCapacity,
        "share.wanted" "data/parts" FormPart,
        "share.wanted" "data/requester/job" Job,
        "sharing-common" "caveatKind" CaveatCode,
        "sharing-common" "channel" ContactChannel,
        "sharing-common" "confidential" YesNo,
        "sharing-common" "element" FormElement,
        "sharing-common" "item/agreedToRecord" YesNo,
        "sharing-common" "nature" Nature,
        "sharing-common" "recallInstruction" RecallInstruction,
        "sharing-common" "recallReason" RecallReason,
        "sharing-common" "referralKind" ReferralKind,
        "sharing-common" "source" ItemSource,
        "sharing-common" "yesNo" YesNo,
    }
}

/// Lifting a restriction is a message of its own, and leaves less than the whole record; an extract of
/// an agency's own record is no part of a form.
const LEFT_OUT: [(&str, &str, &str); 15] = [
    ("restriction.set", "data/level", "none"),
    ("restriction.lifted", "data/level", "whole-record"),
    ("caf.completed", "data/manifest/parts/part", "record-extract"),
    ("share.requested", "data/parts", "record-extract"),
    ("share.wanted", "data/parts", "record-extract"),
    ("share.delivered", "data/toldCode", "not-shared"),
    ("share.delivered", "data/toldCode", "ask-caf-team"),
    ("share.delivered", "data/toldCode", "expired"),
    ("share.refused", "data/toldCode", "shared"),
    ("share.refused", "data/toldCode", "shared-as-far-as-the-decision-allows"),
    ("share.refused", "data/toldCode", "expired"),
    ("share.expired", "data/toldCode", "shared"),
    ("share.expired", "data/toldCode", "shared-as-far-as-the-decision-allows"),
    ("share.expired", "data/toldCode", "not-shared"),
    ("share.expired", "data/toldCode", "ask-caf-team"),
];

fn lists_of_states() -> Lists {
    lists! {
        "agency.changed" "data/states/kind" AgencyKind,
        "agency.changed" "data/states/sector" Sector,
        "agency.changed" "data/states/state" AgencyStanding,
        "caf.changed" "data/states/electronicRecording" ElectronicRecording,
        "caf.changed" "data/states/state" CafState,
        "child.changed" "data/states/birth/precision" DobPrecision,
        "child.changed" "data/states/restriction" Restriction,
        "consent.changed" "data/states/showSensitive/excludedKinds" AgencyKind,
        "consent.changed" "data/states/showSensitive/kinds" AgencyKind,
        "involvement.changed" "data/states/leadKind" LeadKind,
        "involvement.changed" "data/states/level" ServiceLevel,
        "involvement.changed" "data/states/roleInCase" RoleInCase,
        "practitioner.changed" "data/states/check/kind" CheckKind,
        "practitioner.changed" "data/states/check/state" CheckState,
        "practitioner.changed" "data/states/job" Job,
        "practitioner.changed" "data/states/state" PractitionerStanding,
    }
}

#[test]
fn schemas_and_types_have_the_same_codes() {
    let mut found = BTreeMap::new();
    for kind in MessageType::ALL {
        collect(kind.short_name(), "", &schema(*kind), &mut found);
    }
    for (file, schema) in common() {
        for (name, definition) in schema["$defs"].as_object().expect("definitions") {
            collect(file, name, definition, &mut found);
        }
    }
    let mut expected: BTreeMap<(String, String), Vec<String>> = lists()
        .into_iter()
        .map(|((schema, property), codes)| {
            ((schema.to_owned(), property.to_owned()), codes.into_iter().map(str::to_owned).collect())
        })
        .collect();
    for (schema, property, not) in LEFT_OUT {
        let list = (schema.to_owned(), property.to_owned());
        expected.get_mut(&list).expect("in the table").retain(|code| code != not);
    }
    assert_eq!(found, expected);
}

/// The enums of a schema by the names of the properties above them; conditions (`if`) repeat parts of
/// lists and are left out.
fn collect(schema: &str, property: &str, node: &Value, found: &mut BTreeMap<(String, String), Vec<String>>) {
    if let Some(codes) = node.get("enum").and_then(Value::as_array) {
        let codes = codes.iter().map(|code| code.as_str().expect("codes are texts").to_owned()).collect();
        let before = found.insert((schema.to_owned(), property.to_owned()), codes);
        assert_eq!(before, None, "{schema} {property} has one list");
    }
    if let Some(properties) = node.get("properties").and_then(Value::as_object) {
        for (name, inner) in properties {
            let inner_name = if property.is_empty() { name.clone() } else { format!("{property}/{name}") };
            collect(schema, &inner_name, inner, found);
        }
    }
    if let Some(items) = node.get("items") {
        collect(schema, property, items, found);
    }
}

#[test]
fn codes_are_lower_case_with_hyphens_and_read_back() {
    for codes in lists().values() {
        for code in codes {
            let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!(code.bytes().all(fits), "{code}");
        }
    }
    for job in Job::ALL {
        assert_eq!(Job::parse(job.as_str()), Ok(*job));
        assert_eq!(serde_json::to_value(job).expect("serialises"), job.as_str());
    }
    assert!(Job::parse("Teacher").is_err());
}

#[test]
fn restrictions_are_ordered_by_what_they_restrict() {
    assert!(Restriction::None < Restriction::Address);
    assert!(Restriction::Address < Restriction::WholeRecord);
}

// D-I6
#[test]
fn services_whose_name_tells_something_are_sensitive_by_default() {
    let sensitive: Vec<_> =
        AgencyKind::ALL.iter().filter(|kind| kind.default_sensitive()).map(AgencyKind::as_str).collect();
    let expected = [
        "camhs",
        "adult-mental-health",
        "sexual-health",
        "substance-misuse-young",
        "substance-misuse-adult",
        "domestic-abuse-service",
    ];
    assert_eq!(sensitive, expected);
}
