//! Unborn children (D-I3): a midwife's notices about a pregnancy show nothing of it under the mother's
//! own record, who is seventeen and known to a youth worker; at birth the record becomes a child's like
//! any other.

use serde_json::{Value, json};
use stories::facts::{by_name, child, intention, nhs_number, under};
use stories::{Actor, Kind, World};

const MOTHERS: u32 = 1;
const BABYS: u32 = 2;
const MOTHER_BORN: &str = "2009-05-06";
const HOME: &str = "ZZ1 1AA";

struct Cast {
    midwife: Actor,
    youth: Actor,
    health: Actor,
    team: Actor,
    world: World,
    /// What the youth worker calls the mother.
    mother: &'static str,
}

/// The youth worker works with the mother, who has a CAF of her own.
async fn cast() -> Cast {
    let world = World::start().await;
    let midwife = world.agency("midwives", Kind::Midwifery).await;
    let youth = world.agency("youth", Kind::YouthService).await;
    let health = world.agency("health", Kind::HealthVisiting).await;
    let team = world.caf_team("borough").await;
    midwife.vouches_for("mw1", "Maud Okafor", "midwife").await;
    youth.vouches_for("y1", "Yan Castle", "youth-worker").await;
    health.vouches_for("hv1", "Hana Visram", "health-visitor").await;
    team.vouches_for("co1", "Cy Okoye", "caf-coordinator").await;
    youth.knows("m1", child("Mia", "Example", MOTHER_BORN, Some(&nhs_number(MOTHERS)), HOME)).await;
    youth.works_with("m1", "y1", "lead-professional").await;
    youth.starts_caf("m1", "y1").await;
    Cast { midwife, youth, health, team, world, mother: "local:m1" }
}

/// With the mother's name and address, as it is.
fn unborn() -> Value {
    let mut child = child("", "Example", "2027-02-14", None, HOME);
    child["names"]["given"] = json!([]);
    child["birth"]["precision"] = json!("expected");
    child["childState"] = json!("unborn");
    child["carers"] = json!([{"name": "Mia Example", "relationship": "mother",
        "parentalResponsibility": "yes-mother", "livesWithChild": "yes", "contactRestricted": "not-known"}]);
    child
}

/// From the day on.
fn born() -> Value {
    let mut child = child("Rufus", "Example", "2026-11-19", Some(&nhs_number(BABYS)), HOME);
    child["happenedOn"] = json!("2026-11-19");
    child
}

impl Cast {
    async fn midwife_books(&self) {
        self.midwife.knows("u1", unborn()).await;
        self.midwife.works_with("u1", "mw1", "key-worker").await;
        self.midwife.starts_caf("u1", "mw1").await;
    }

    /// All that can be asked about the mother, as it stood on the wire, but for ids and times.
    async fn asked_about_the_mother(&self) -> Vec<String> {
        let by_number = json!({"identifiers": [{"kind": "nhs-number", "value": nhs_number(MOTHERS)}]});
        let by_name = by_name("Mia", "Example", MOTHER_BORN, HOME);
        let mut answers = Vec::new();
        for (asker, who) in [(&self.youth, "y1"), (&self.health, "hv1"), (&self.team, "co1")] {
            for by in [&by_number, &by_name] {
                let data = json!({"purpose": "assess-need", "practitioner": {"id": who}, "by": by});
                answers.push(bare(asker, asker.message("index.looked-up", None, data)).await);
            }
        }
        let data = json!({"purpose": "assess-need", "practitioner": {"id": "y1"}});
        answers.push(bare(&self.youth, self.youth.message("index.looked-up", Some(self.mother), data)).await);
        answers
    }

    async fn advice_about_the_mother(&self) -> Value {
        let mut data = under(&self.health.new_ref("int"), intention("hv1"));
        let mother = child("Mia", "Example", MOTHER_BORN, Some(&nhs_number(MOTHERS)), HOME);
        data["child"] = json!({"names": mother["names"], "birth": mother["birth"], "gender": mother["gender"],
            "identifiers": mother["identifiers"], "addresses": mother["addresses"]});
        let advised = self.health.intends(None, data).await;
        json!([advised["data"]["code"], advised["data"]["contact"]["name"], advised["data"]["cafRef"]])
    }

    /// Nobody but the midwife finds a pregnancy, by whatever the record holds.
    async fn nobody_finds_the_pregnancy(&self) {
        for (asker, who) in [(&self.youth, "y1"), (&self.health, "hv1"), (&self.team, "co1")] {
            let mut by = by_name("Mia", "Example", "2027-02-14", HOME);
            by["birth"]["precision"] = json!("expected");
            let answer = asker.looks_up(who, by).await;
            assert_eq!(answer["data"]["outcome"], "nothing-to-show", "{answer}");
        }
        let own = self.midwife.looks_up_own("mw1", "local:u1").await;
        assert_eq!(own["data"]["contacts"][0]["name"], "Maud Okafor", "{own}");
        assert_eq!(
            own["data"]["contacts"].as_array().map(Vec::len),
            Some(1),
            "nobody of the mother's: {own}"
        );
        assert_eq!(own["data"]["cafMark"], "open", "the unborn child's own: {own}");
    }
}

/// What is answered to a question, without what differs from one question to the next.
async fn bare(asker: &Actor, question: caf::client::Outgoing) -> String {
    let answer = asker.send(&question).await;
    assert_eq!(answer["data"]["outcome"], "match", "{answer}");
    let mut answer = answer["data"].clone();
    answer["query"] = Value::Null;
    answer.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lookup_of_the_mother_shows_no_pregnancy() {
    let cast = cast().await;
    let (before, advised) = (cast.asked_about_the_mother().await, cast.advice_about_the_mother().await);
    assert!(before.iter().all(|answer| answer.contains("Yan Castle")), "{before:?}");
    assert_eq!(advised[0], "open-caf-speak-to-lead", "her own CAF: {advised}");

    let intended = under("int-1", intention("mw1"));
    cast.midwife.knows("u1", unborn()).await;
    let advice = cast.midwife.intends(Some("local:u1"), intended).await;
    assert_eq!(advice["data"]["code"], "nothing-against-starting", "the mother's CAF is hers: {advice}");
    cast.midwife_books().await;
    cast.nobody_finds_the_pregnancy().await;
    assert_eq!(cast.asked_about_the_mother().await, before);
    assert_eq!(cast.advice_about_the_mother().await, advised);
    // Nor is the midwife, who asks about the mother, shown as working with her.
    let mother = cast.midwife.asks_for("mw1", &nhs_number(MOTHERS)).await;
    assert_eq!(mother["data"]["contacts"].as_array().map(Vec::len), Some(1), "{mother}");
    assert_eq!(mother["data"]["contacts"][0]["name"], "Yan Castle");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mothers_number_reference_and_birth_date_never_make_the_unborn_child_hers() {
    let cast = cast().await;
    let before = cast.asked_about_the_mother().await;
    let mother = cast.midwife.asks_for("mw1", &nhs_number(MOTHERS)).await;
    let mother = mother["data"]["childRef"].as_str().expect("a reference").to_owned();
    let number = json!([{"kind": "nhs-number", "value": nhs_number(MOTHERS)}]);

    let mut with_number = unborn();
    with_number["identifiers"] = number.clone();
    let mut with_birth_date = unborn();
    with_birth_date["birth"] = json!({"date": MOTHER_BORN, "precision": "exact"});
    for (subject, data, at) in [
        ("local:u1", with_number, "/data/identifiers/0/kind"),
        ("local:u1", with_birth_date, "/data/birth/precision"),
        (mother.as_str(), unborn(), "/subject"),
    ] {
        let receipt = cast.midwife.says("child.recorded", Some(subject), under("c-9", data)).await;
        assert_eq!(receipt["data"]["code"], "bad-form", "{receipt}");
        assert_eq!(receipt["data"]["pointers"][0]["at"], at, "{receipt}");
    }

    cast.midwife_books().await;
    let names = json!({"given": ["Mia"], "family": "Example"});
    let birth = json!({"date": MOTHER_BORN, "precision": "exact"});
    let corrections = [("/identifiers", number), ("/birth", birth), ("/names", names)];
    for (path, value) in corrections {
        let wrong = json!({"path": path, "value": value, "happenedOn": "2026-11-20"});
        let wrong = under(&cast.midwife.new_ref("k"), wrong);
        cast.midwife.records("child.corrected", Some("local:u1"), wrong).await;
    }
    cast.nobody_finds_the_pregnancy().await;
    assert_eq!(cast.asked_about_the_mother().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_birth_the_record_is_a_childs_and_links_with_others() {
    // In the order in which it happened, and the other way round.
    for backwards in [false, true] {
        let cast = cast().await;
        let before = cast.asked_about_the_mother().await;
        if backwards {
            cast.midwife.knows("u1", born()).await;
            cast.midwife_books().await;
        } else {
            cast.midwife_books().await;
            cast.health.knows("h1", born()).await;
            let answer = cast.health.looks_up_own("hv1", "local:h1").await;
            assert_eq!(answer["data"]["contacts"], json!([]), "not yet: {answer}");
            cast.midwife.knows("u1", born()).await;
        }
        let answer = cast.health.asks_for("hv1", &nhs_number(BABYS)).await;
        assert_eq!(answer["data"]["contacts"][0]["name"], "Maud Okafor", "{answer}");
        assert_eq!(answer["data"]["cafMark"], "open");
        assert_eq!(cast.asked_about_the_mother().await, before, "the mother's answers are hers alone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pregnancy_that_ended_is_closed_silently() {
    let cast = cast().await;
    let before = cast.asked_about_the_mother().await;
    cast.midwife_books().await;
    let heard = || [&cast.youth, &cast.health, &cast.team].map(|actor| actor.heard.all().len());
    let counted = heard();
    let mut ended = unborn();
    ended["childState"] = json!("pregnancy-ended");
    ended["happenedOn"] = json!("2026-11-20");
    cast.midwife.knows("u1", ended).await;
    assert_eq!(heard(), counted, "nobody is told");
    cast.nobody_finds_the_pregnancy().await;
    assert_eq!(cast.asked_about_the_mother().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_who_died_stays_and_the_record_says_so() {
    let cast = cast().await;
    let mut died = child("Mia", "Example", MOTHER_BORN, Some(&nhs_number(MOTHERS)), HOME);
    died["childState"] = json!("died");
    died["happenedOn"] = json!("2026-11-20");
    let before = cast.asked_about_the_mother().await;
    cast.youth.knows("m1", died).await;
    assert_eq!(cast.asked_about_the_mother().await, before);
    let mut database = cast.world.database().await;
    let state = sqlx::query_scalar("SELECT child_state FROM record WHERE local_id = 'm1'");
    let state: String = state.fetch_one(&mut database).await.expect("the database answers");
    assert_eq!(state, "died");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_carers_setting_and_practice_a_record_keeps_what_the_index_may_hold() {
    let cast = cast().await;
    let mut whole = born();
    whole["carers"] = json!([
        {"name": "Mia Example", "relationship": "mother", "parentalResponsibility": "yes-mother",
            "livesWithChild": "yes", "contactRestricted": "no", "phone": "01632 960444"},
        {"name": "Ned Other", "relationship": "father", "parentalResponsibility": "no",
            "livesWithChild": "no", "contactRestricted": "yes"},
    ]);
    whole["setting"] = json!({"name": "Little Acorns", "phone": "01632 960555"});
    whole["gpPractice"] = json!({"name": "Northside Surgery"});
    cast.midwife.knows("b1", whole).await;
    // The father registered the birth.
    let father = json!([{"name": "Ned Other", "relationship": "father", "parentalResponsibility": "yes-father",
        "livesWithChild": "no", "contactRestricted": "yes"}]);
    let registered = json!({"path": "/carers", "value": father, "happenedOn": "2026-11-20"});
    let kept = async || -> (Value, Value, Value) {
        let mut database = cast.world.database().await;
        let kept = sqlx::query_as("SELECT carers, setting, gp_practice FROM record WHERE local_id = 'b1'");
        kept.fetch_one(&mut database).await.expect("the database answers")
    };
    let (carers, setting, practice) = kept().await;
    let mother = json!({"name": "Mia Example", "relationship": "mother", "parentalResponsibility": "yes-mother",
        "contactRestricted": "no", "phone": "01632 960444"});
    let other = json!({"name": "Ned Other", "relationship": "father", "parentalResponsibility": "no",
        "contactRestricted": "yes", "phone": null});
    assert_eq!(carers, json!([mother, other]));
    assert_eq!(setting, json!({"name": "Little Acorns", "phone": "01632 960555"}));
    assert_eq!(practice, json!({"name": "Northside Surgery"}));
    cast.midwife.records("child.corrected", Some("local:b1"), under("k-1", registered)).await;
    let (carers, ..) = kept().await;
    assert_eq!(carers[0]["parentalResponsibility"], "yes-father", "{carers}");
    assert_eq!(carers.as_array().map(Vec::len), Some(1));
}
