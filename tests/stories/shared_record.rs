//! What the record of a decision holds: a code for each part that was declined, what was written about it, sealed and read
//! by name alone, and what was known when (D-S7, D-S8, D-S9).

use serde_json::{Value, json};
use stories::facts::{under, with};
use stories::shared::{consent, in_the_public_interest, mother, offered, recipient, request, supplied};
use stories::shared_scene::{ada, says};
use stories::{Actor, Kind, Ran, World};

use crate::shared_tools::{decide_by, own_policies, switched_on};

const DAY: &str = "2026-11-19";

/// A school and health visitors who work with Ada.
struct Scene {
    world: World,
    school: Actor,
    visitors: Actor,
}

impl Scene {
    async fn new() -> Self {
        let world = World::with_sharing().await;
        let school = world.member("school", Kind::School, "teacher", ada()).await;
        let visitors = world.member("visitors", Kind::HealthVisiting, "health-visitor", ada()).await;
        world.sharing_knows().await;
        Self { world, school, visitors }
    }

    /// The visitors ask, to protect the child and without the family's word; what the school is asked.
    async fn wanted(&self, parts: &[&str]) -> Value {
        let more = with(
            in_the_public_interest("reasonable-cause-suffering"),
            &json!({"purpose": "safeguarding-enquiry", "practiceBasis": "public-interest"}),
        );
        self.visitors.requests("c1", "p1", request(&self.school.id, parts, "p1", &more)).await;
        self.school.is_told("share.wanted").await
    }

    fn decisions(&self, more: &[&str]) -> Vec<Value> {
        let line = [&["decisions", "list", "--json", "--agency"], more].concat();
        done(self.world.runs(&line)).json().as_array().expect("a list").clone()
    }

    /// The latest one that the school's practitioner made.
    fn judged(&self) -> Value {
        let all = self.decisions(&["school@", "--practitioner", "p1"]);
        let id = all[0]["id"].as_str().expect("an id");
        done(self.world.runs(&["decisions", "show", id, "--json"])).json()
    }

    async fn reveals(&self) -> i64 {
        let count = "SELECT count(*) FROM text_reveal WHERE revealed_by = 'A. Ndiaye'";
        let mut database = self.world.database_of("sharing").await;
        sqlx::query_scalar(count).fetch_one(&mut database).await.expect("a count")
    }
}

fn done(ran: Ran) -> Ran {
    assert_eq!(ran.code, 0, "{ran:?}");
    ran
}

fn by(reference: &str, data: Value) -> Value {
    with(under(reference, data), &json!({"practitioner": {"id": "p1", "roleInCase": "contributor"}}))
}

/// What came of each part, and by which code.
fn parts(shown: &Value) -> Vec<[&str; 3]> {
    let parts = shown["parts"].as_array().expect("parts").iter();
    parts
        .map(|part| ["part", "outcome", "code"].map(|field| part[field].as_str().unwrap_or("none")))
        .collect()
}

// D-S7
#[tokio::test(flavor = "multi_thread")]
async fn each_part_that_a_holder_declines_stands_in_the_record_with_a_code() {
    let scene = Scene::new().await;
    let wanted = scene.wanted(&["reason", "conclusions"]).await;
    let waits = json!({"adviceDueBy": "2026-11-25"});
    for (declined, more, outcome, code) in [
        ("seeking-advice", &waits, "pending-advice", "public-interest-not-made-out"),
        ("not-held", &json!({}), "do-not-share", "no-such-part"),
        ("not-justified-without-consent", &json!({}), "do-not-share", "public-interest-not-made-out"),
        ("more-detrimental-to-child", &json!({}), "do-not-share", "more-detrimental"),
        ("about-another-person", &json!({}), "do-not-share", "about-another-person"),
        ("other", &json!({}), "do-not-share", "not-necessary-for-purpose"),
    ] {
        let receipt = scene.school.declines(&wanted, "p1", declined, more).await;
        assert_eq!(receipt["data"]["state"], "recorded", "{receipt:#}");
        let shown = scene.judged();
        assert_eq!(shown["declineCode"], declined, "{shown:#}");
        assert_eq!(parts(&shown), [["reason", outcome, code], ["conclusions", outcome, code]]);
        assert_eq!(shown["reason"], json!([code]), "as in the list");
        assert!(shown["policies"]["D-S5-holder-declined"]["words"].is_string(), "{shown:#}");
    }
    let told = scene.visitors.is_told("share.refused").await;
    assert_eq!(told["data"]["toldCode"], "not-shared", "and nothing of it to who asked (G5)");
}

// D-S7, D-S8
#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_in_a_request_and_in_advice_is_read_by_name_and_each_look_is_recorded() {
    let scene = Scene::new().await;
    let Scene { world, school, .. } = &scene;
    let wanted = scene.wanted(&["reason"]).await;
    let of = json!({"request": wanted["data"]["request"], "happenedOn": DAY});
    let question = json!({"askedOf": {"role": "caldicott-guardian", "nameText": "Ines Example"},
                          "dueBy": "2026-11-25", "questionText": "May this go?"});
    school.records("advice.asked", None, by("adv-1", with(question, &of))).await;
    let answer = json!({"role": "caldicott-guardian", "answer": "share-limited", "answeredOn": DAY,
                        "reasonsText": "The bruises alone.", "request": wanted["data"]["request"]});
    school.records("advice.given", None, by("adv-1", answer)).await;
    school.declines(&wanted, "p1", "other", &json!({"declineText": "By telephone."})).await;

    let shown = scene.judged();
    assert_eq!(shown["advice"].as_array().map(Vec::len), Some(2), "{shown:#}");
    assert_eq!(shown["advice"][0]["role"], "caldicott-guardian", "{shown:#}");
    assert_eq!(shown["advice"][1]["answer"], "share-limited", "{shown:#}");
    let id = shown["id"].as_str().expect("an id");
    let written = [
        "To plan the help with the family.",
        "asking could make it worse",
        "May this go?",
        "Ines Example",
        "The bruises alone.",
        "By telephone.",
    ];
    let unasked = done(world.runs(&["decisions", "show", id])).out;
    assert!(written.iter().all(|text| !unasked.contains(text)), "{unasked}");
    assert_eq!(scene.reveals().await, 0);
    let read = done(world.runs(&["decisions", "show", id, "--reveal", "--by", "A. Ndiaye"])).out;
    for text in written {
        assert!(read.contains(text), "no {text} in {read}");
    }
    assert_eq!(scene.reveals().await, 3, "the request, the question and the answer");
    assert_eq!(world.runs(&["decisions", "show", id, "--reveal", "--by", " "]).code, 1, "who looks?");
    assert_eq!(scene.reveals().await, 3);
}

// D-S7, D-I6
#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_an_agency_that_had_no_record_of_the_child_is_found_once_it_has_one() {
    let scene = Scene::new().await;
    let Scene { world, school, visitors } = &scene;
    visitors.requests("c9", "p1", request(&school.id, &["reason"], "p1", &json!({}))).await;
    let refused = visitors.is_told("share.refused").await;
    let id = refused["data"]["decision"].as_str().expect("a decision");
    let shown = done(world.runs(&["decisions", "show", id, "--json"])).json();
    assert_eq!(shown.get("request"), None, "{shown:#}");
    let read = done(world.runs(&["decisions", "show", id, "--json", "--reveal", "--by", "A. Ndiaye"])).json();
    assert_eq!(read["request"]["child"], "c9", "{read:#}");
    assert_eq!(read["request"]["asWritten"]["whyNecessaryText"], "To plan the help with the family.");
    visitors.knows("c9", stories::facts::child("Bo", "Example", "2018-01-02", None, "ZZ2 2AA")).await;
    world.sharing_knows().await;
    let found = scene.decisions(&["visitors@", "--local", "c9"]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["id"], id);
    assert!(scene.decisions(&["visitors@", "--local", "c1"]).is_empty(), "of that child alone");
}

// D-S9
#[tokio::test(flavor = "multi_thread")]
async fn what_the_family_was_given_and_what_was_called_back_can_be_read() {
    let scene = Scene::new().await;
    let Scene { world, school, visitors } = &scene;
    let copy = json!({"to": mother(), "parts": ["identity", "strengths"], "marksLeftOut": ["informant"],
                      "language": "English", "howGiven": "read-out", "by": "p1", "on": DAY});
    school.records("family.copy-made", Some("local:c1"), by("copy-1", copy)).await;
    let line = ["consent", "show", "--agency", "school@", "--local", "c1"];
    let shown = done(world.runs(&[&line[..], &["--json"]].concat())).json();
    assert_eq!(shown["copies"][0]["parts"], json!(["identity", "strengths"]), "{shown:#}");
    assert_eq!(shown["copies"][0]["to"]["relationship"], "mother");
    assert!(!shown.to_string().contains("Rosa"), "{shown:#}");
    let earlier = done(world.runs(&[&line[..], &["--json", "--at", "2026-11-18"]].concat())).json();
    assert_eq!(earlier["copies"], json!([]));
    let read = done(world.runs(&[&line[..], &["--reveal", "--by", "A. Ndiaye"]].concat())).out;
    assert!(read.contains("Rosa Example") && read.contains("English"), "{read}");
    assert_eq!(scene.reveals().await, 1);

    school.records_consent("c1", "p1", consent(&[&visitors.id], &json!({}))).await;
    let to = [recipient(&visitors.id, "p1", "consent")];
    let offer = by("off-1", offered(&to, &[says("action-plan", "Breakfast club.")], "p1", &json!({})));
    school.records("share.offered", Some("local:c1"), offer).await;
    let delivered = visitors.is_told("share.delivered").await;
    let back = json!({"share": "off-1", "reason": "too-much", "instruction": "destroy-and-confirm",
                      "happenedOn": DAY, "incidentRef": "inc-7"});
    school.records("share.recalled", None, by("rec-1", back)).await;
    let decision = delivered["data"]["decision"].as_str().expect("a decision");
    let shown = done(world.runs(&["decisions", "show", decision, "--json"])).json();
    let called_back = &shown["deliveries"][0]["calledBack"];
    assert_eq!((&called_back["reason"], &called_back["incidentRef"]), (&json!("too-much"), &json!("inc-7")));
}

// D-C6
#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_counts_for_what_was_known_once_it_came() {
    let scene = Scene::new().await;
    let Scene { world, school, visitors } = &scene;
    school.records_consent("c1", "p1", consent(&[], &json!({}))).await;
    let wider = json!({"saidOn": "2026-11-20", "from": "2026-11-20",
                       "evidence": {"formRef": "f-1", "heldBy": visitors.id, "signature": "written"}});
    visitors.records_consent("c1", "p1", consent(&[&visitors.id], &wider)).await;
    let told = school.is_told("reminder.issued").await;
    assert_eq!(told["data"]["kind"], "consent-widened", "{told:#}");
    let show = |more: &[&str]| {
        let line = [&["consent", "show", "--json", "--agency", "school@", "--local", "c1"], more].concat();
        done(world.runs(&line)).json()
    };
    let before = show(&[]);
    assert_eq!(before["statements"][1]["confirmedAt"], Value::Null, "{before:#}");
    school.acknowledges(&told, "received-by-person", &json!({"person": "p1"})).await;
    let since = show(&[]);
    assert!(since["statements"][1]["confirmedAt"].is_string(), "{since:#}");
    assert_eq!(since["statements"][0]["confirmedAt"], Value::Null, "its own");
    let known = before["known"].as_str().expect("a moment");
    assert_eq!(show(&["--known", known])["statements"], before["statements"]);
}

// Children Act 2004 s16LA
#[tokio::test(flavor = "multi_thread")]
async fn under_the_duty_to_share_what_a_holder_judged_to_harm_the_child_stays_until_it_judges_anew() {
    let mut scene = Scene::new().await;
    let folder = own_policies(&scene.world, "duty");
    let rules = std::fs::read_to_string(folder.join("rules.toml")).expect("the switches");
    std::fs::write(folder.join("rules.toml"), switched_on(&rules, "duty-to-share")).expect("the switches");
    decide_by(&mut scene.world, &folder).await;
    let wanted = scene.wanted(&["reason"]).await;
    scene.school.declines(&wanted, "p1", "more-detrimental-to-child", &json!({})).await;
    let gives = async |on: &str| {
        let of = json!({"ground": null, "happenedOn": on});
        let duty = with(in_the_public_interest("reasonable-cause-suffering"), &of);
        let given = supplied(&[says("reason", "Bruises on both arms.")], "p1", "duty-to-share", &duty);
        let receipt = scene.school.supplies(&wanted, "p1", given).await;
        assert_eq!(receipt["data"]["state"], "recorded", "{receipt:#}");
        receipt["data"]["released"].clone()
    };
    assert_eq!(gives(DAY).await, Value::Null, "of one day the refusal holds (G7)");
    let shown = scene.judged();
    assert_eq!(parts(&shown), [["reason", "do-not-share", "more-detrimental"]]);
    assert_eq!(shown["parts"][0]["facts"]["moreDetrimental"], "yes");
    assert_eq!(shown["parts"][0]["policies"], json!(["DTS-more-detrimental"]));
    assert_eq!(gives("2026-11-20").await[0]["parts"], json!(["reason"]), "it judged anew");
}
