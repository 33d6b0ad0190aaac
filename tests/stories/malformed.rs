//! Messages that no system should send: each is answered with a code and with the places of its
//! faults, and nothing of what it held of a person comes back or gets into a log.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use stories::facts::{child, under};
use stories::{Actor, Kind, World};

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// No schema, code or sentence holds these.
const NAME: &str = "Zyxmarked";
const NHS_NUMBER: &str = "9994443348";
/// What is searched for: also of a number whose check digit was spoilt.
const MARKS: [&str; 2] = ["zyxmarked", "999444334"];

/// What it is, what is done to the good message, the code that answers it.
type AsBytes = (&'static str, fn(String) -> Vec<u8>, &'static str);

/// What is done to the bytes of a good message; every one of these is answered at "".
#[rustfmt::skip] // a case a line
const AS_BYTES: &[AsBytes] = &[
    ("nothing at all", |_| Vec::new(), "bad-form"),
    ("white space", |_| b" \n ".to_vec(), "bad-form"),
    ("a text that is not JSON", |_| format!("{NAME} {NHS_NUMBER}").into_bytes(), "bad-form"),
    ("XML", |_| format!("<child><name>{NAME}</name><nhs>{NHS_NUMBER}</nhs></child>").into_bytes(), "bad-form"),
    ("cut off", |text| text.as_bytes()[..text.len() - 9].to_vec(), "bad-form"),
    ("two messages in one", |text| text.repeat(2).into_bytes(), "bad-form"),
    ("a byte order mark", |text| format!("\u{feff}{text}").into_bytes(), "bad-form"),
    ("UTF-16", |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect(), "bad-form"),
    ("Latin-1", |text| bytes_at(&text, NAME, b"Zyxmarked\xe9"), "bad-form"),
    ("half a UTF-8 sequence", |text| bytes_at(&text, NAME, b"Zyxmarked\xf0\x9f"), "bad-form"),
    ("a lone surrogate", |text| text.replace(NAME, r"Zyxmarked\ud83d").into_bytes(), "bad-form"),
    ("a bare line feed in a text", |text| text.replace(NAME, "Zyxmarked\n").into_bytes(), "bad-form"),
    ("a bare NUL in a text", |text| text.replace(NAME, "Zyxmarked\0").into_bytes(), "bad-form"),
    ("single quotes", |text| text.replace('"', "'").into_bytes(), "bad-form"),
    ("a comma too many", |text| text.replace("}]", "},]").into_bytes(), "bad-form"),
    ("a comment", |text| text.replacen('{', "{ /* Zyxmarked */", 1).into_bytes(), "bad-form"),
    ("not a number", |text| text.replace(r#""not-known""#, "NaN").into_bytes(), "bad-form"),
    ("a number beyond all bounds", |text| text.replace(r#""not-known""#, "1e999").into_bytes(), "bad-form"),
    ("a name that stands twice", |text| text.replacen('{', r#"{"source":"Zyxmarked","#, 1).into_bytes(), "bad-form"),
    ("a name that stands twice in data", |text| {
        text.replace(r#""names":{"#, r#""names":{"family":"Zyxmarked 9994443348","#).into_bytes()
    }, "bad-form"),
    ("too deep", |text| {
        text.replace(r#""not-known""#, &format!("{}{}", "[".repeat(40), "]".repeat(40))).into_bytes()
    }, "too-deep"),
    ("too big", |text| text.replace(NAME, &NAME.repeat(30_000)).into_bytes(), "too-big"),
];

/// What is done to the fields of a good message, the code, and the places that the receipt names.
type Spoilt = (&'static str, fn(&mut Value), &'static str, &'static [&'static str]);
#[rustfmt::skip] // a case a line
const AS_FIELDS: &[Spoilt] = &[
    ("a list", |all| *all = json!([all.take()]), "sender-mismatch", &["/source"]),
    ("null", |all| *all = Value::Null, "sender-mismatch", &["/source"]),
    ("a text", |all| *all = json!(format!("{NAME} {NHS_NUMBER}")), "sender-mismatch", &["/source"]),
    ("a person as sender", |all| all["source"] = json!(NAME), "sender-mismatch", &["/source"]),
    ("a person as type", |all| all["type"] = json!(NAME), "sender-mismatch", &["/type"]),
    ("a person as id", |all| all["id"] = json!(NAME), "bad-form", &["/id"]),
    ("a number as id", |all| all["id"] = json!(9_994_443_348_u64), "bad-form", &["/id"]),
    ("another CloudEvents", |all| all["specversion"] = json!("0.3"), "bad-form", &["/specversion"]),
    ("a name as subject", |all| all["subject"] = json!(NAME), "bad-form", &["/subject"]),
    ("no subject", |all| without(all, "subject"), "bad-form", &["/subject"]),
    ("a time in words", |all| all["time"] = json!("when Zyxmarked came"), "bad-form", &["/time"]),
    ("a person as trace", |all| all["traceparent"] = json!(NAME), "bad-form", &["/traceparent"]),
    ("a person as correlation", |all| all["correlationid"] = json!(NAME), "bad-form", &["/correlationid"]),
    ("an extension of its own", |all| all[NAME] = json!(NHS_NUMBER), "bad-form", &[""]),
    ("no data", |all| without(all, "data"), "bad-form", &["/data"]),
    ("data as a text", |all| all["data"] = json!(all["data"].to_string()), "bad-form", &["/data"]),
    ("data that is empty", |all| all["data"] = json!({}), "bad-form", &[
        "/data/addresses", "/data/authority", "/data/birth", "/data/childState", "/data/gender", "/data/happenedOn",
        "/data/localRef", "/data/names",
    ]),
    ("null for what is left out", |all| all["data"]["carers"] = Value::Null, "bad-form", &["/data/carers"]),
    ("a property of its own", |all| all["data"]["names"][NAME] = json!(NAME), "bad-form", &["/data/names"]),
    ("case content", |all| all["data"]["reasonText"] = json!(NAME), "bad-form", &["/data"]),
    ("NUL in a name", |all| all["data"]["names"]["family"] = json!("Zyxmarked\0"), "bad-form", &["/data/names/family"]),
    ("a blank name", |all| all["data"]["names"]["family"] = json!("  "), "bad-form", &["/data/names/family"]),
    ("a long name", |all| all["data"]["names"]["family"] = json!(NAME.repeat(23)), "bad-form", &["/data/names/family"]),
    ("a name as a list", |all| all["data"]["names"]["family"] = json!([NAME]), "bad-form", &["/data/names/family"]),
    ("a text for a list", |all| all["data"]["names"]["given"] = json!(NAME), "bad-form", &["/data/names/given"]),
    ("a number for a text", |all| all["data"]["addresses"][0]["postcode"] = json!(9.994_443_348e300), "bad-form", &[
        "/data/addresses/0/postcode",
    ]),
    ("a wrong check digit", |all| number(all, "nhs-number", "9994443349"), "check-digit", &[VALUE]),
    ("an impossible check digit", |all| number(all, "nhs-number", "9994443330"), "check-digit", &[VALUE]),
    ("blanks in a number", |all| number(all, "nhs-number", "999 444 3348"), "bad-form", &[VALUE]),
    ("other digits", |all| number(all, "nhs-number", "９９９4443348"), "bad-form", &[VALUE]),
    ("a number as a number", |all| {
        all["data"]["identifiers"][0]["value"] = json!(9_994_443_348_u64);
    }, "bad-form", &[VALUE]),
    ("a wrong check letter", |all| number(all, "upn", "B999444334801"), "check-digit", &[VALUE]),
    ("a wrong learner number", |all| number(all, "uln", "9994443341"), "check-digit", &[VALUE]),
    ("a number of its own kind", |all| number(all, NAME, NHS_NUMBER), "unknown-code", &["/data/identifiers/0/kind"]),
    ("the 30th of February", |all| born(all, "2017-02-30", "exact"), "date-impossible", &[BORN]),
    ("the 29th of February in 2017", |all| born(all, "2017-02-29", "exact"), "date-impossible", &[BORN]),
    ("a 13th month", |all| born(all, "2017-13", "month"), "date-impossible", &[BORN]),
    ("a date the British way", |all| born(all, "04/03/2017", "exact"), "bad-form", &[BORN]),
    ("a date in words", |all| born(all, "when Zyxmarked was born", "exact"), "bad-form", &[BORN]),
    ("a birth in 1817", |all| born(all, "1817-03-04", "exact"), "bad-form", &[BORN]),
    ("less precise than it says", |all| born(all, "2017", "exact"), "bad-form", &[BORN]),
    ("an unknown code", |all| all["data"]["gender"] = json!(NAME), "unknown-code", &["/data/gender"]),
    ("a code in capitals", |all| all["data"]["childState"] = json!("LIVING"), "unknown-code", &["/data/childState"]),
    ("tomorrow", |all| happened(all, "2026-11-22"), "effective-in-future", &["/data/happenedOn"]),
    ("in six minutes", |all| happened(all, "2026-11-21T10:30:00Z"), "effective-in-future", &["/data/happenedOn"]),
    ("an hour that is none", |all| happened(all, "2026-11-20T25:00:00Z"), "date-impossible", &["/data/happenedOn"]),
    ("an instant without offset", |all| happened(all, "2026-11-20T09:00:00"), "bad-form", &["/data/happenedOn"]),
    ("a name as reference", |all| all["data"]["localRef"] = json!("Zyxmarked, Ada"), "bad-form", &["/data/localRef"]),
    ("two faults", |all| {
        all["data"]["gender"] = json!(NAME);
        number(all, "nhs-number", "999444");
    }, "bad-form", &["/data/gender", VALUE]),
];
const VALUE: &str = "/data/identifiers/0/value";
const BORN: &str = "/data/birth/date";

fn without(all: &mut Value, field: &str) {
    all.as_object_mut().expect("an object").remove(field);
}

fn number(all: &mut Value, kind: &str, value: &str) {
    all["data"]["identifiers"] = json!([{"kind": kind, "value": value}]);
}

fn born(all: &mut Value, date: &str, precision: &str) {
    all["data"]["birth"] = json!({"date": date, "precision": precision});
}

fn happened(all: &mut Value, on: &str) {
    all["data"]["happenedOn"] = json!(on);
}

fn bytes_at(text: &str, place: &str, bytes: &[u8]) -> Vec<u8> {
    let (before, after) = text.split_once(place).expect("the place");
    [before.as_bytes(), bytes, after.as_bytes()].concat()
}

/// A good message about a child with the marked name and number, spoilt, and its receipt.
async fn sends_spoilt(school: &Actor, spoil: impl FnOnce(Value) -> Vec<u8>) -> Value {
    let marked = child(NAME, NAME, "2017-03-04", Some(NHS_NUMBER), "ZZ1 1AA");
    let message = school.message("child.recorded", Some("local:c1"), under(&school.new_ref("c"), marked));
    let body = spoil(Value::Object(message.envelope().clone()));
    let key = message.message_type().key(school.id.as_str());
    school.sends_raw(&key, school.client.properties(&message), &body, message.id()).await
}

fn assert_told(what: &str, receipt: &Value, code: &str, at: &[&str]) {
    let data = &receipt["data"];
    assert_eq!((&data["state"], &data["code"]), (&json!("rejected"), &json!(code)), "{what}: {receipt}");
    let pointers = data["pointers"].as_array().expect("pointers").iter();
    let told: BTreeSet<&str> = pointers.filter_map(|pointer| pointer["at"].as_str()).collect();
    assert_eq!(told, at.iter().copied().collect(), "{what}: {receipt}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_malformed_message_is_answered_with_its_faults_and_without_its_persons() {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    for (what, spoil, code) in AS_BYTES {
        let receipt = sends_spoilt(&school, |all| spoil(all.to_string())).await;
        assert_told(what, &receipt, code, &[""]);
    }
    for (what, spoil, code, at) in AS_FIELDS {
        let receipt = sends_spoilt(&school, |mut all| {
            spoil(&mut all);
            all.to_string().into_bytes()
        })
        .await;
        assert_told(what, &receipt, code, at);
    }
    let good = sends_spoilt(&school, |all| all.to_string().into_bytes()).await;
    assert_eq!(good["data"]["state"], "recorded", "but for its fault each was good: {good}");

    let said = school.heard.all();
    assert_eq!(said.len(), AS_BYTES.len() + AS_FIELDS.len() + 1, "one receipt each");
    assert_without_marks("a receipt", &json!(said).to_string());
    assert_without_marks("the log", &world.index.log());
    assert!(world.index.log().contains("rejected"), "the log tells of them");
}

fn assert_without_marks(place: &str, text: &str) {
    let text = text.to_lowercase();
    for mark in MARKS {
        assert!(!text.contains(mark), "{mark} stands in {place}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_lookup_is_answered_where_its_answer_is_awaited() {
    let world = World::start().await;
    let mut school = world.agency("beaumont-school", Kind::School).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    school.stop_listening().await;
    let numbered = |value: &str| json!({"identifiers": [{"kind": "nhs-number", "value": value}]});
    for (purpose, by, code) in [
        ("assess-need", json!({"identifiers": []}), "bad-form"),
        (NAME, numbered(NHS_NUMBER), "unknown-code"),
        ("assess-need", numbered("9994443349"), "check-digit"),
    ] {
        let data = json!({"purpose": purpose, "practitioner": {"id": "t1"}, "by": by});
        let message = school.message("index.looked-up", None, data);
        // It waits at the answers queue, for what is of this message.
        let receipt = school.client.ask(&message, PATIENCE).await.expect("the broker answers");
        let receipt = receipt.expect("a receipt in the answers queue");
        assert_eq!(receipt.json()["data"]["code"], code, "{}", receipt.json());
        assert_without_marks("a receipt", &String::from_utf8_lossy(receipt.bytes()));
    }
    assert_without_marks("the log", &world.index.log());
}
