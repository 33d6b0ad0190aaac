//! The advice before a CAF is started (D-I4): at once, the first code that applies; a child of whom
//! nothing may be shown is answered exactly as an unknown one (D-I6, G5).

use serde_json::{Value, json};
use sqlx::Row;
use stories::facts::{caf, child, intention, involvement, nhs_number, restriction, step, under};
use stories::{Actor, Kind, World, until};

fn described(practitioner: &str, given: &str, number: Option<u32>) -> Value {
    let number = number.map(nhs_number);
    let mut child = child(given, "Example", "2017-03-04", number.as_deref(), "ZZ1 1AA");
    for name in ["childState", "authority", "happenedOn"] {
        child.as_object_mut().expect("an object").remove(name);
    }
    let mut data = intention(practitioner);
    data["child"] = child;
    data
}

async fn health_visitor(world: &World) -> Actor {
    let health = world.agency("health", Kind::HealthVisiting).await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;
    health
}

/// A school that knows Ada by number.
async fn school_that_knows_ada(world: &World) -> Actor {
    let school = world.agency("school", Kind::School).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    school.knows("c1", child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA")).await;
    school
}

async fn advised(health: &Actor, data: Value) -> Value {
    health.intends(None, under(&health.new_ref("int"), data)).await["data"].clone()
}

async fn tasks(world: &World) -> Vec<String> {
    let mut database = world.database().await;
    let rows = sqlx::query("SELECT kind FROM task ORDER BY kind").fetch_all(&mut database).await;
    rows.expect("the database answers").iter().map(|row| row.get("kind")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_caf_a_closed_one_others_who_work_with_the_child_and_nobody() {
    let world = World::start().await;
    let health = health_visitor(&world).await;
    let nobody = advised(&health, described("hv1", "Ada", Some(1))).await;
    assert_eq!(nobody["code"], "nothing-against-starting", "{nobody}");
    assert!(nobody.get("contact").is_none());
    assert!(nobody["safetyNote"].to_string().contains("01632 960100"), "{nobody}");

    let school = school_that_knows_ada(&world).await;
    let works = under("i-1", involvement("t1", "universal-contact", "Year 5"));
    school.records("involvement.recorded", Some("local:c1"), works).await;
    let others = advised(&health, described("hv1", "Ada", Some(1))).await;
    assert_eq!(others["code"], "others-involved-liaise", "{others}");
    assert_eq!(others["contact"]["name"], "Tess Archer");

    let caf_ref = format!("{}/caf-1", school.id);
    school.records("caf.started", Some("local:c1"), under("f-1", caf(&caf_ref, "t1"))).await;
    let open = advised(&health, described("hv1", "Ada", None)).await;
    assert_eq!((&open["code"], &open["cafRef"]), (&json!("open-caf-speak-to-lead"), &json!(caf_ref)));
    assert_eq!(open["contact"]["name"], "Tess Archer");

    let closed =
        json!({"closedOn": "2026-11-12", "closureCode": "needs-met", "familyTold": {"when": "before"}});
    let closed = under("s-1", step(&caf_ref, ("t1", "assessor"), &closed));
    school.records("caf.closed", Some("local:c1"), closed).await;
    let again = advised(&health, described("hv1", "Ada", Some(1))).await;
    assert_eq!(again["code"], "closed-recently-may-reopen", "{again}");
    let social = world.agency("social", Kind::SocialCare).await;
    social.vouches_for("sw1", "Sol Winter", "social-worker").await;
    social.knows("s1", child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA")).await;
    let mut allocated = involvement("sw1", "key-worker", "Children in care");
    allocated["level"] = json!("specialist-statutory");
    allocated["keyWorker"] = json!(true);
    social.records("involvement.recorded", Some("local:s1"), under("i-1", allocated)).await;
    let specialist = advised(&health, described("hv1", "Ada", Some(1))).await;
    assert_eq!(specialist["code"], "specialist-involved-speak-to-key-worker", "{specialist}");
    assert_eq!(specialist["contact"]["name"], "Sol Winter");

    let mut harmed = described("hv1", "Ada", Some(1));
    harmed["protectionConcern"] = json!("yes");
    let now = advised(&health, harmed).await;
    assert_eq!(now["code"], "safeguarding-procedure-now", "{now}");
    assert!(now.get("contact").is_none() && now.get("cafRef").is_none(), "{now}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_intend_are_both_told_to_liaise_and_a_lookup_shows_neither() {
    let world = World::start().await;
    let health = health_visitor(&world).await;
    let school = school_that_knows_ada(&world).await;
    let first = school.intends(Some("local:c1"), under("int-1", intention("t1"))).await;
    assert_eq!(first["data"]["code"], "nothing-against-starting", "{first}");
    let by = json!({"identifiers": [{"kind": "nhs-number", "value": nhs_number(1)}]});
    let answer = health.looks_up("hv1", by).await;
    assert_eq!(answer["data"]["contacts"], json!([]), "an intention shows in no lookup: {answer}");

    let second = advised(&health, described("hv1", "Ada", None)).await;
    assert_eq!(second["code"], "others-intend-too-liaise", "{second}");
    assert_eq!(second["contact"]["name"], "Tess Archer");
    let told = school.is_told("reminder.issued").await;
    assert_eq!((&told["data"]["kind"], &told["data"]["ref"]), (&json!("two-intentions"), &json!("int-1")));
    assert_eq!(tasks(&world).await, ["two-intentions"]);

    // Also where something else is to be said first.
    let housing = world.agency("housing", Kind::Housing).await;
    housing.vouches_for("h1", "Hal Brook", "housing-officer").await;
    let mut harmed = described("h1", "Ada", None);
    harmed["protectionConcern"] = json!("yes");
    let now = advised(&housing, harmed).await;
    assert_eq!(now["code"], "safeguarding-procedure-now", "{now}");
    assert_eq!(housing.is_told("reminder.issued").await["data"]["kind"], "two-intentions");
    until("a second word to the school", async || {
        let told = school.heard.all().into_iter().filter(|json| json["data"]["kind"] == "two-intentions");
        (told.count() == 2).then_some(())
    })
    .await;

    // The CAF is started upon it: the intention is over.
    let mut started = caf(&format!("{}/caf-1", school.id), "t1");
    started["intentionRef"] = json!("int-1");
    school.records("caf.started", Some("local:c1"), under("f-1", started)).await;
    let later = advised(&health, described("hv1", "Ada", Some(1))).await;
    assert_eq!(later["code"], "open-caf-speak-to-lead", "{later}");
}

#[tokio::test(flavor = "multi_thread")]
async fn restricted_and_sensitive_only_are_advised_exactly_as_unknown_and_a_person_is_asked() {
    let world = World::start().await;
    let health = health_visitor(&world).await;
    let social = world.agency("social", Kind::SocialCare).await;
    social.vouches_for("sw1", "Sol Winter", "social-worker").await;
    let clinic = world.sensitive_agency("oakfield", Kind::SexualHealth).await;
    clinic.vouches_for("d1", "Dora Finch", "sexual-health-worker").await;
    for (agency, given, number, who) in [(&social, "Ada", 1, "sw1"), (&clinic, "Bea", 2, "d1")] {
        agency.knows("c1", child(given, "Example", "2017-03-04", Some(&nhs_number(number)), "ZZ1 1AA")).await;
        let works = under("i-1", involvement(who, "lead-professional", "A service"));
        agency.records("involvement.recorded", Some("local:c1"), works).await;
        let started = under("f-1", caf(&format!("{}/caf-1", agency.id), who));
        agency.records("caf.started", Some("local:c1"), started).await;
    }
    social.records("restriction.set", Some("local:c1"), under("r-1", restriction("address"))).await;

    let mut answers = Vec::new();
    for (given, number) in [("Ada", 1), ("Bea", 2), ("Cleo", 3)] {
        let mut advice = advised(&health, described("hv1", given, Some(number))).await;
        let id = advice["intention"].as_str().expect("an id").to_owned();
        let size = |json: &Value| (json["type"].clone(), json["data"].to_string().len());
        let sizes: Vec<_> = health.heard.answers_to(&id).iter().map(size).collect();
        advice["intention"] = json!("");
        answers.push((advice, sizes));
    }
    let [restricted, sensitive, unknown] = answers.as_slice() else { panic!("three") };
    assert_eq!(unknown.0["code"], "nothing-against-starting");
    assert_eq!((restricted, sensitive), (unknown, unknown));
    assert_eq!(tasks(&world).await, ["restricted-intended", "sensitive-intended"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_ask_is_not_advised() {
    let world = World::start().await;
    let health = health_visitor(&world).await;
    for (data, code) in [
        (described("nobody", "Ada", Some(1)), "unknown-practitioner"),
        (
            {
                let mut data = described("hv1", "Ada", Some(1));
                data["authority"] = json!("nowhere");
                data
            },
            "unknown-code",
        ),
    ] {
        let receipt = health.says("caf.intended", None, under(&health.new_ref("int"), data)).await;
        assert_eq!(receipt["data"]["code"], code, "{receipt}");
    }
    let unknown =
        health.says("caf.intended", Some("local:never-seen"), under("int-9", intention("hv1"))).await;
    assert_eq!(unknown["data"]["code"], "unknown-reference", "{unknown}");
}
