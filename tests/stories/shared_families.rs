//! What stands around what is shared of a child: advice before and a check after the form is written, copies that the
//! family has, and what stays with one of them alone. The worked cases again, by what else happens in them.

use serde_json::{Value, json};
use stories::facts::{by_name, caf, child, intention, manifest, nhs_number, restriction, step, under, with};
use stories::shared::{consent, item, mother, offered, part, recipient};
use stories::shared_scene::{delivered, heard_of, says};
use stories::{Actor, Kind, World};

const DAY: &str = "2026-11-19";

/// A practitioner says what the family was given, or why nothing was (D-S9).
async fn gives_copy(agency: &Actor, to: &Value, more: &Value) {
    let copy = json!({
        "to": to, "marksLeftOut": [], "by": "p1", "on": DAY,
        "practitioner": {"id": "p1", "roleInCase": "assessor"},
    });
    let copy = with(under(&agency.new_ref("copy"), copy), more);
    agency.records("family.copy-made", Some("local:c1"), copy).await;
}

/// Who had a copy by the record, of which parts, what was left out of it, and why.
async fn copies(world: &World) -> Vec<Value> {
    let mut database = world.database_of("sharing").await;
    let kept = "SELECT made FROM family_copy WHERE sealed IS NOT NULL ORDER BY received_at, message_id";
    let kept: Vec<Value> = sqlx::query_scalar(kept).fetch_all(&mut database).await.expect("copies");
    let told = |made: &Value| {
        let to = made["to"].get("relationship").unwrap_or(&made["to"]["is"]).clone();
        json!([to, made["parts"], made["marksLeftOut"], made["withheldReason"]])
    };
    kept.iter().map(told).collect()
}

/// That nobody heard anything in which one of these words stands.
fn nobody_hears_of(agencies: &[&Actor], words: &[&str]) {
    for message in agencies.iter().flat_map(|agency| agency.heard.all()) {
        let text = message.to_string().to_lowercase();
        for word in words {
            assert!(!text.contains(&word.to_lowercase()), "{word} in {message:#}");
        }
    }
}

/// An answer without what differs between any two.
fn bare(answer: &Value) -> Value {
    with(answer["data"].clone(), &json!({"query": null, "childRef": null}))
}

/// A CAF of a boy whose school asked first, and his mother agreed to.
struct Form {
    world: World,
    team: Actor,
    school: Actor,
    caf_ref: String,
    agreed: String,
}

fn sam() -> Value {
    child("Sam", "Example", "2017-03-04", Some(&nhs_number(3)), "ZZ1 1AA")
}

impl Form {
    /// Intended by name, address and birth date; agreed to, with the boy heard; started.
    async fn is_started() -> Self {
        let world = World::with_sharing().await;
        let team = world.caf_team("borough").await;
        team.vouches_for("p1", "Cora Okoye", "caf-coordinator").await;
        let school = world.agency("school", Kind::School).await;
        school.vouches_for("p1", "Pat Worker", "teacher").await;
        let known = ["names", "birth", "gender", "addresses"];
        let described: Value = known.map(|name| (name.to_owned(), sam()[name].clone())).into_iter().collect();
        let intended = with(intention("p1"), &json!({"child": described}));
        let advice = school.intends(None, under("int-1", intended)).await;
        assert_eq!(advice["data"]["code"], "nothing-against-starting", "{advice:#}");
        let note = advice["data"]["safetyNote"].as_str().expect("a safety note");
        assert!(note.contains("not proof") && note.contains("01632 960100"), "D-S1: {note}");

        team.knows("c1", sam()).await;
        school.knows("c1", sam()).await;
        school.works_with("c1", "p1", "assessor").await;
        let assess = json!({
            "acts": ["assess-and-record"], "scope": null, "saidOn": "2026-10-01", "from": "2026-10-01",
            "understanding": {"judgement": "does-not-yet", "aboutWhatText": "Whether school writes down what helps.",
                              "by": "p1", "on": "2026-10-01", "childHeard": {"heard": "yes"}},
        });
        let agreed = school.records_consent("c1", "p1", consent(&[], &assess)).await;
        let caf_ref = format!("{}/2026-7", school.id);
        let started = with(caf(&caf_ref, "p1"), &json!({"intentionRef": "int-1", "consentRef": agreed}));
        school.records("caf.started", Some("local:c1"), under("f-1", started)).await;
        world.sharing_knows().await;
        Self { world, team, school, caf_ref, agreed }
    }

    /// The form is done; the CAF team has its copy to check.
    async fn completes(&self, on: &str, consents: &[&str]) {
        let form = json!({"completedOn": on, "sentToCafTeamOn": on, "manifest": manifest(), "consentRefs": consents});
        let form = step(&self.caf_ref, ("p1", "assessor"), &form);
        self.school
            .records("caf.completed", Some("local:c1"), under(&self.school.new_ref("done"), form))
            .await;
    }

    async fn checks(&self, found: &Value) -> Value {
        let before = heard_of(&self.school, "caf.returned").len();
        let found = step(&self.caf_ref, ("p1", "coordinator"), found);
        self.team.records("caf.checked", Some("local:c1"), under(&self.team.new_ref("check"), found)).await;
        self.school.is_told_again("caf.returned", before).await["data"].clone()
    }
}

// D-I4, D-I7, D-C5, D-S9: what the boy's mother asked not to be written down goes nowhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_advised_on_agreed_to_given_to_mother_and_boy_and_checked_before_it_is_shared() {
    let form = Form::is_started().await;
    let Form { world, team, school, .. } = &form;
    let housing = world.member("housing", Kind::Housing, "housing-officer", sam()).await;
    let yot = world.member("yot", Kind::Yot, "yot-worker", sam()).await;
    world.sharing_knows().await;
    let limits = json!({"scope": {
        "agencies": {"named": [housing.id], "excluded": {"agencies": [yot.id]}},
        "parts": {"included": "all"}, "aboutPersons": [{"is": "child"}],
    }});
    let shares = school.records_consent("c1", "p1", consent(&[], &limits)).await;

    form.completes("2026-11-02", &[&form.agreed, &shares]).await;
    let all = json!({"parts": ["identity", "dev-learning"], "language": "English", "howGiven": "by-hand"});
    gives_copy(school, &mother(), &all).await;
    gives_copy(school, &json!({"is": "child"}), &with(all, &json!({"howGiven": "read-out"}))).await;
    let parts = json!(["identity", "dev-learning"]);
    assert_eq!(
        copies(world).await,
        [json!(["mother", parts, [], null]), json!(["child", parts, [], null])],
        "who has a copy is on record"
    );
    let gaps = json!({"checkedOn": "2026-11-04", "result": "returned", "codes": ["capacity-not-recorded"],
                      "dueBy": "2026-11-18"});
    let returned = form.checks(&gaps).await;
    assert_eq!(
        (&returned["result"], &returned["codes"]),
        (&json!("returned"), &json!(["capacity-not-recorded"]))
    );
    form.completes("2026-11-06", &[&form.agreed, &shares]).await;
    let checked = form.checks(&json!({"checkedOn": "2026-11-08", "result": "checked"})).await;
    assert_eq!(checked["result"], "checked", "{checked:#}");

    // Not agreed to be recorded: refused with all that stands beside it, and nothing is decided of it (MG 4.20).
    let ill = item(
        "Zyxillness",
        &json!({"about": {"is": "parent", "person": {"relationship": "mother", "name": "Rosa Example"}},
                                         "agreedToRecord": "no"}),
    );
    let to = json!({"agencyId": team.id, "purpose": "quality-check", "practiceBasis": "consent"});
    let damp = item("The flat is damp.", &json!({}));
    let whole = [part("env-housing-work-money", &[damp.clone(), ill])];
    let refused =
        school.offers("c1", "p1", offered(std::slice::from_ref(&to), &whole, "p1", &json!({}))).await;
    assert_eq!(refused["data"]["code"], "content-not-allowed-here", "{refused:#}");
    let whole = [part("env-housing-work-money", &[damp])];
    school.offers("c1", "p1", offered(&[to], &whole, "p1", &json!({}))).await;
    let came = team.is_told("share.delivered").await;
    assert_eq!(delivered(&came), [("env-housing-work-money", vec!["The flat is damp."])]);
    assert_eq!(heard_of(team, "share.delivered").len(), 1);
    nobody_hears_of(&[team, school, &housing, &yot], &["Zyxillness", "copy-made", "read-out"]);
    nobody_hears_of(&[&housing, &yot], &["capacity-not-recorded", "caf.returned", "share.delivered"]);
}

// D-C4, D-I6, D-S9
#[tokio::test(flavor = "multi_thread")]
async fn what_a_girl_of_fourteen_keeps_to_herself_is_in_no_lookup_no_notice_and_not_in_her_mothers_copy() {
    let girl =
        |n| child(["Gia", "Una"][n as usize], "Example", "2012-05-06", Some(&nhs_number(n)), "ZZ1 1AB");
    let mut world = World::with_sharing().await;
    let school = world.member("school", Kind::School, "teacher", girl(0)).await;
    school.knows("c2", girl(1)).await;
    school.works_with("c2", "p1", "team-member").await;
    let surgery = world.agency("surgery", Kind::Gp).await;
    surgery.vouches_for("p1", "Pat Worker", "gp").await;
    let clinic = world.sensitive_agency("oakfield", Kind::SexualHealth).await;
    clinic.takes_on("sexual-health-worker", girl(0)).await;
    clinic.starts_caf("c1", "p1").await;
    world.sharing_knows().await;
    school.records_consent("c1", "p1", consent(&[&clinic.id, &surgery.id], &json!({}))).await;

    // As of another girl, with whom the school works and no clinic.
    let [hers, anothers] =
        [surgery.asks_for("p1", &nhs_number(0)).await, surgery.asks_for("p1", &nhs_number(1)).await];
    assert_eq!(hers["data"]["contacts"].as_array().map(Vec::len), Some(1), "the school: {hers:#}");
    assert_eq!(bare(&hers), bare(&anothers));
    let own = clinic.looks_up_own("p1", "local:c1").await;
    assert_eq!(own["data"]["cafMark"], "open", "{own:#}");

    gives_copy(&clinic, &mother(), &json!({"parts": [], "withheldReason": "young-person-objects"})).await;
    let hers = json!({"parts": ["identity"], "language": "English", "howGiven": "by-hand"});
    gives_copy(&school, &mother(), &hers).await;
    assert_eq!(
        copies(&world).await,
        [json!(["mother", [], [], "young-person-objects"]), json!(["mother", ["identity"], [], null])]
    );

    // The clinic saw the school: the school is told that somebody did, and by no word who.
    world.restart_at("2026-11-22T02:00:00Z").await;
    let told = school.is_told("access.notified").await;
    let notices = told["data"]["notices"].as_array().expect("notices");
    let kinds: Vec<&Value> = notices.iter().map(|notice| &notice["byAgencyKind"]).collect();
    assert!(kinds.contains(&&json!("gp")) && kinds.contains(&&Value::Null), "{told:#}");
    nobody_hears_of(&[&school, &surgery], &["oakfield", "sexual", "objects", "copy-made"]);
}

/// Ada's carers: her mother, with whom she lives, and her father, who must not learn where.
fn with_carers(child: Value) -> Value {
    let carer = |name: &str, relationship: &str, pr: &str, lives: &str, kept_away: &str| {
        json!({"name": name, "relationship": relationship, "parentalResponsibility": pr,
               "livesWithChild": lives, "contactRestricted": kept_away})
    };
    let carers = [
        carer("Rosa Example", "mother", "yes-mother", "yes", "no"),
        carer("Otto Example", "father", "yes-father", "no", "yes"),
    ];
    with(child, &json!({"carers": carers}))
}

// D-C6, D-I6, D-S8, D-S9
#[tokio::test(flavor = "multi_thread")]
async fn a_father_is_refused_a_copy_of_the_plan_and_an_old_address_that_is_fed_again_shows_nobody() {
    let ada = |postcode| child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), postcode);
    let world = World::with_sharing().await;
    let team = world.caf_team("borough").await;
    let social = world.member("social", Kind::SocialCare, "social-worker", with_carers(ada("ZZ9 9AA"))).await;
    let school = world.member("school", Kind::School, "teacher", with_carers(ada("ZZ9 9AA"))).await;
    let surgery = world.member("surgery", Kind::Gp, "gp", ada("ZZ1 1AA")).await;
    let police = world.agency("police", Kind::Police).await;
    police.vouches_for("p1", "Pat Worker", "police-officer").await;
    social.records("restriction.set", Some("local:c1"), under("r-1", restriction("address"))).await;
    world.sharing_knows().await;
    let limits = json!({"scope": {"agencies": {"excluded": {"agencies": [surgery.id]}, "kinds": ["school"]},
                                  "parts": {"included": "all"}, "aboutPersons": [{"is": "child"}]}});
    school.records_consent("c1", "p1", consent(&[], &limits)).await;
    let father = json!({"is": "adult", "relationship": "father", "name": "Otto Example"});

    let plan = json!({"parts": ["action-plan"], "marksLeftOut": ["about-other-person"], "language": "English",
                      "howGiven": "by-hand"});
    gives_copy(&school, &mother(), &plan).await;
    gives_copy(&school, &father, &json!({"parts": [], "withheldReason": "address-protected"})).await;
    assert_eq!(
        copies(&world).await,
        [
            json!(["mother", ["action-plan"], ["about-other-person"], null]),
            json!(["father", [], [], "address-protected"]),
        ]
    );

    // His yes to all, later: the holder's adviser is asked, and nobody outside (MG 4.15).
    let yes_to_all = json!({"person": father, "saidOn": "2026-11-20", "from": "2026-11-20"});
    school.records_consent("c1", "p1", consent(&[&surgery.id], &yes_to_all)).await;
    let to = recipient(&surgery.id, "p1", "consent");
    school.offers("c1", "p1", offered(&[to], &[says("action-plan", "A mentor.")], "p1", &json!({}))).await;
    let asked = school.is_told("reminder.issued").await;
    assert_eq!(
        (&asked["data"]["kind"], &asked["data"]["role"]),
        (&json!("pending-advice"), &json!("ig-lead"))
    );
    world.outbox_is_empty("sharing").await;
    for other in [&team, &social, &surgery] {
        assert_eq!(heard_of(other, "reminder.issued"), Vec::<Value>::new(), "of a restricted child");
    }

    // The surgery's system tells the old address once more.
    surgery.knows("c1", with(ada("ZZ1 1AA"), &json!({"happenedOn": "2026-11-20"}))).await;
    world.sharing_knows().await;
    let nobody = bare(&police.looks_up("p1", by_name("Noe", "Example", "2017-03-04", "ZZ1 1AA")).await);
    for postcode in ["ZZ1 1AA", "ZZ9 9AA"] {
        let answer = police.looks_up("p1", by_name("Ada", "Example", "2017-03-04", postcode)).await;
        assert_eq!(bare(&answer), nobody, "{postcode}");
    }
    assert_eq!(bare(&police.asks_for("p1", &nhs_number(1)).await), nobody, "by number");
    let all = [&team, &social, &school, &surgery, &police];
    nobody_hears_of(&all, &["ZZ9 9AA", "ZZ1 1AA", "Otto", "address-protected"]);
}
