//! The life of a CAF as agencies see it: who may say what, what a lookup shows, what is told to whom
//! (D-I7, D-A3, codes §3).

use serde_json::{Value, json};
use stories::facts::{caf, child, involvement, manifest, nhs_number, step, under};
use stories::{Actor, Kind, World, until};

/// A school that started a CAF, a CAF team, and a health visitor who asks.
struct Cast {
    world: World,
    school: Actor,
    team: Actor,
    health: Actor,
    caf_ref: String,
}

async fn cast() -> Cast {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let team = world.caf_team("borough").await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    team.vouches_for("co1", "Cora Okoye", "caf-coordinator").await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;
    let ada = || child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA");
    school.knows("c1", ada()).await;
    team.knows("c1", ada()).await;
    let caf_ref = format!("{}/caf-1", school.id);
    school.records("caf.started", Some("local:c1"), under("f-1", caf(&caf_ref, "t1"))).await;
    Cast { world, school, team, health, caf_ref }
}

impl Cast {
    async fn by_school(&self, kind: &str, more: Value) -> Value {
        let data = step(&self.caf_ref, ("t1", "assessor"), &more);
        self.school.says(kind, Some("local:c1"), under(&self.school.new_ref("s"), data)).await
    }

    async fn by_team(&self, kind: &str, more: Value) -> Value {
        let data = step(&self.caf_ref, ("co1", "coordinator"), &more);
        self.team.says(kind, Some("local:c1"), under(&self.team.new_ref("s"), data)).await
    }

    /// What a lookup shows of the CAF.
    async fn mark(&self) -> (Value, Value) {
        let by = json!({"identifiers": [{"kind": "nhs-number", "value": nhs_number(1)}]});
        let answer = self.health.looks_up("hv1", by).await;
        (answer["data"]["cafMark"].clone(), answer["data"]["cafContact"].clone())
    }
}

fn completed() -> Value {
    json!({"completedOn": "2026-11-02", "manifest": manifest(), "consentRefs": ["con-1"]})
}

fn closed(code: &str) -> Value {
    json!({"closedOn": "2026-11-12", "closureCode": code, "familyTold": {"when": "before"}})
}

fn is_recorded(receipt: &Value) {
    assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");
}

fn is_not_theirs(receipt: &Value, at: &str) {
    assert_eq!(receipt["data"]["code"], "not-yours", "{receipt}");
    assert_eq!(receipt["data"]["pointers"][0]["at"], at, "{receipt}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_returned_mended_checked_closed_and_reopened() {
    let cast = cast().await;
    is_recorded(&cast.by_school("caf.completed", completed()).await);
    let gaps = json!({"checkedOn": "2026-11-04", "result": "returned", "codes": ["capacity-not-recorded"], "dueBy": "2026-11-18"});
    is_recorded(&cast.by_team("caf.checked", gaps).await);
    let returned = cast.school.is_told("caf.returned").await;
    assert_eq!(
        returned["data"],
        json!({
            "cafRef": cast.caf_ref, "result": "returned", "codes": ["capacity-not-recorded"], "dueBy": "2026-11-18",
        })
    );
    assert_eq!(cast.mark().await.0, "open");

    is_recorded(
        &cast
            .by_school(
                "caf.completed",
                json!({"completedOn": "2026-11-06", "manifest": manifest(), "consentRefs": ["con-1"]}),
            )
            .await,
    );
    is_recorded(&cast.by_team("caf.checked", json!({"checkedOn": "2026-11-08", "result": "checked"})).await);
    is_recorded(&cast.by_school("caf.closed", closed("needs-met")).await);
    let (mark, contact) = cast.mark().await;
    assert_eq!(mark, "closed-recently");
    assert_eq!(
        contact["agencyName"], "borough-caf-team (invented)",
        "whoever wants it reopened asks the CAF team"
    );
    assert!(contact.get("name").is_none(), "{contact}");

    let again = json!({"reopenedOn": "2026-11-15", "consentRef": "con-2", "familyTold": {"when": "before"}});
    is_not_theirs(&cast.by_school("caf.reopened", again.clone()).await, "/source");
    is_recorded(&cast.by_team("caf.reopened", again).await);
    assert_eq!(cast.mark().await.0, "open");
    let wrong =
        json!({"withdrawnOn": "2026-11-16", "reasonCode": "wrong-child", "familyTold": {"when": "before"}});
    is_recorded(&cast.by_school("caf.withdrawn", wrong).await);
    assert_eq!(cast.mark().await.0, "none-shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_check_found_is_told_whatever_came_first_and_only_of_the_team_whose_log_it_is_in() {
    let cast = cast().await;
    let county = cast.world.caf_team("county").await;
    county.vouches_for("co1", "Cem Okoye", "caf-coordinator").await;
    county.knows("c1", child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA")).await;
    let caf_ref = format!("{}/caf-9", cast.school.id);
    let check = |code: &str, authority: &str| {
        let found =
            json!({"checkedOn": "2026-11-04", "result": "returned", "codes": [code], "authority": authority});
        under("s-9", step(&caf_ref, ("co1", "coordinator"), &found))
    };
    is_recorded(&county.says("caf.checked", Some("local:c1"), check("not-signed", "county")).await);
    let found = cast.team.message("caf.checked", Some("local:c1"), check("capacity-not-recorded", "borough"));
    is_recorded(&cast.team.send(&found).await);
    let form = under("f-10", step(&caf_ref, ("t1", "assessor"), &completed()));
    is_recorded(&cast.school.says("caf.completed", Some("local:c1"), form).await);
    cast.school.records("caf.started", Some("local:c1"), under("f-9", caf(&caf_ref, "t1"))).await;
    let returned = cast.school.is_told("caf.returned").await;
    assert_eq!(returned["data"]["codes"], json!(["capacity-not-recorded"]));
    assert_eq!(returned["causationid"], found.id());
    let told = || -> Vec<Value> {
        let heard = cast.school.heard.all().into_iter();
        heard
            .filter(|json| json["type"] == "uk.caf.caf.returned.v1")
            .map(|json| json["data"].clone())
            .collect()
    };
    // Nor is it forgotten where the CAF was closed before anybody looked.
    is_recorded(&cast.by_school("caf.completed", completed()).await);
    is_recorded(&cast.by_team("caf.checked", json!({"checkedOn": "2026-11-04", "result": "checked"})).await);
    is_recorded(&cast.by_school("caf.closed", closed("needs-met")).await);
    until("the second", async || (told().len() == 2).then_some(())).await;
    assert_eq!(told()[1]["result"], "checked");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_say_it_is_refused_or_changes_nothing() {
    let cast = cast().await;
    cast.health.knows("c1", child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA")).await;
    for (kind, more, at) in [
        ("caf.completed", completed(), "/data/cafRef"),
        ("caf.checked", json!({"checkedOn": "2026-11-04", "result": "checked"}), "/source"),
        (
            "caf.withdrawn",
            json!({"withdrawnOn": "2026-11-16", "reasonCode": "wrong-child", "familyTold": {"when": "before"}}),
            "/data/cafRef",
        ),
    ] {
        let data = step(&cast.caf_ref, ("hv1", "contributor"), &more);
        let receipt = cast.health.says(kind, Some("local:c1"), under(&cast.health.new_ref("s"), data)).await;
        is_not_theirs(&receipt, at);
    }
    // The form is the assessor's.
    is_not_theirs(&cast.by_team("caf.completed", completed()).await, "/data/cafRef");
    let mut by_another = completed();
    by_another["onBehalfOf"] = json!({"agencyId": "surgery", "practitionerId": "g1", "how": "phone"});
    is_not_theirs(&cast.by_team("caf.completed", by_another).await, "/data/cafRef");
    let for_another = json!({"onBehalfOf": {"agencyId": "health", "practitionerId": "hv1", "how": "phone"}});
    let data = under("b-1", involvement("t1", "lead-professional", "Year 5"));
    let mut data = data;
    data["onBehalfOf"] = for_another["onBehalfOf"].clone();
    is_not_theirs(
        &cast.school.says("involvement.recorded", Some("local:c1"), data).await,
        "/data/onBehalfOf",
    );

    // Who leads is known from other statements: this one is kept, and without effect until they say so.
    let data = step(&cast.caf_ref, ("hv1", "lead-professional"), &closed("needs-met"));
    is_recorded(&cast.health.says("caf.closed", Some("local:c1"), under("s-9", data)).await);
    assert_eq!(cast.mark().await.0, "open");
    let lead = under("i-1", involvement("hv1", "lead-professional", "Health visiting"));
    cast.health.records("involvement.recorded", Some("local:c1"), lead).await;
    assert_eq!(cast.mark().await.0, "closed-recently");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caf_moves_between_two_authorities_and_the_new_team_is_its_contact() {
    let cast = cast().await;
    let county = cast.world.caf_team("county").await;
    county.vouches_for("co9", "Conrad Ilves", "caf-coordinator").await;
    county.knows("k1", child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA")).await;
    let transfer = |state: &str| {
        json!({
            "on": "2026-11-10",
            "transfer": {"fromAuthority": "borough", "toAuthority": "county", "movedOn": "2026-11-09",
                         "consentRef": "con-3", "state": state},
            "familyTold": {"when": "before"},
        })
    };
    let by_county = async |state: &str| {
        let data = step(&cast.caf_ref, ("co9", "coordinator"), &transfer(state));
        county.says("caf.transferred", Some("local:k1"), under(&county.new_ref("s"), data)).await
    };
    is_recorded(&by_county("taken-on").await);
    let (_, contact) = cast.mark().await;
    assert_eq!(contact["name"], "Tess Archer", "nothing was proposed yet: {contact}");
    is_not_theirs(&cast.by_school("caf.transferred", transfer("proposed")).await, "/source");
    is_recorded(&cast.by_team("caf.transferred", transfer("proposed")).await);
    let (mark, contact) = cast.mark().await;
    assert_eq!((mark, &contact["agencyName"]), (json!("open"), &json!("county-caf-team (invented)")));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_closes_a_caf_that_another_leads_is_told_on_the_next_working_day_that_it_had_no_effect() {
    let mut cast = cast().await;
    cast.health.knows("c1", child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA")).await;
    let social = cast.world.agency("social", Kind::SocialCare).await;
    let lead = under("i-1", involvement("hv1", "lead-professional", "Health visiting"));
    cast.health.records("involvement.recorded", Some("local:c1"), lead).await;
    social.vouches_for("s1", "Sol Weaver", "social-worker").await;
    social.knows("s1", child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA")).await;
    let close = |who: &str| {
        under(&format!("s-{who}"), step(&cast.caf_ref, (who, "team-member"), &closed("needs-met")))
    };
    is_recorded(&cast.school.says("caf.closed", Some("local:c1"), close("t1")).await);
    is_recorded(&social.says("caf.closed", Some("local:s1"), close("s1")).await);
    is_recorded(&cast.by_team("caf.checked", json!({"checkedOn": "2026-11-04", "result": "checked"})).await);
    assert_eq!(cast.mark().await.0, "open");
    cast.world.index.stop().await;
    // 21 November is a Saturday.
    cast.world.restart_at("2026-11-23T06:00:00Z").await;
    for (agency, reference) in [(&cast.school, "s-t1"), (&social, "s-s1")] {
        let told = agency.is_told("reminder.issued").await;
        let expected =
            json!({"kind": "without-effect", "ref": reference, "due": "2026-11-23", "role": "owner"});
        assert_eq!(told["data"], expected);
    }
    assert_eq!(cast.team.is_told("reminder.issued").await["data"]["kind"], "without-effect");
}

// Codes §3, LG 3.3
#[tokio::test(flavor = "multi_thread")]
async fn an_agency_reopens_a_caf_by_leave_of_the_team_of_its_authority_and_of_no_other() {
    let cast = cast().await;
    let again = json!({"reopenedOn": "2026-11-14", "consentRef": "con-2", "familyTold": {"when": "before"}});
    is_recorded(&cast.by_school("caf.closed", closed("needs-met")).await);
    is_not_theirs(&cast.by_school("caf.reopened", again.clone()).await, "/source");
    cast.world.decides("county", &json!({"reopenedBy": [cast.school.id]})).await;
    is_not_theirs(&cast.by_school("caf.reopened", again.clone()).await, "/source");
    let mut elsewhere = again.clone();
    elsewhere["authority"] = json!("county");
    is_recorded(&cast.by_school("caf.reopened", elsewhere).await);
    assert_eq!(cast.mark().await.0, "closed-recently", "the CAF is in another authority's log");
    cast.world.decides("borough", &json!({"reopenedBy": [cast.school.id]})).await;
    is_recorded(&cast.by_school("caf.reopened", again).await);
    assert_eq!(cast.mark().await.0, "open");
}

// D-I2
#[tokio::test(flavor = "multi_thread")]
async fn where_an_authority_asks_for_agreement_a_caf_shows_once_its_start_names_the_consent() {
    let cast = cast().await;
    assert_eq!(cast.mark().await.0, "open");
    cast.world.decides("borough", &json!({"needsAgreement": true})).await;
    assert_eq!(cast.mark().await, (json!("none-shown"), Value::Null));
    let own = cast.school.looks_up_own("t1", "local:c1").await;
    assert_eq!(own["data"]["cafMark"], "open", "{own}");
    // Whoever changes the entry for another reason lets nothing show.
    cast.world.decides("borough", &json!({"needsAgreement": Value::Null, "name": "Borough Council"})).await;
    assert_eq!(cast.mark().await.0, "none-shown");
    let mut agreed = caf(&cast.caf_ref, "t1");
    (agreed["consentRef"], agreed["happenedOn"]) = (json!("con-1"), json!("2026-11-20"));
    cast.school.records("caf.started", Some("local:c1"), under("f-1", agreed)).await;
    assert_eq!(cast.mark().await.0, "open");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_familys_refusal_reaches_the_log_of_the_caf_team_and_nothing_else() {
    let cast = cast().await;
    let refused = json!({
        "child": {"names": {"given": ["Bea"], "family": "Sample"},
                  "birth": {"date": "2019-05-06", "precision": "exact"},
                  "address": {"kind": "home", "lines": ["2 Invented Row"], "postcode": "ZZ1 2AB", "showTo": "ordinary"}},
        "practitioner": {"id": "co1"},
        "refusedOn": "2026-11-12",
        "authority": "borough",
        "onBehalfOf": {"agencyId": "minder", "name": "Mina Hartley", "phone": "01632 960555", "how": "phone"},
        "localRef": "r-1",
    });
    let receipt = cast.team.says("caf.refused", None, refused).await;
    is_recorded(&receipt);
    assert!(receipt["data"].get("childRef").is_none(), "{receipt}");
    let answer =
        cast.health.looks_up("hv1", stories::facts::by_name("Bea", "Sample", "2019-05-06", "ZZ1 2AB")).await;
    assert_eq!(answer["data"]["outcome"], "nothing-to-show", "{answer}");
    let mut described = stories::facts::intention("hv1");
    described["child"] = child("Bea", "Sample", "2019-05-06", None, "ZZ1 2AB");
    for name in ["childState", "authority", "happenedOn"] {
        described["child"].as_object_mut().expect("an object").remove(name);
    }
    let advice = cast.health.intends(None, under("int-1", described)).await;
    assert_eq!(advice["data"]["code"], "nothing-against-starting", "{advice}");
}
