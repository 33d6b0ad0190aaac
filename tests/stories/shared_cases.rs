//! Worked cases: what families, schools, clinics, surgeries and councils do, and who gets to know what.

use serde_json::{Value, json};
use stories::facts::{child, nhs_number, restriction, under, with};
use stories::shared::{consent, in_the_public_interest, item, offered, part, recipient, request, supplied};
use stories::shared_scene::{ada, delivered, heard_of, says};
use stories::{Actor, Kind, World};

/// What was decided of the child, the last first.
async fn decisions(world: &World, of: &str, recipient: &Actor) -> Vec<(String, String, Value)> {
    let mut database = world.database_of("sharing").await;
    sqlx::query_as(
        "SELECT outcome, rules_hash, cases FROM decision WHERE stage = $1 AND recipient = $2
         ORDER BY decided_at DESC, decision_id DESC",
    )
    .bind(of)
    .bind(recipient.id.as_str())
    .fetch_all(&mut database)
    .await
    .expect("decisions")
}

/// The codes of all that was withheld.
fn codes(cases: &Value) -> Vec<&str> {
    cases["cases"].as_array().into_iter().flatten().filter_map(|case| case["code"].as_str()).collect()
}

/// What the school wrote down, one thing of it about her mother.
fn form_of_ada() -> [Value; 5] {
    [
        says("identity", "Ada Example, nine."),
        says("household", "Lives with her mother."),
        part(
            "env-housing-work-money",
            &[
                item("The flat is damp.", &json!({})),
                item(
                    "Her mother is ill.",
                    &json!({"about": {"is": "parent", "person": {"relationship": "mother", "name": "Rosa Example"}}}),
                ),
            ],
        ),
        says("dev-learning", "Reads well."),
        says("action-plan", "A dry flat."),
    ]
}

// D-C5, D-C8, D-S2, D-S6
#[tokio::test(flavor = "multi_thread")]
async fn a_mother_names_health_and_housing_and_leaves_youth_justice_out() {
    let world = World::with_sharing().await;
    let team = world.caf_team("borough").await;
    let school = world.member("school", Kind::School, "teacher", ada()).await;
    let surgery = world.member("surgery", Kind::Gp, "gp", ada()).await;
    let housing = world.member("housing", Kind::Housing, "housing-officer", ada()).await;
    let yot = world.member("yot", Kind::Yot, "yot-worker", ada()).await;
    school.starts_caf("c1", "p1").await;
    world.sharing_knows().await;
    let limits = json!({"scope": {
        "agencies": {"named": [surgery.id, housing.id], "excluded": {"agencies": [yot.id]}},
        "parts": {"included": "all"}, "aboutPersons": [{"is": "child"}],
    }});
    school.records_consent("c1", "p1", consent(&[], &limits)).await;

    let for_all = json!({"agencyId": team.id, "purpose": "quality-check", "practiceBasis": "consent"});
    let of_housing = json!({"agencyId": housing.id, "person": "p1", "purpose": "refer-for-service",
                            "practiceBasis": "consent"});
    let receipt =
        school.offers("c1", "p1", offered(&[for_all, of_housing], &form_of_ada(), "p1", &json!({}))).await;
    assert_eq!(receipt["data"]["released"].as_array().map(Vec::len), Some(2), "{receipt:#}");
    let of_housing = housing.is_told("share.delivered").await;
    assert_eq!(
        delivered(&of_housing),
        [
            ("identity", vec!["Ada Example, nine."]),
            ("household", vec!["Lives with her mother."]),
            ("env-housing-work-money", vec!["The flat is damp."]),
            ("action-plan", vec!["A dry flat."]),
        ]
    );
    assert_eq!(of_housing["data"]["toldCode"], "shared", "nothing tells that there is more");
    let copy = team.is_told("share.delivered").await;
    let parts: Vec<&str> = delivered(&copy).into_iter().map(|(part, _)| part).collect();
    assert_eq!(parts, ["identity", "household", "env-housing-work-money", "dev-learning", "action-plan"]);

    // That there is a CAF everybody who works with the child may know; no more than that.
    let shown = yot.looks_up_own("p1", "local:c1").await;
    assert_eq!(shown["data"]["cafMark"], "open", "{shown:#}");
    assert_eq!(shown["data"]["cafContact"]["agencyName"], "school (invented)");
    let asked = request(&school.id, &["action-plan"], "p1", &json!({}));
    yot.requests("c1", "p1", asked).await;
    let told = yot.is_told("share.refused").await;
    assert_eq!(told["data"]["toldCode"], "not-shared");
    assert!(told["data"]["safetyNote"].is_object() || told["data"]["safetyNote"].is_string(), "{told:#}");
    assert!(heard_of(&school, "share.wanted").is_empty(), "the school is not even asked");
    let (outcome, rules, cases) = decisions(&world, "request", &yot).await.remove(0);
    assert_eq!((outcome.as_str(), codes(&cases)), ("do-not-share", vec!["consent-excludes-agency"]));
    let (outcome, same_rules, cases) = decisions(&world, "release", &housing).await.remove(0);
    assert_eq!(outcome, "share-in-part", "{cases:#}");
    assert_eq!(rules, same_rules, "both answers are recorded with the rules that gave them");
}

// D-C4, D-S4, D-S7
#[tokio::test(flavor = "multi_thread")]
async fn a_girl_of_fourteen_says_no_and_only_a_concern_for_her_safety_leaves_the_clinic() {
    let girl = || child("Gia", "Example", "2012-05-06", Some(&nhs_number(2)), "ZZ1 1AB");
    let world = World::with_sharing().await;
    let school = world.member("school", Kind::School, "teacher", girl()).await;
    let front_door = world.member("front-door", Kind::Mash, "social-worker", girl()).await;
    let clinic = world.sensitive_agency("oakfield", Kind::SexualHealth).await;
    clinic.takes_on("sexual-health-worker", girl()).await;
    world.sharing_knows().await;
    let says_no = json!({
        "person": {"is": "child"}, "capacity": "child-12-15-understands",
        "acts": ["store-and-share", "show-sensitive-service"], "decision": "refused",
        "scope": null, "explained": null, "from": null, "reviewBy": null,
        "understanding": {"judgement": "understands", "aboutWhatText": "Whether others may know of her visits.",
                          "by": "p1", "on": "2026-11-18", "parentsInvolved": "young-person-declined"},
    });
    clinic.records_consent("c1", "p1", consent(&[], &says_no)).await;
    let kinds = json!({"scope": {"agencies": {"named": [front_door.id, clinic.id, school.id]},
                                 "parts": {"included": "all"}, "aboutPersons": [{"is": "child"}]}});
    school.records_consent("c1", "p1", consent(&[], &kinds)).await;

    // The mother's yes does not reach what the girl keeps to herself (D-C4).
    let to = recipient(&front_door.id, "p1", "consent");
    let parts = [says("dev-health", "Attends the clinic.")];
    let receipt = clinic.offers("c1", "p1", offered(&[to], &parts, "p1", &json!({}))).await;
    assert_eq!(receipt["data"]["released"], Value::Null, "{receipt:#}");
    let (outcome, _, cases) = decisions(&world, "release", &front_door).await.remove(0);
    assert_eq!(outcome, "do-not-share", "{cases:#}");
    // Whoever asks is answered as where there is nobody, and the clinic hears of it no more than they do.
    let asked = request(&clinic.id, &["dev-health"], "p1", &json!({"purpose": "assess-need"}));
    school.requests("c1", "p1", asked).await;
    assert_eq!(school.is_told("share.refused").await["data"]["toldCode"], "not-shared");
    assert!(heard_of(&clinic, "share.wanted").is_empty());

    // Bruising is seen: what protects her goes, and no more (D-S1, D-S4).
    let to = json!({"agencyId": front_door.id, "purpose": "safeguarding-enquiry",
                    "practiceBasis": "public-interest"});
    let parts = [says("reason", "Bruises on both arms.")];
    let concern = json!({"urgency": "now", "consentPosition": "refused", "whyNotAsked": null});
    let concern = with(in_the_public_interest("reasonable-cause-suffering"), &concern);
    let receipt = clinic.offers("c1", "p1", offered(&[to], &parts, "p1", &concern)).await;
    let expected = json!([{"agencyId": front_door.id, "parts": ["reason"]}]);
    assert_eq!(receipt["data"]["released"], expected, "{receipt:#}");
    let alert = front_door.is_told("share.delivered").await;
    assert_eq!(delivered(&alert), [("reason", vec!["Bruises on both arms."])]);
    assert_eq!(alert["data"]["to"], json!({"dutyDesk": true}));
    let mut database = world.database_of("sharing").await;
    let (told, judged): (Value, Option<String>) = sqlx::query_as(
        "SELECT family_told, decided_by FROM decision WHERE outcome = 'share' AND stage = 'release'",
    )
    .fetch_one(&mut database)
    .await
    .expect("the decision");
    assert_eq!(told["when"], "not-told");
    assert_eq!(judged.as_deref(), Some("p1"), "a person judged");
    for other in [&school, &clinic] {
        assert!(heard_of(other, "share.delivered").is_empty());
    }
    assert!(heard_of(&school, "reminder.issued").is_empty(), "no notice to the family's school");
    let alert = clinic.is_told("reminder.issued").await;
    assert_eq!(alert["data"]["kind"], "shared-without-consent", "{alert:#}");
    assert_eq!(alert["data"]["role"], "ig-lead");
    assert_eq!(heard_of(&clinic, "reminder.issued").len(), 1, "its adviser alone, once");
}

// D-C6, D-I6
#[tokio::test(flavor = "multi_thread")]
async fn parents_apart_disagree_and_where_they_live_is_told_to_nobody() {
    let world = World::with_sharing().await;
    let social = world.member("social", Kind::SocialCare, "social-worker", ada()).await;
    let school = world.member("school", Kind::School, "teacher", ada()).await;
    let visitors = world.member("visitors", Kind::HealthVisiting, "health-visitor", ada()).await;
    let surgery = world.member("surgery", Kind::Gp, "gp", ada()).await;
    social.records("restriction.set", Some("local:c1"), under("r-1", restriction("address"))).await;
    world.sharing_knows().await;
    let limits = json!({"scope": {
        "agencies": {"named": [visitors.id], "excluded": {"agencies": [surgery.id]}},
        "parts": {"included": "all"}, "aboutPersons": [{"is": "child"}],
    }});
    school.records_consent("c1", "p1", consent(&[], &limits)).await;

    // Her limits and her safety: the address is not in what she agreed to show.
    let form = [says("household", "At her aunt's."), says("action-plan", "A mentor.")];
    let to = recipient(&visitors.id, "p1", "consent");
    school.offers("c1", "p1", offered(&[to], &form, "p1", &json!({}))).await;
    let came = visitors.is_told("share.delivered").await;
    assert_eq!(delivered(&came), [("action-plan", vec!["A mentor."])]);
    let (_, _, cases) = decisions(&world, "release", &visitors).await.remove(0);
    assert_eq!(codes(&cases), ["restricted"], "{cases:#}");

    // The father agrees to all, later: that does not replace what she said, and a person is asked (MG 4.15).
    let yes_to_all = json!({"person": {"is": "adult", "relationship": "father", "name": "Otto Example"},
                            "saidOn": "2026-11-20", "from": "2026-11-20"});
    school.records_consent("c1", "p1", consent(&[&visitors.id, &surgery.id], &yes_to_all)).await;
    let to = recipient(&surgery.id, "p1", "consent");
    let plan = [says("action-plan", "A mentor.")];
    let receipt = school.offers("c1", "p1", offered(&[to], &plan, "p1", &json!({}))).await;
    assert_eq!(receipt["data"]["released"], Value::Null, "{receipt:#}");
    let (outcome, _, cases) = decisions(&world, "release", &surgery).await.remove(0);
    assert_eq!(outcome, "pending-advice", "{cases:#}");
    // What both agree to passes still.
    let to = recipient(&visitors.id, "p1", "consent");
    let receipt = school.offers("c1", "p1", offered(&[to], &plan, "p1", &json!({}))).await;
    assert_eq!(receipt["data"]["released"][0]["parts"], json!(["action-plan"]), "{receipt:#}");
    // A restricted child is nobody's to ask for, whoever agreed (D-I6).
    visitors.requests("c1", "p1", request(&school.id, &["action-plan"], "p1", &json!({}))).await;
    assert_eq!(visitors.is_told("share.refused").await["data"]["toldCode"], "not-shared");
    assert!(heard_of(&school, "share.wanted").is_empty());
}

/// In doubt the doctor asks the Caldicott Guardian: until the answer nothing goes, and the answer sets limits (D-S8).
async fn is_advised_to_share_in_part(world: &World, surgery: &Actor, wanted: &Value, given: &Value) {
    let of = json!({"request": wanted["data"]["request"], "practitioner": {"id": "p1", "roleInCase": "contributor"}});
    let asked = json!({"askedOf": {"role": "caldicott-guardian", "nameText": "Ines Example"}, "dueBy": "2026-11-23",
                       "questionText": "How much of his treatment?", "happenedOn": "2026-11-20"});
    surgery.records("advice.asked", None, under("adv-1", with(asked, &of))).await;
    let receipt = surgery.supplies(wanted, "p1", given.clone()).await;
    assert_eq!(receipt["data"]["released"], Value::Null, "the answer is awaited: {receipt:#}");
    let reminder = surgery.is_told("reminder.issued").await;
    assert_eq!(
        (&reminder["data"]["kind"], &reminder["data"]["role"]),
        (&json!("pending-advice"), &json!("ig-lead"))
    );
    let answer = json!({"role": "caldicott-guardian", "answer": "share-limited", "answeredOn": "2026-11-21",
                        "reasonsText": "Of him, what bears on his care; of others, nothing."});
    surgery.records("advice.given", None, under("adv-1", with(answer, &of))).await;
    let mut database = world.database_of("sharing").await;
    let kept = "SELECT answer FROM advice WHERE sealed IS NOT NULL AND answer IS NOT NULL";
    let kept: Vec<String> = sqlx::query_scalar(kept).fetch_all(&mut database).await.expect("advice");
    assert_eq!(kept, ["share-limited"], "what was advised is in the record, its words sealed");
}

// D-C8, D-S4, D-S5, D-S8
#[tokio::test(flavor = "multi_thread")]
async fn a_surgery_shares_part_of_what_it_knows_of_a_father_and_withholds_the_rest() {
    let world = World::with_sharing().await;
    let council = world.member("council", Kind::SocialCare, "social-worker", ada()).await;
    let surgery = world.member("surgery", Kind::Gp, "gp", ada()).await;
    world.sharing_knows().await;
    let father = json!({"is": "parent", "person": {"relationship": "father", "name": "Otto Example"}});
    let mut asked = with(
        in_the_public_interest("reasonable-cause-at-risk"),
        &json!({
            "recordExtract": {"needText": "Whether treatment affects his care.", "about": father},
            "purpose": "step-up-child-in-need", "practiceBasis": "public-interest", "urgency": "soon",
        }),
    );
    asked["parts"] = Value::Null;
    let sent = council.requests("c1", "p1", request(&surgery.id, &[], "p1", &asked)).await;
    let wanted = surgery.is_told("share.wanted").await;
    assert_eq!(wanted["data"]["judgementNeeded"], true, "nothing is released on the asker's word (D-S5)");
    assert_eq!(wanted["data"]["dueBy"], "2026-11-24T17:00:00Z", "two working days from a Saturday");

    let extract = part(
        "record-extract",
        &[
            item("In treatment, and steady.", &json!({"about": father})),
            item(
                "What his brother told.",
                &json!({"about": {"is": "other-person"}, "notFor": [{"is": "agency-kind", "kind": "social-care"}]}),
            ),
        ],
    );
    // Were it to protect the child, the advice would hold up nothing (D-S1).
    let without = in_the_public_interest("other-judged-on-the-facts");
    let given = supplied(&[extract], "p1", "public-interest", &without);
    is_advised_to_share_in_part(&world, &surgery, &wanted, &given).await;
    let receipt = surgery.supplies(&wanted, "p1", given).await;
    assert_eq!(receipt["data"]["released"][0]["parts"], json!(["record-extract"]), "{receipt:#}");
    let came = council.is_told("share.delivered").await;
    assert_eq!(came["data"]["request"], json!(sent));
    assert_eq!(delivered(&came), [("record-extract", vec!["In treatment, and steady."])]);
    assert_eq!(came["data"]["toldCode"], "shared-as-far-as-the-decision-allows");
    for kept in ["brother", "caldicott", "Ines", "advice"] {
        assert!(!came.to_string().contains(kept), "{kept} in {came:#}");
    }

    let why = json!({"declineText": "The rest is about others."});
    surgery.declines(&wanted, "p1", "about-another-person", &why).await;
    let all = decisions(&world, "release", &council).await;
    let outcomes: Vec<&str> = all.iter().map(|(outcome, ..)| outcome.as_str()).collect();
    let expected = ["do-not-share", "share-in-part", "pending-advice"];
    assert_eq!(outcomes, expected, "both halves are in the record, and that it waited");
    assert!(heard_of(&council, "share.refused").is_empty(), "and the council hears no more");
}
