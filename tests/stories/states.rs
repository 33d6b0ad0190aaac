//! State between services: what the index knows comes to whoever listens, whole and with rising versions;
//! what sharing says of consents shows a sensitive service to those whom it covers (D-I6, G7, G8).

use std::collections::BTreeMap;

use schemas::MessageType;
use serde_json::{Value, json};
use stories::facts::{
    caf, child, involvement, manifest, nhs_number, practitioner, restriction, step, under, with,
};
use stories::{Actor, Kind, Known, Listener, World, consent_message, until};

const CAF: MessageType = MessageType::CafChanged;

fn ada() -> Value {
    child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA")
}

/// What a school says of Ada, one statement after another.
fn said(school: &Actor) -> Vec<(&'static str, Option<&'static str>, Value)> {
    let caf_ref = format!("{}/f1", school.id);
    let lead = ("t1", "lead-professional");
    let form = json!({"completedOn": "2026-11-02", "manifest": manifest(), "consentRefs": ["con-1"]});
    let over =
        json!({"closedOn": "2026-11-10", "closureCode": "needs-met", "familyTold": {"when": "before"}});
    vec![
        ("practitioner.recorded", None, under("p1", practitioner("t1", "Tess Archer", "teacher"))),
        ("child.recorded", Some("local:x1"), under("c1", ada())),
        ("involvement.recorded", Some("local:x1"), under("i1", involvement("t1", lead.1, "Support"))),
        ("caf.started", Some("local:x1"), under("f1", caf(&caf_ref, "t1"))),
        ("caf.completed", Some("local:x1"), under("f2", step(&caf_ref, ("t1", "assessor"), &form))),
        ("caf.closed", Some("local:x1"), under("f3", step(&caf_ref, lead, &over))),
    ]
}

async fn says_all(school: &Actor, said: Vec<(&'static str, Option<&'static str>, Value)>) {
    for (kind, subject, data) in said {
        school.records(kind, subject, data).await;
    }
}

fn knows_all(known: &Known) -> bool {
    let has = |kind| !known.all(kind).is_empty();
    let others =
        [MessageType::PractitionerChanged, MessageType::ChildChanged, MessageType::InvolvementChanged];
    others.into_iter().all(has)
        && known.all(MessageType::ChildChanged).iter().all(|child| child["hasFacts"] == true)
        && known.all(CAF).iter().any(|caf| caf["state"] == "closed")
}

/// Without what differs from world to world.
fn settled(world: &World, known: &Known) -> Vec<Value> {
    let kinds = MessageType::ALL.iter().flat_map(|kind| known.all(*kind));
    let settled = kinds.map(|state| {
        let mut state = state.clone();
        let fields = state.as_object_mut().expect("a state");
        fields.remove("version");
        fields.remove("record");
        let text = state.to_string().replace(world.name(), "world");
        serde_json::from_str(&text).expect("JSON")
    });
    settled.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_index_knows_comes_to_who_listens_whole_and_without_names() {
    let world = World::start().await;
    let team = world.caf_team("borough").await;
    let school = world.agency("school", Kind::School).await;
    says_all(&school, said(&school)).await;
    let mut sharing = world.as_sharing().await;
    let known = sharing.knows("all of Ada", knows_all).await;

    let entry = known.of(MessageType::AgencyChanged, school.id.as_str());
    assert_eq!(entry["authorities"][0]["authority"], "borough");
    assert_eq!(
        entry["authorities"][0]["cafTeam"],
        json!(team.id),
        "an area's change is told of its agencies"
    );
    let teams = known.of(MessageType::AgencyChanged, team.id.as_str());
    assert_eq!(teams["cafTeamOf"], json!(["borough"]));
    let tess = known.of(MessageType::PractitionerChanged, &format!("{}/t1", school.id));
    assert_eq!((&tess["state"], &tess["check"]["state"]), (&json!("active"), &json!("held")));
    let caf = known.of(CAF, &format!("{}/f1", school.id));
    assert_eq!((&caf["cafTeam"], &caf["authority"]), (&json!(team.id), &json!("borough")));
    let ada = known.of(MessageType::ChildChanged, caf["record"].as_str().expect("a record"));
    assert!(ada["tokens"]["number"].is_string() && ada["tokens"]["keys"].is_array(), "{ada}");
    for state in &sharing.came {
        let text = state.2.to_string();
        for personal in ["Ada", "Example", &nhs_number(1), "ZZ1", "Invented"] {
            assert!(!text.contains(personal), "{}", state.0);
        }
    }
    assert_versions_rise(&sharing);
}

/// Every state that came later has a higher version than those of its entity before.
fn assert_versions_rise(sharing: &Listener) {
    let mut before: BTreeMap<(MessageType, String), i64> = BTreeMap::new();
    for (kind, entity, state) in &sharing.came {
        let version = state["version"].as_i64().expect("a version");
        let last = before.insert((*kind, entity.clone()), version);
        assert!(last.is_none_or(|last| last < version), "{kind} {entity}: {version} after {last:?}");
    }
}

// G7
#[tokio::test(flavor = "multi_thread")]
async fn statements_in_any_order_come_to_the_same_states() {
    let mut ends = Vec::new();
    for turned in [false, true] {
        let world = World::start().await;
        world.caf_team("borough").await;
        let school = world.agency("school", Kind::School).await;
        let mut said = said(&school);
        if turned {
            said.reverse();
        }
        says_all(&school, said).await;
        let mut sharing = world.as_sharing().await;
        ends.push(settled(&world, &sharing.knows("all of Ada", knows_all).await));
    }
    assert_eq!(ends[0], ends[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_lost_all_is_told_all_again() {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    says_all(&school, said(&school)).await;
    let mut sharing = world.as_sharing().await;
    let known = sharing.knows("all of Ada", knows_all).await;
    for _ in 0..2 {
        sharing.forgets().await;
        let told = republish(&world, &["republish", "index", "--json"]);
        let states: i64 = told.iter().map(|told| told["states"].as_i64().expect("a count")).sum();
        assert_eq!(usize::try_from(states).expect("a count"), known.len());
        let again = sharing.knows("as much as before", |again| again.len() == known.len()).await;
        assert_told_anew(&again, &known);
    }
    sharing.forgets().await;
    let told = republish(&world, &["republish", "index", "--type", "caf.changed", "--json"]);
    assert_eq!(told, [json!({"type": "caf.changed", "states": 1})]);
    let again = sharing.knows("the CAF", |again| again.len() == 1).await;
    let one = |known: &Known| without_version(known.all(CAF)[0]);
    assert_eq!(one(&again), one(&known));
    assert!(!world.caf(&["republish", "index", "--type", "caf.closed"]).status.success());
}

/// The same states, each in a higher version: so that they hold also against what a service was told by an index whose
/// tables were later ones.
fn assert_told_anew(again: &Known, before: &Known) {
    for kind in MessageType::ALL {
        let (again, before) = (again.all(*kind), before.all(*kind));
        assert_eq!(again.len(), before.len(), "{kind}");
        for (again, before) in again.into_iter().zip(before) {
            assert!(again["version"].as_i64() > before["version"].as_i64(), "{kind}: {again}");
            assert_eq!(without_version(again), without_version(before));
        }
    }
}

fn without_version(state: &Value) -> Value {
    with(state.clone(), &json!({"version": null}))
}

fn republish(world: &World, line: &[&str]) -> Vec<Value> {
    let ran = world.caf(line);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    serde_json::from_slice(&ran.stdout).expect("JSON")
}

// A dump is restored on a server whose transactions begin anew.
#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_was_restored_elsewhere_tells_all_once_it_is_asked_to() {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    says_all(&school, said(&school)).await;
    let mut sharing = world.as_sharing().await;
    let known = sharing.knows("all of Ada", knows_all).await;
    sharing.forgets().await;
    let mut database = world.database().await;
    for statement in [
        "UPDATE record SET changed_in = '9000000000000'",
        "UPDATE publication SET changed_in = '9000000000000'",
    ] {
        sqlx::query(statement).execute(&mut database).await.expect("as restored");
    }
    republish(&world, &["republish", "index", "--json"]);
    let again = sharing.knows("as much as before", |again| again.len() == known.len()).await;
    assert_told_anew(&again, &known);
}

// G8
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_state_is_set_aside_and_the_next_is_kept() {
    let world = World::start().await;
    let sharing = world.as_sharing().await;
    let record = "child:0b5e8f6a-0c60-4f39-9a57-5d1b6dd1c111";
    let states = json!([{"record": record, "version": 1}]);
    let forged = |field: &str, value: Value| {
        let mut message = consent_message(&states);
        message[field] = value;
        message
    };
    sharing.publishes(&forged("source", json!("svc-index")), "svc-sharing").await;
    sharing.publishes(&forged("type", json!("uk.caf.child.changed.v1")), "svc-sharing").await;
    sharing.publishes(&forged("data", json!({"states": [{"record": record}]})), "svc-sharing").await;
    sharing.tells_of_consents(&states).await;
    let reasons = until("three set aside", async || {
        let listed: Value = world.index.admin().get("/set-aside", &[]).await.ok()?;
        let reasons: Vec<_> = listed.as_array()?.iter().map(|one| one["reason"].clone()).collect();
        (reasons.len() == 3).then_some(reasons)
    })
    .await;
    let mismatch = json!("sender-mismatch");
    assert_eq!(reasons, [mismatch.clone(), mismatch, json!("bad-form")]);
    let mut database = world.database().await;
    until("the good one is kept", async || {
        let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM sensitive_shown")
            .fetch_one(&mut database)
            .await
            .expect("a count");
        (kept == 1).then_some(())
    })
    .await;
}

struct Scene {
    clinic: Actor,
    school: Actor,
    police: Actor,
    record: String,
    sharing: Listener,
    world: World,
}

/// A clinic works with Ada; a school and the police ask.
async fn clinic() -> Scene {
    let world = World::start().await;
    let clinic = world.sensitive_agency("clinic", Kind::SexualHealth).await;
    let school = world.agency("school", Kind::School).await;
    let police = world.agency("police", Kind::Police).await;
    clinic.vouches_for("n1", "Nell Ward", "sexual-health-worker").await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    police.vouches_for("o1", "Otto Finch", "police-officer").await;
    let record = clinic.knows("k1", ada()).await;
    clinic.works_with("k1", "n1", "contributor").await;
    let sharing = world.as_sharing().await;
    Scene { clinic, school, police, record, sharing, world }
}

impl Scene {
    async fn consent(&self, version: i64, shown: &Value) {
        let mut state = json!({"record": self.record, "version": version});
        if !shown.is_null() {
            state["showSensitive"] = shown.clone();
        }
        self.sharing.tells_of_consents(&json!([state])).await;
        let mut database = self.world.database().await;
        until("it is kept", async || {
            let kept: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM sensitive_shown")
                .fetch_one(&mut database)
                .await
                .expect("a version");
            (kept >= Some(version)).then_some(())
        })
        .await;
    }

    /// Whether the school and the police are shown that the clinic works with Ada.
    async fn shown(&self) -> [bool; 2] {
        let school = self.school.asks_for("t1", &nhs_number(1)).await;
        let police = self.police.asks_for("o1", &nhs_number(1)).await;
        [school, police].map(|answer| answer.to_string().contains("Nell Ward"))
    }
}

// D-I6, D-C5
#[tokio::test(flavor = "multi_thread")]
async fn a_sensitive_service_is_shown_to_those_whom_a_consent_covers_and_to_nobody_else() {
    let it = clinic().await;
    assert_eq!(it.shown().await, [false, false]);
    let school = json!([it.school.id]);
    it.consent(2, &json!({"agencies": school, "until": "2027-01-01"})).await;
    assert_eq!(it.shown().await, [true, false]);
    let police = it.police.asks_for("o1", &nhs_number(1)).await;
    let unknown = it.police.asks_for("o1", &nhs_number(2)).await;
    assert_eq!(police["data"]["outcome"], unknown["data"]["outcome"]);
    it.consent(3, &json!({"kinds": ["school", "police"], "excludedAgencies": school, "until": "2027-01-01"}))
        .await;
    assert_eq!(it.shown().await, [false, true], "exclusion beats inclusion");
    it.consent(4, &json!({"kinds": ["school"], "until": "2020-01-01"})).await;
    assert_eq!(it.shown().await, [false, false], "its time is over");
    it.consent(6, &json!({"kinds": ["school"], "until": "2027-01-01"})).await;
    it.consent(5, &json!(null)).await;
    assert_eq!(it.shown().await, [true, false], "an earlier version changes nothing");
    it.consent(7, &json!(null)).await;
    assert_eq!(it.shown().await, [false, false]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_consent_shows_a_child_who_is_restricted_for_safety() {
    let it = clinic().await;
    it.consent(1, &json!({"kinds": ["school", "police"], "until": "2027-01-01"})).await;
    assert_eq!(it.shown().await, [true, true]);
    let set = under(&it.clinic.new_ref("r"), restriction("whole-record"));
    it.clinic.records("restriction.set", Some("local:k1"), set).await;
    assert_eq!(it.shown().await, [false, false]);
}
