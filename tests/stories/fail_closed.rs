//! Restricted for safety and sensitive: shown to nobody but the agency that supplied it, and
//! answered exactly as a child whom nobody knows (D-I6, G5).

use serde_json::{Value, json};
use stories::facts::{by_name, caf, child, involvement, nhs_number, restriction, under};
use stories::{Actor, Kind, World};

const BORN: &str = "2017-03-04";
const HOME: &str = "ZZ1 1AA";
const UNKNOWN: u32 = 9_999;

/// A school and a surgery that know a child, social care that may restrict, and who asks.
struct Cast {
    school: Actor,
    surgery: Actor,
    social: Actor,
    health: Actor,
    world: World,
}

impl Cast {
    async fn meet() -> Self {
        let world = World::start().await;
        let school = world.agency("school", Kind::School).await;
        let surgery = world.agency("surgery", Kind::Gp).await;
        let social = world.agency("social", Kind::SocialCare).await;
        let health = world.agency("health", Kind::HealthVisiting).await;
        school.vouches_for("t1", "Tess Archer", "teacher").await;
        surgery.vouches_for("gp1", "Gil Powys", "gp").await;
        social.vouches_for("s1", "Sol Weaver", "social-worker").await;
        health.vouches_for("hv1", "Hana Visram", "health-visitor").await;
        Self { school, surgery, social, health, world }
    }

    /// The school tells of the `n`th child, of whom it is the lead and started a CAF.
    async fn school_knows(&self, n: u32) {
        let local = format!("c{n}");
        self.school.knows(&local, ada(n)).await;
        self.school.works_with(&local, "t1", "lead-professional").await;
        self.school.starts_caf(&local, "t1").await;
    }

    /// Whatever the health visitor asks by, the answer is that for an unknown child, byte for byte.
    async fn is_hidden(&self, n: u32) {
        let ways = |n: u32| {
            let by_number = json!({"identifiers": [{"kind": "nhs-number", "value": nhs_number(n)}]});
            [by_number, by_name("Ada", &format!("Example{n}"), BORN, HOME)]
        };
        for (way, unknown) in ways(n).into_iter().zip(ways(UNKNOWN)) {
            let hidden = bare_answer(&self.health, way).await;
            assert_eq!(hidden, bare_answer(&self.health, unknown).await);
            assert!(hidden.contains("\"nothing-to-show\""), "{hidden}");
        }
    }

    /// The school sees its own lead and CAF.
    async fn school_sees_its_own(&self, n: u32) {
        let answer = self.school.looks_up_own("t1", &format!("local:c{n}")).await;
        let data = &answer["data"];
        assert_eq!(data["outcome"], "match", "{answer}");
        assert_eq!(data["contacts"][0]["name"], "Tess Archer");
        assert_eq!(data["cafMark"], "open");
    }

    /// Reasons of all decisions, oldest first.
    async fn reasons(&self) -> Vec<String> {
        let mut database = self.world.database().await;
        let query = sqlx::query_scalar("SELECT reason FROM decision ORDER BY decided_at, decision_id");
        query.fetch_all(&mut database).await.expect("the database answers")
    }
}

fn ada(n: u32) -> Value {
    child("Ada", &format!("Example{n}"), BORN, Some(&nhs_number(n)), HOME)
}

fn restricted(n: u32, level: &str) -> Value {
    let mut child = ada(n);
    child["restricted"] = json!(level);
    child
}

/// An answer as it stood on the wire, but for ids and times.
async fn bare_answer(asker: &Actor, by: Value) -> String {
    let data = json!({"purpose": "assess-need", "practitioner": {"id": "hv1"}, "by": by});
    let question = asker.message("index.looked-up", None, data);
    let answer = asker.send(&question).await;
    bare(&asker.heard.wire_answer_to(question.id()), &answer, question.id())
}

fn bare(wire: &str, json: &Value, of: &str) -> String {
    let text = |field: &str| json[field].as_str().expect("a text").to_owned();
    wire.replace(of, "ASKED").replace(&text("id"), "ID").replace(&text("time"), "TIME")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restricted_child_is_answered_as_one_whom_nobody_knows() {
    let cast = Cast::meet().await;
    // Before or after the rest, of the address or the whole record, by a field or a message of its own.
    for (n, level) in [(1, "address"), (2, "whole-record")] {
        cast.social.knows(&format!("s{n}"), restricted(n, level)).await;
        cast.school_knows(n).await;
        cast.is_hidden(n).await;
        cast.school_sees_its_own(n).await;
    }
    for (n, level) in [(3, "address"), (4, "whole-record")] {
        cast.school_knows(n).await;
        let seen = cast.health.asks_for("hv1", &nhs_number(n)).await;
        assert_eq!(seen["data"]["outcome"], "match", "not restricted yet: {seen}");
        cast.social.knows(&format!("s{n}"), ada(n)).await;
        let set = under(&format!("r{n}"), restriction(level));
        cast.social.records("restriction.set", Some(&format!("local:s{n}")), set).await;
        cast.is_hidden(n).await;
        cast.school_sees_its_own(n).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restriction_is_never_lowered_by_a_later_record() {
    let cast = Cast::meet().await;
    cast.school_knows(1).await;
    cast.social.knows("s1", restricted(1, "whole-record")).await;
    for later in [restricted(1, "none"), restricted(1, "address"), ada(1)] {
        let mut later = later;
        later["happenedOn"] = json!("2026-11-20");
        cast.social.knows("s1", later).await;
        cast.is_hidden(1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restriction_that_comes_before_its_child_holds_from_the_start() {
    let cast = Cast::meet().await;
    cast.school_knows(1).await;
    let set = under("r1", restriction("address"));
    cast.social.records("restriction.set", Some("local:s1"), set).await;
    cast.social.knows("s1", ada(1)).await;
    cast.is_hidden(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_got_before_a_restriction_tells_nothing_after_it() {
    let cast = Cast::meet().await;
    cast.school_knows(1).await;
    let answer = cast.health.asks_for("hv1", &nhs_number(1)).await;
    let reference = answer["data"]["childRef"].as_str().expect("a reference").to_owned();
    cast.social.knows("s1", restricted(1, "whole-record")).await;
    let answer = cast.health.looks_up_own("hv1", &reference).await;
    assert_eq!(answer["data"]["contacts"], json!([]), "{answer}");
    assert_eq!(answer["data"]["cafMark"], "none-shown");
    cast.is_hidden(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensitive_service_shows_nothing_to_anybody_else() {
    let cast = Cast::meet().await;
    let clinic = cast.world.sensitive_agency("oakfield", Kind::SexualHealth).await;
    clinic.vouches_for("c1", "Ines Ferreira", "sexual-health-worker").await;
    clinic.knows("x1", ada(1)).await;
    clinic.works_with("x1", "c1", "key-worker").await;
    clinic.starts_caf("x1", "c1").await;

    cast.is_hidden(1).await;
    let own = clinic.looks_up_own("c1", "local:x1").await;
    assert_eq!(own["data"]["contacts"][0]["name"], "Ines Ferreira", "{own}");
    assert_eq!(own["data"]["cafMark"], "open");

    // Where others work with the child too, they show and it does not.
    cast.school_knows(1).await;
    let seen = cast.health.asks_for("hv1", &nhs_number(1)).await;
    let names: Vec<&Value> =
        seen["data"]["contacts"].as_array().expect("contacts").iter().map(|c| &c["name"]).collect();
    assert_eq!(names, ["Tess Archer"], "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensitive_piece_of_work_of_an_ordinary_agency_is_hidden_too() {
    let cast = Cast::meet().await;
    cast.surgery.knows("g1", ada(1)).await;
    let mut work = involvement("gp1", "key-worker", "A clinic of its own");
    work["sensitive"] = json!(true);
    cast.surgery.records("involvement.recorded", Some("local:g1"), under("i1", work)).await;
    let started = caf(&format!("{}/f1", cast.surgery.id), "gp1");
    cast.surgery.records("caf.started", Some("local:g1"), under("f1", started)).await;
    cast.is_hidden(1).await;
    let own = cast.surgery.looks_up_own("gp1", "local:g1").await;
    assert_eq!(own["data"]["contacts"][0]["name"], "Gil Powys", "{own}");

    // An ordinary piece of work beside it shows, and it alone.
    cast.surgery.vouches_for("gp2", "Una Reed", "gp").await;
    cast.surgery.works_with("g1", "gp2", "team-member").await;
    let seen = cast.health.asks_for("hv1", &nhs_number(1)).await;
    let names: Vec<&Value> =
        seen["data"]["contacts"].as_array().expect("contacts").iter().map(|c| &c["name"]).collect();
    assert_eq!(names, ["Una Reed"], "{seen}");
    assert_eq!(seen["data"]["cafMark"], "none-shown", "its CAF is of the sensitive work");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_second_match_does_not_count() {
    let cast = Cast::meet().await;
    let clinic = cast.world.sensitive_agency("oakfield", Kind::SexualHealth).await;
    clinic.vouches_for("c1", "Ines Ferreira", "sexual-health-worker").await;
    cast.school_knows(1).await;
    let by = || by_name("Ada", "Example1", BORN, HOME);
    let before = bare_answer(&cast.health, by()).await;
    assert!(before.contains("\"match\""), "{before}");

    // Another child of the same name, birth date and postcode, whom only the clinic knows: were it
    // counted, the answer would ask for more.
    let namesake = child("Ada", "Example1", BORN, Some(&nhs_number(2)), HOME);
    clinic.knows("x2", namesake).await;
    clinic.works_with("x2", "c1", "key-worker").await;
    assert_eq!(bare_answer(&cast.health, by()).await, before);
    // Only the record of the decision tells that something was kept back.
    assert_eq!(cast.reasons().await, ["match", "match-in-part"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_the_same_whatever_others_hold_of_the_child() {
    let cast = Cast::meet().await;
    let clinic = cast.world.sensitive_agency("oakfield", Kind::SexualHealth).await;
    cast.social.knows("s1", restricted(1, "whole-record")).await;
    clinic.knows("x2", ada(2)).await;
    cast.school_knows(3).await;
    let mut receipts = Vec::new();
    // Restricted, sensitive, known, and known to nobody.
    for n in [1, 2, 3, 4] {
        let told = cast.surgery.message(
            "child.recorded",
            Some(&format!("local:g{n}")),
            under(&format!("c{n}"), ada(n)),
        );
        let receipt = cast.surgery.send(&told).await;
        let wire = cast.surgery.heard.wire_answer_to(told.id());
        let reference = receipt["data"]["childRef"].as_str().expect("a reference");
        receipts.push(bare(&wire, &receipt, told.id()).replace(reference, "CHILD"));
    }
    for receipt in &receipts {
        assert_eq!(receipt, &receipts[0]);
    }
}
