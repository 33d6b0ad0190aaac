//! Children as the guidance's practitioners meet them, told as far as notices, advice and lookup go: what each
//! of those who take part is shown, and what is shown to nobody.

use serde_json::{Value, json};
use stories::facts::{by_name, caf, child, involvement, manifest, nhs_number, practitioner, step, under};
use stories::{Actor, Kind, World};

/// Text or keys that must stand in nothing that an agency hears.
fn hears_nothing_of(agency: &Actor, words: &[&str]) {
    for message in agency.heard.all() {
        let text = message.to_string().to_lowercase();
        for word in words {
            assert!(!text.contains(&word.to_lowercase()), "{word} in {message}");
        }
    }
}

/// Types that an agency heard beside receipts.
fn told(agency: &Actor) -> Vec<String> {
    let types =
        agency.heard.all().into_iter().map(|message| message["type"].as_str().unwrap_or("").to_owned());
    types.filter(|name| name != "uk.caf.receipt.issued.v1").collect()
}

async fn person(agency: &Actor, id: &str, name: &str, job: &str) {
    agency.vouches_for(id, name, job).await;
}

/// A child who is described, not named by anybody's id.
fn intends_for(practitioner: &str, asked_by: &str, on: &str, child: &Value) -> Value {
    let known = ["names", "birth", "gender", "addresses"];
    let child: Value = known.map(|name| (name.to_owned(), child[name].clone())).into_iter().collect();
    json!({
        "askedBy": asked_by, "protectionConcern": "no", "authority": "borough", "happenedOn": on,
        "practitioner": {"id": practitioner, "roleInCase": "assessor"}, "child": child,
    })
}

async fn advised(agency: &Actor, data: Value) -> Value {
    let advice = agency.intends(None, under(&agency.new_ref("int"), data)).await;
    let note = advice["data"]["safetyNote"].as_str().expect("a safety note");
    assert!(note.contains("not proof") && note.contains("01632 960100"), "D-S1: {note}");
    advice["data"].clone()
}

async fn says(agency: &Actor, kind: &str, local: &str, caf_ref: &str, by: (&str, &str), more: Value) {
    let data = under(&agency.new_ref("s"), step(caf_ref, by, &more));
    agency.records(kind, Some(&format!("local:{local}")), data).await;
}

// D-I1, D-I2, D-I4, D-I7: the notice that there is a CAF goes to all, the form and who is named in a consent to nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_boy_of_nine_whose_school_completes_a_caf_that_youth_justice_sees_by_its_mark_alone() {
    let world = World::start().await;
    let team = world.caf_team("borough").await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let surgery = world.agency("northside-surgery", Kind::Gp).await;
    let yot = world.agency("riverside-yot", Kind::Yot).await;
    person(&team, "co1", "Cora Okoye", "caf-coordinator").await;
    person(&school, "t1", "Tess Archer", "senco").await;
    person(&surgery, "g1", "Gita Parmar", "gp").await;
    person(&yot, "y1", "Yan Moss", "yot-worker").await;
    let boy = child("Sam", "Example", "2017-03-04", None, "ZZ1 1AA");

    let before = advised(&school, intends_for("t1", "practitioner", "2026-09-20", &boy)).await;
    assert_eq!(before["code"], "nothing-against-starting", "{before}");
    for (agency, local) in [(&school, "c1"), (&team, "k1"), (&surgery, "g1")] {
        agency.knows(local, boy.clone()).await;
    }
    let caf_ref = format!("{}/2026-7", school.id);
    let mut started = caf(&caf_ref, "t1");
    started["intentionRef"] = json!("int-1");
    started["consentRef"] = json!("con-1");
    school.records("caf.started", Some("local:c1"), under("f-1", started)).await;

    let mut form = json!({"completedOn": "2026-10-20", "sentToCafTeamOn": "2026-10-21", "manifest": manifest(),
        "consentRefs": ["con-1", "con-2"]});
    form["manifest"]["copyGiven"] = json!([{"to": "child", "on": "2026-10-20", "how": "by-hand"},
        {"to": "person:m-1", "on": "2026-10-20", "how": "by-hand"}]);
    says(&school, "caf.completed", "c1", &caf_ref, ("t1", "assessor"), form.clone()).await;
    let gaps = json!({"checkedOn": "2026-10-26", "result": "returned", "codes": ["capacity-not-recorded"],
        "dueBy": "2026-11-09"});
    says(&team, "caf.checked", "k1", &caf_ref, ("co1", "coordinator"), gaps).await;
    let returned = school.is_told("caf.returned").await;
    assert_eq!(returned["data"]["codes"], json!(["capacity-not-recorded"]), "{returned}");
    form["completedOn"] = json!("2026-10-30");
    says(&school, "caf.completed", "c1", &caf_ref, ("t1", "assessor"), form).await;
    let fine = json!({"checkedOn": "2026-11-02", "result": "checked"});
    says(&team, "caf.checked", "k1", &caf_ref, ("co1", "coordinator"), fine).await;

    // That there is a CAF, and whom to ring, is the same for who was named in the consent and who was left out.
    let by = || by_name("Sam", "Example", "2017-03-04", "ZZ1 1AA");
    for (agency, who) in [(&surgery, "g1"), (&yot, "y1")] {
        let answer = agency.looks_up(who, by()).await["data"].clone();
        assert_eq!((&answer["outcome"], &answer["cafMark"]), (&json!("match"), &json!("open")), "{answer}");
        assert_eq!(answer["cafContact"]["name"], "Tess Archer", "{answer}");
        assert_eq!(answer["contacts"], json!([]), "nobody said yet that they work with him: {answer}");
        let mut fields: Vec<&String> = answer.as_object().expect("an answer").keys().collect();
        fields.sort();
        assert_eq!(
            fields,
            ["cafContact", "cafMark", "childRef", "contacts", "outcome", "query", "safetyNote"]
        );
    }
    let advice = advised(&yot, intends_for("y1", "practitioner", "2026-11-20", &boy)).await;
    assert_eq!((&advice["code"], &advice["cafRef"]), (&json!("open-caf-speak-to-lead"), &json!(caf_ref)));
    assert_eq!(advice["contact"]["name"], "Tess Archer", "{advice}");
    let secrets = ["consent", "con-1", "capacity", "manifest", "northside", "returned", "checked", "copy"];
    hears_nothing_of(&yot, &secrets);
    assert_eq!(told(&yot), ["uk.caf.index.answered.v1", "uk.caf.caf.advised.v1"]);
    assert_eq!(told(&surgery), ["uk.caf.index.answered.v1"]);
}

// D-C7 (a), D-A3: a refusal is in the CAF team's log and in nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a_childminder_rings_that_a_parent_says_no_and_a_month_later_nobody_is_told_of_it() {
    let mut world = World::start().await;
    let team = world.caf_team("borough").await;
    let health = world.agency("castle-health", Kind::HealthVisiting).await;
    person(&team, "co1", "Cora Okoye", "caf-coordinator").await;
    person(&health, "hv1", "Hana Visram", "health-visitor").await;
    let bea = child("Bea", "Sample", "2024-05-06", None, "ZZ1 2AB");
    let refused = |on: &str| {
        json!({
            "child": {"names": bea["names"], "birth": bea["birth"], "address": bea["addresses"][0]},
            "practitioner": {"id": "co1"}, "refusedOn": on, "authority": "borough",
            "onBehalfOf": {"agencyId": "mina-childminder", "name": "Mina Hartley", "phone": "01632 960555", "how": "phone"},
        })
    };
    let receipt = team.says("caf.refused", None, under("r-1", refused("2026-11-19"))).await;
    assert_eq!(receipt["data"]["state"], "recorded", "{receipt}");
    assert_eq!(receipt["data"].get("childRef"), None, "it makes no record of the child: {receipt}");

    world.restart_at("2026-12-21T10:00:00Z").await;
    let stranger = child("Cleo", "Sample", "2024-05-06", None, "ZZ1 2AB");
    let advice = async |child: &Value| {
        let mut advice = advised(&health, intends_for("hv1", "practitioner", "2026-12-20", child)).await;
        advice["intention"] = json!("");
        advice
    };
    let (of_bea, of_stranger) = (advice(&bea).await, advice(&stranger).await);
    assert_eq!(of_bea["code"], "nothing-against-starting");
    assert_eq!(of_bea, of_stranger, "exactly as of a child of whom nothing was ever said");
    for (who, given) in [(&health, "Bea"), (&health, "Cleo")] {
        let answer = who.looks_up("hv1", by_name(given, "Sample", "2024-05-06", "ZZ1 2AB")).await;
        assert_eq!(answer["data"]["outcome"], "nothing-to-show", "{answer}");
    }
    hears_nothing_of(&health, &["refus", "declin", "Mina", "childminder"]);
    // The childminder goes on, and may ask again through the CAF team.
    let mut again = intends_for("co1", "parent-or-carer", "2026-12-20", &stranger);
    again["onBehalfOf"] = refused("2026-12-20")["onBehalfOf"].clone();
    assert_eq!(
        advised(&team, again).await["code"],
        "others-intend-too-liaise",
        "of Cleo the health visitor asked"
    );

    // Each refusal waits for a person, who alone sees a pattern in three.
    for (number, on) in [(2, "2026-12-01"), (3, "2026-12-18")] {
        team.records("caf.refused", None, under(&format!("r-{number}"), refused(on))).await;
    }
    let list: Value = world.index.admin().get("/worklist", &[]).await.expect("the list");
    let refusals =
        list.as_array().expect("a list").iter().filter(|matter| matter["kind"] == "family-refusal");
    assert_eq!(refusals.count(), 3, "{list}");
    assert!(!list.to_string().contains("Bea"), "who it is shows to who asks for it by name: {list}");
}

// D-I4, D-I6, D-A4: a specialist service comes first; where the child lives is told to nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_police_officer_is_sent_to_the_social_worker_of_a_child_in_care_and_at_home_again_a_lead_goes_on() {
    let mut world = World::start().await;
    let police = world.agency("borough-police", Kind::Police).await;
    let social = world.agency("childrens-services", Kind::SocialCare).await;
    let school = world.agency("beaumont-school", Kind::School).await;
    person(&police, "b1", "Bo Carter", "police-officer").await;
    person(&social, "sw1", "Sol Winter", "social-worker").await;
    person(&school, "t1", "Tess Archer", "pastoral-lead").await;
    let dov = child("Dov", "Example", "2014-06-07", None, "ZZ1 3AC");
    let mut in_care = dov.clone();
    let placement =
        json!({"kind": "placement", "lines": ["9 Foster Lane"], "postcode": "ZZ9 9FC", "showTo": "nobody"});
    in_care["addresses"].as_array_mut().expect("addresses").push(placement);
    social.knows("s1", in_care).await;
    school.knows("c1", dov.clone()).await;
    let mut allocated = involvement("sw1", "key-worker", "Children in care");
    allocated["level"] = json!("specialist-statutory");
    allocated["keyWorker"] = json!(true);
    allocated["contactPhone"] = json!("01632 960700");
    social.records("involvement.recorded", Some("local:s1"), under("i-1", allocated)).await;

    let advice = advised(&police, intends_for("b1", "practitioner", "2026-11-20", &dov)).await;
    assert_eq!(advice["code"], "specialist-involved-speak-to-key-worker", "{advice}");
    let contact = &advice["contact"];
    assert_eq!((&contact["name"], &contact["phone"]), (&json!("Sol Winter"), &json!("01632 960700")));
    assert_eq!(advice.get("cafRef"), None, "{advice}");
    let answer = police.looks_up("b1", by_name("Dov", "Example", "2014-06-07", "ZZ1 3AC")).await;
    assert_eq!(answer["data"]["contacts"][0]["keyWorker"], true, "{answer}");
    let guess = police.looks_up("b1", by_name("Dov", "Example", "2014-06-07", "ZZ9 9FC")).await;
    assert_eq!(
        guess["data"]["outcome"], "nothing-to-show",
        "a guess at where he lives finds nothing: {guess}"
    );
    hears_nothing_of(&police, &["Foster", "ZZ9", "placement", "care order"]);

    // Half a year on he is at home: the social worker steps down to a CAF, whose lead is there before they go.
    world.restart_at("2027-05-21T10:00:00Z").await;
    let down = under("int-9", intends_for("sw1", "step-down-from-social-care", "2027-05-10", &dov));
    let down = social.intends(None, down).await;
    assert_eq!(down["data"]["code"], "nothing-against-starting", "their own work is no obstacle: {down}");
    let by = || by_name("Dov", "Example", "2014-06-07", "ZZ1 3AC");
    let shown = async || police.looks_up("b1", by()).await["data"].clone();
    let caf_ref = format!("{}/sd-1", social.id);
    let mut started = caf(&caf_ref, "sw1");
    started["startedOn"] = json!("2027-05-11");
    started["intentionRef"] = json!("int-9");
    social.records("caf.started", Some("local:s1"), under("f-1", started)).await;
    assert_eq!(shown().await["cafContact"]["name"], "Sol Winter");
    let mut leads = involvement("t1", "lead-professional", "Pastoral care");
    leads["startedOn"] = json!("2027-05-18");
    school.records("involvement.recorded", Some("local:c1"), under("i-1", leads)).await;
    let both = shown().await;
    assert_eq!(both["contacts"].as_array().map(Vec::len), Some(2), "no gap between them: {both}");
    let ended = json!({"involvementRef": "i-1", "endedOn": "2027-05-20", "endedReason": "transferred", "localRef": "e-1"});
    social.records("involvement.ended", Some("local:s1"), ended).await;
    let after = shown().await;
    assert_eq!(
        (&after["contacts"][0]["name"], &after["contacts"][0]["lead"]),
        (&json!("Tess Archer"), &json!(true))
    );
    let advice = advised(&police, intends_for("b1", "practitioner", "2027-05-20", &dov)).await;
    assert_eq!(advice["code"], "open-caf-speak-to-lead", "{advice}");
    assert_eq!(advice["contact"]["name"], "Tess Archer", "{advice}");
}

/// Two sisters whom a school knows, and the agencies of the old area and of the new.
struct Sisters {
    _world: World,
    borough: Actor,
    county: Actor,
    school: Actor,
    health: Actor,
    new_school: Actor,
    /// Of Ada.
    caf_ref: String,
    lead: String,
    /// The school's work with each.
    works: [String; 2],
}

async fn sisters() -> Sisters {
    let world = World::start().await;
    let borough = world.caf_team("borough").await;
    let county = world.caf_team("county").await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let health = world.agency("castle-health", Kind::HealthVisiting).await;
    let new_school = world.agency("hill-school", Kind::School).await;
    person(&borough, "co1", "Cora Okoye", "caf-coordinator").await;
    person(&county, "co9", "Conrad Ilves", "caf-coordinator").await;
    person(&school, "t1", "Tess Archer", "teacher").await;
    person(&health, "hv1", "Hana Visram", "health-visitor").await;
    person(&new_school, "n1", "Nia Rowe", "teacher").await;
    let [ada, bea] = ["Ada", "Beatrix"].map(|given| {
        let born = if given == "Ada" { "2017-03-04" } else { "2019-05-06" };
        let number = nhs_number(if given == "Ada" { 1 } else { 2 });
        child(given, "Example", born, Some(&number), "ZZ1 1AA")
    });
    for (agency, local, girl) in [
        (&school, "c1", &ada),
        (&school, "c2", &bea),
        (&borough, "k1", &ada),
        (&county, "k1", &ada),
        (&health, "h1", &ada),
        (&new_school, "n1", &ada),
    ] {
        agency.knows(local, girl.clone()).await;
    }
    let works = [
        school.works_with("c1", "t1", "universal-contact").await,
        school.works_with("c2", "t1", "universal-contact").await,
    ];
    let lead = health.works_with("h1", "hv1", "lead-professional").await;
    let caf_ref = format!("{}/caf-1", school.id);
    school.records("caf.started", Some("local:c1"), under("f-1", caf(&caf_ref, "t1"))).await;
    Sisters { _world: world, borough, county, school, health, new_school, caf_ref, lead, works }
}

fn transfer(state: &str, authority: &str) -> Value {
    let home = json!({"kind": "home", "lines": ["7 New Lane"], "postcode": "ZZ6 6NL", "showTo": "ordinary"});
    let mut moved = json!({"fromAuthority": "borough", "toAuthority": "county", "movedOn": "2026-11-09",
        "newAddress": home, "reviewDueOn": "2026-10-30", "state": state});
    if state == "proposed" {
        moved["consentRef"] = json!("con-3");
    }
    json!({"on": "2026-11-10", "transfer": moved, "familyTold": {"when": "before"}, "authority": authority})
}

// D-A3, D-A4: both CAF teams take part, the old lead stays until there is another, no clock starts anew.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_sisters_who_move_the_one_with_a_caf_is_handed_over_and_nothing_of_the_other_goes_with_it() {
    let Sisters { _world, borough, county, school, health, new_school, caf_ref, lead, works } =
        sisters().await;
    for (local, reference) in ["c1", "c2"].into_iter().zip(works) {
        let moved = json!({"involvementRef": reference, "endedOn": "2026-11-09", "endedReason": "moved"});
        school
            .records("involvement.ended", Some(&format!("local:{local}")), under(&school.new_ref("e"), moved))
            .await;
    }
    let shown = async || new_school.asks_for("n1", &nhs_number(1)).await["data"].clone();
    says(
        &borough,
        "caf.transferred",
        "k1",
        &caf_ref,
        ("co1", "coordinator"),
        transfer("proposed", "borough"),
    )
    .await;
    let proposed = shown().await;
    assert_eq!(proposed["cafContact"]["name"], "Hana Visram", "the old lead stays: {proposed}");
    says(&county, "caf.transferred", "k1", &caf_ref, ("co9", "coordinator"), transfer("taken-on", "county"))
        .await;
    let taken_on = shown().await;
    assert_eq!(
        (&taken_on["cafMark"], &taken_on["cafContact"]["name"]),
        (&json!("open"), &json!("Hana Visram"))
    );

    // The old lead goes: the new CAF team is rung, until somebody of the new area leads.
    let over = json!({"involvementRef": lead, "endedOn": "2026-11-15", "endedReason": "transferred", "localRef": "e-9"});
    health.records("involvement.ended", Some("local:h1"), over).await;
    assert_eq!(shown().await["cafContact"]["agencyName"], "county-caf-team (invented)");
    new_school.works_with("n1", "n1", "lead-professional").await;
    let answer = health.asks_for("hv1", &nhs_number(1)).await;
    assert_eq!(answer["data"]["cafContact"]["name"], "Nia Rowe", "{answer}");
    // From now on it is the new team's to check, and not the old one's.
    let form = json!({"completedOn": "2026-11-12", "manifest": manifest(), "consentRefs": ["con-1"]});
    says(&school, "caf.completed", "c1", &caf_ref, ("t1", "assessor"), form).await;
    let fine = json!({"checkedOn": "2026-11-16", "result": "checked", "authority": "county"});
    says(&county, "caf.checked", "k1", &caf_ref, ("co9", "coordinator"), fine).await;
    let checked = school.is_told("caf.returned").await;
    assert_eq!(checked["data"]["result"], "checked", "{checked}");

    // Of her sister nothing moved; and the new address was told to nobody.
    for agency in [&county, &new_school, &health] {
        hears_nothing_of(agency, &["Beatrix", "New Lane", "ZZ6"]);
    }
    let sister = health.asks_for("hv1", &nhs_number(2)).await;
    assert_eq!((&sister["data"]["cafMark"], &sister["data"]["contacts"]), (&json!("none-shown"), &json!([])));
}

// D-A6, D-I3, D-I4: a young person asks; past the eighteenth birthday the CAF team is the way, and each area says how far its index reaches.
#[tokio::test(flavor = "multi_thread")]
async fn a_young_man_whose_caf_was_closed_before_he_was_eighteen_may_have_it_reopened_when_his_college_asks()
{
    let mut world = World::start().await;
    let team = world.caf_team("borough").await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let college = world.agency("vale-college", Kind::FurtherEducation).await;
    person(&team, "co1", "Cora Okoye", "caf-coordinator").await;
    person(&school, "t1", "Tess Archer", "senco").await;
    person(&college, "l1", "Lou Bright", "personal-adviser").await;
    let young_man = child("Eli", "Example", "2009-01-10", Some(&nhs_number(1)), "ZZ1 4AD");
    school.knows("c1", young_man.clone()).await;
    team.knows("k1", young_man.clone()).await;
    let caf_ref = format!("{}/caf-1", school.id);
    school.records("caf.started", Some("local:c1"), under("f-1", caf(&caf_ref, "t1"))).await;
    // At 17 years and 10 months.
    let closed =
        json!({"closedOn": "2026-11-10", "closureCode": "needs-met", "familyTold": {"when": "before"}});
    says(&school, "caf.closed", "c1", &caf_ref, ("t1", "assessor"), closed).await;

    // At 18 years and one month.
    world.restart_at("2027-02-15T10:00:00Z").await;
    let advice = advised(&college, intends_for("l1", "young-person", "2027-02-14", &young_man)).await;
    assert_eq!((&advice["code"], &advice["cafRef"]), (&json!("closed-recently-may-reopen"), &json!(caf_ref)));
    assert_eq!(advice["contact"]["agencyName"], "borough-caf-team (invented)", "{advice}");
    assert_eq!(advice["contact"].get("name"), None, "through the CAF team: {advice}");
    let other = child("Finn", "Example", "2009-01-10", None, "ZZ1 4AD");
    let advice = advised(&college, intends_for("l1", "young-person", "2027-02-14", &other)).await;
    assert_eq!(advice["code"], "outside-index-age-ask-caf-team", "of another of that age: {advice}");
    assert!(advice["contact"]["phone"].is_string(), "whom to ask: {advice}");
    let body = json!({"name": "The borough", "safeguardingPhone": "01632 960100", "cafTeam": team.id,
        "terms": {"indexAge": 25}});
    let registers = world.operator.registers().expect("the registers");
    registers.put("/authorities/borough", &body).await.expect("an area whose index reaches to 25");
    let another = child("Gus", "Example", "2009-01-10", None, "ZZ1 4AD");
    let advice = advised(&college, intends_for("l1", "young-person", "2027-02-14", &another)).await;
    assert_eq!(advice["code"], "nothing-against-starting", "{advice}");

    let again = json!({"reopenedOn": "2027-02-15", "consentRef": "con-2", "familyTold": {"when": "before"}});
    says(&team, "caf.reopened", "k1", &caf_ref, ("co1", "coordinator"), again).await;
    let answer = college.asks_for("l1", &nhs_number(1)).await;
    assert_eq!(
        (&answer["data"]["cafMark"], &answer["data"]["cafContact"]["name"]),
        (&json!("open"), &json!("Tess Archer"))
    );
    hears_nothing_of(&college, &["needs-met", "disabil", "con-2"]);
}

// D-A4: whoever supports the mother is shown as the lead; her own number is never taken.
#[tokio::test(flavor = "multi_thread")]
async fn a_girl_whose_mother_leads_and_whose_health_visitor_is_told_to_ring_the_practitioner_who_supports_her()
 {
    let world = World::start().await;
    let school = world.agency("beaumont-school", Kind::School).await;
    let health = world.agency("castle-health-visiting", Kind::HealthVisiting).await;
    person(&school, "t1", "Tess Archer", "family-support-worker").await;
    person(&school, "t2", "Tom Baker", "teacher").await;
    person(&health, "hv1", "Hana Visram", "health-visitor").await;
    let eve = child("Eve", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA");
    school.knows("c1", eve.clone()).await;
    let mut mother_leads = involvement("t1", "lead-professional", "Family support");
    mother_leads["contactPhone"] = json!("01632 960888");
    school.records("involvement.recorded", Some("local:c1"), under("i-1", mother_leads.clone())).await;
    mother_leads["leadKind"] = json!("parent-or-carer");
    let with_number = under("i-1", mother_leads.clone());
    let refused = school.says("involvement.recorded", Some("local:c1"), with_number).await;
    assert_eq!(refused["data"]["code"], "bad-form", "{refused}");
    assert_eq!(refused["data"]["pointers"][0]["at"], "/data/contactPhone", "{refused}");

    mother_leads.as_object_mut().expect("an object").remove("contactPhone");
    mother_leads["happenedOn"] = json!("2026-10-05");
    school.records("involvement.recorded", Some("local:c1"), under("i-1", mother_leads)).await;
    let started = caf(&format!("{}/caf-1", school.id), "t2");
    school.records("caf.started", Some("local:c1"), under("f-1", started)).await;

    let number = &practitioner("t1", "Tess Archer", "family-support-worker")["workPhone"];
    let answer = health.looks_up("hv1", by_name("Eve", "Example", "2017-03-04", "ZZ1 1AA")).await;
    let lead = &answer["data"]["contacts"][0];
    assert_eq!((&lead["name"], &lead["phone"]), (&json!("Tess Archer"), number), "{answer}");
    assert_eq!(lead["lead"], true, "{answer}");
    let advice = advised(&health, intends_for("hv1", "practitioner", "2026-11-20", &eve)).await;
    assert_eq!(advice["code"], "open-caf-speak-to-lead", "{advice}");
    let contact = &advice["contact"];
    assert_eq!((&contact["name"], &contact["phone"]), (&json!("Tess Archer"), number), "{advice}");
    hears_nothing_of(&health, &["960888"]);

    let mut away = practitioner("t1", "Tess Archer", "family-support-worker");
    away["state"] = json!("on-leave");
    away["deputy"] = json!("t2");
    away["happenedOn"] = json!("2026-11-20");
    school.records("practitioner.recorded", None, under("p-away", away)).await;
    let answer = health.looks_up("hv1", by_name("Eve", "Example", "2017-03-04", "ZZ1 1AA")).await;
    let desk = &answer["data"]["contacts"][0];
    assert_eq!((desk.get("name"), &desk["lead"]), (None, &json!(true)), "the duty desk: {answer}");
    assert_eq!(desk["agencyName"], lead["agencyName"], "{answer}");
}
