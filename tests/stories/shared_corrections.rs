//! What comes after something was shared: advice before it, a copy for the family, recall, correction, and a consent
//! that goes beyond what another agency recorded.

use serde_json::{Value, json};
use stories::facts::{child, nhs_number, under, with};
use stories::shared::{consent, item, mother, offered, part, recipient, request, supplied};
use stories::shared_scene::heard_of;
use stories::{Actor, Kind, World};

const DAY: &str = "2026-11-19";
const PART: &str = "dev-learning";

struct Scene {
    world: World,
    school: Actor,
    visitors: Actor,
    surgery: Actor,
    team: Actor,
}

impl Scene {
    /// Three agencies work with Ada, and one CAF team is there for her.
    async fn new() -> Self {
        let mut world = World::start().await;
        world.start_sharing().await;
        let team = world.caf_team("borough").await;
        let school = world.agency("school", Kind::School).await;
        let visitors = world.agency("visitors", Kind::HealthVisiting).await;
        let surgery = world.agency("surgery", Kind::Gp).await;
        let ada = child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA");
        for (agency, local, who, job) in [
            (&school, "c1", "t1", "teacher"),
            (&visitors, "p1", "v1", "health-visitor"),
            (&surgery, "s1", "g1", "gp"),
        ] {
            agency.vouches_for(who, "Tess Archer", job).await;
            agency.knows(local, ada.clone()).await;
            agency.works_with(local, who, "team-member").await;
        }
        world.sharing_knows().await;
        Self { world, school, visitors, surgery, team }
    }

    async fn count(&self, query: &'static str) -> i64 {
        let mut database = self.world.database_of("sharing").await;
        sqlx::query_scalar(query).fetch_one(&mut database).await.expect("a count")
    }

    /// The school gives both of the others the part unasked, as `off-1`; the receipt.
    async fn offers_to_both(&self) -> Value {
        let to = [(&self.visitors, "v1"), (&self.surgery, "g1")];
        let to = to.map(|(agency, person)| to_assess(&recipient(&agency.id, person, "consent")));
        self.offers("off-1", &to).await
    }

    async fn offers(&self, reference: &str, to: &[Value]) -> Value {
        let parts = [part(PART, &[item("Reads well.", &json!({}))])];
        let data = by("t1", "contributor", reference, offered(to, &parts, "t1", &json!({})));
        self.school.says("share.offered", Some("local:c1"), data).await
    }
}

fn to_assess(recipient: &Value) -> Value {
    with(recipient.clone(), &json!({"purpose": "assess-need"}))
}

fn by(who: &str, role: &str, reference: &str, data: Value) -> Value {
    with(under(reference, data), &json!({"practitioner": {"id": who, "roleInCase": role}}))
}

/// Says the same fact in two messages; the receipt of the first.
async fn says_twice(actor: &Actor, kind: &str, subject: Option<&str>, data: &Value) -> Value {
    let first = actor.says(kind, subject, data.clone()).await;
    assert_eq!(first["data"]["state"], "recorded", "{first:#}");
    let again = actor.says(kind, subject, data.clone()).await;
    assert_eq!(again["data"].get("released"), None, "{again:#}");
    first
}

// D-S8
#[tokio::test(flavor = "multi_thread")]
async fn what_a_holder_is_in_doubt_about_waits_for_the_advice_that_it_asked_for() {
    let scene = Scene::new().await;
    let Scene { school, visitors, .. } = &scene;
    school.records_consent("c1", "t1", consent(&[&visitors.id], &json!({}))).await;
    let asked = request(&school.id, &[PART], "v1", &json!({"purpose": "assess-need"}));
    visitors.requests("p1", "v1", asked).await;
    let wanted = school.is_told("share.wanted").await;
    let request = &wanted["data"]["request"];
    let question = json!({
        "request": request, "askedOf": {"role": "caldicott-guardian", "nameText": "Ines Example"},
        "dueBy": "2026-11-25", "questionText": "May this go?", "happenedOn": DAY,
    });
    says_twice(school, "advice.asked", None, &by("t1", "contributor", "adv-1", question)).await;
    let given = || supplied(&[part(PART, &[item("Reads well.", &json!({}))])], "t1", "consent", &json!({}));
    let receipt = school.supplies(&wanted, "t1", given()).await;
    assert_eq!(receipt["data"].get("released"), None, "the answer is awaited: {receipt:#}");
    assert_eq!(
        scene.count("SELECT count(*) FROM share WHERE state = 'wanted'").await,
        1,
        "and its time runs on"
    );

    let answer = json!({
        "request": request, "role": "caldicott-guardian", "answer": "share",
        "reasonsText": "The family agreed.", "answeredOn": DAY,
    });
    says_twice(school, "advice.given", None, &by("t1", "contributor", "adv-1", answer)).await;
    let receipt = school.supplies(&wanted, "t1", given()).await;
    assert_eq!(receipt["data"]["released"], json!([{"agencyId": visitors.id, "parts": [PART]}]));
    assert!(heard_of(visitors, "share.refused").is_empty(), "it was never told that nothing comes");
    assert_eq!(scene.count("SELECT count(*) FROM advice WHERE sealed IS NOT NULL").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn advice_about_a_request_of_others_is_refused_and_the_askers_own_holds_up_nothing() {
    let scene = Scene::new().await;
    let Scene { school, visitors, surgery, .. } = &scene;
    school.records_consent("c1", "t1", consent(&[&visitors.id], &json!({}))).await;
    let asked = request(&school.id, &[PART], "v1", &json!({"purpose": "assess-need"}));
    let message = visitors.requests("p1", "v1", asked).await;
    let wanted = school.is_told("share.wanted").await;
    let question = |request: &Value| {
        let data = json!({"request": request, "askedOf": {"role": "caldicott-guardian"},
                          "dueBy": "2026-11-25", "happenedOn": DAY});
        by("v1", "team-member", "adv-1", data)
    };
    visitors.says("advice.asked", None, question(&json!(message))).await;
    let refused = surgery.says("advice.asked", None, question(&wanted["data"]["request"])).await;
    assert_eq!(refused["data"]["code"], "unknown-reference", "{refused:#}");
    let given = supplied(&[part(PART, &[item("Reads well.", &json!({}))])], "t1", "consent", &json!({}));
    let receipt = school.supplies(&wanted, "t1", given).await;
    assert_eq!(receipt["data"]["released"], json!([{"agencyId": visitors.id, "parts": [PART]}]));
    assert_eq!(scene.count("SELECT count(*) FROM advice").await, 1);
}

// D-S9
#[tokio::test(flavor = "multi_thread")]
async fn what_the_family_was_given_is_on_record_once_and_without_a_name() {
    let scene = Scene::new().await;
    let copy = json!({
        "to": mother(), "parts": ["identity", "strengths"], "marksLeftOut": ["informant"],
        "language": "English", "howGiven": "read-out", "by": "t1", "on": DAY,
    });
    let copy = by("t1", "contributor", "copy-1", copy);
    says_twice(&scene.school, "family.copy-made", Some("local:c1"), &copy).await;
    let kept = "SELECT count(*) FROM family_copy WHERE sealed IS NOT NULL AND made::text NOT LIKE '%Rosa%'
                                                  AND made->'to'->>'relationship' = 'mother'";
    assert_eq!(scene.count(kept).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_called_back_is_asked_of_each_who_got_it_once_and_of_nobody_for_another() {
    let scene = Scene::new().await;
    let Scene { school, visitors, surgery, .. } = &scene;
    school.records_consent("c1", "t1", consent(&[&visitors.id, &surgery.id], &json!({}))).await;
    scene.offers_to_both().await;
    let delivered = [visitors.is_told("share.delivered").await, surgery.is_told("share.delivered").await];
    let recall = |reference: &str, share: &str| {
        let data = json!({"share": share, "reason": "too-much", "instruction": "destroy-and-confirm",
                          "happenedOn": DAY});
        by("t1", "contributor", reference, data)
    };
    let unknown = school.says("share.recalled", None, recall("rec-0", "off-9")).await;
    assert_eq!(unknown["data"]["code"], "unknown-reference", "{unknown:#}");
    let others =
        visitors.says("share.recalled", None, by("v1", "contributor", "rec-1", recall("x", "off-1")));
    assert_eq!(others.await["data"]["code"], "unknown-reference");
    says_twice(school, "share.recalled", None, &recall("rec-1", "off-1")).await;
    for (agency, delivered) in [visitors, surgery].into_iter().zip(&delivered) {
        let told = agency.is_told("share.recall-told").await;
        assert_eq!(told["data"]["deliveries"], json!([delivered["id"]]), "{told:#}");
        assert_eq!(told["data"]["instruction"], "destroy-and-confirm");
        let receipt = agency.acknowledges(&told, "acted", &json!({})).await;
        assert_eq!(receipt["data"]["state"], "recorded", "{receipt:#}");
    }
    assert_eq!(scene.count("SELECT count(*) FROM recall").await, 1);
    assert_eq!(scene.count("SELECT count(*) FROM asked_back WHERE acted_at IS NOT NULL").await, 2);
    assert_eq!(scene.count("SELECT count(*) FROM asked_back").await, 2, "one message each");

    let parts = [part(PART, &[item("Reads fairly well.", &json!({}))])];
    let correction = json!({"share": "off-1", "parts": parts, "happenedOn": "2026-11-20"});
    let receipt = school.says("share.corrected", None, by("t1", "contributor", "cor-1", correction)).await;
    assert_eq!(receipt["data"].get("released"), None, "nothing takes its place: {receipt:#}");
}

// D-S6
#[tokio::test(flavor = "multi_thread")]
async fn whoever_got_what_was_wrong_is_told_and_gets_what_is_right_if_it_may_still_have_it() {
    let scene = Scene::new().await;
    let Scene { school, visitors, surgery, .. } = &scene;
    let both = consent(&[&visitors.id, &surgery.id], &json!({}));
    school.records_consent("c1", "t1", both).await;
    scene.offers_to_both().await;
    let delivered = visitors.is_told("share.delivered").await;
    let narrower = consent(&[&visitors.id], &json!({"saidOn": "2026-11-20", "from": "2026-11-20"}));
    school.records_consent("c1", "t1", narrower).await;
    surgery.is_told("consent.withdrawn").await;

    let parts = [
        part(PART, &[item("Reads fairly well.", &json!({"notFor": [{"is": "child"}]}))]),
        part("par-warmth", &[item("Never sent before.", &json!({}))]),
    ];
    let correction = json!({"share": "off-1", "parts": parts, "happenedOn": "2026-11-20"});
    let correction = by("t1", "contributor", "cor-1", correction);
    let receipt = says_twice(school, "share.corrected", None, &correction).await;
    assert_eq!(receipt["data"]["released"], json!([{"agencyId": visitors.id, "parts": [PART]}]));
    let told = visitors.is_told("share.correction-told").await;
    assert_eq!(told["data"]["deliveries"], json!([delivered["id"]]), "{told:#}");
    assert_eq!(told["data"]["parts"].as_array().map(Vec::len), Some(1), "what it had not got does not come");
    assert_eq!(told["data"]["parts"][0]["items"][0]["itemText"], "Reads fairly well.");
    assert_eq!(delivered["data"].get("caveats"), None);
    assert_eq!(told["data"]["caveats"], json!([{"is": "not-to-child"}]), "LG 3.10: whom it is not for");

    let decided = "SELECT count(*) FROM decision WHERE outcome = 'do-not-share' AND told_code IS NULL";
    assert_eq!(scene.count(decided).await, 1, "the surgery's consent is gone");
    let wrong = surgery.is_told("share.correction-told").await;
    assert_eq!(
        (&wrong["data"]["parts"], &wrong["data"]["notGiven"]),
        (&json!([]), &json!([PART])),
        "{wrong:#}"
    );
    let receipt = surgery.acknowledges(&wrong, "acted", &json!({})).await;
    assert_eq!(receipt["data"]["state"], "recorded", "{receipt:#}");
    assert_eq!(scene.count("SELECT count(*) FROM decision").await, 4);
    let rests = "SELECT count(*) FROM delivery WHERE kind = 'uk.caf.share.correction-told.v1' AND content IS NOT NULL";
    assert_eq!(scene.count(rests).await, 1);
    visitors.acknowledges(&told, "received-by-system", &json!({})).await;
    assert_eq!(scene.count(rests).await, 0, "its content goes as any delivery's does (G6)");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wider_consent_that_another_agency_recorded_counts_once_it_is_confirmed() {
    let scene = Scene::new().await;
    let Scene { school, visitors, surgery, team, .. } = &scene;
    school.records_consent("c1", "t1", consent(&[&surgery.id], &json!({}))).await;
    let wider = json!({
        "saidOn": "2026-11-20", "from": "2026-11-20",
        "evidence": {"formRef": "f-1", "heldBy": surgery.id, "signature": "written"},
    });
    let wider = consent(&[&surgery.id, &visitors.id], &wider);
    let wider = by("g1", "assessor", "con-w", wider);
    says_twice(surgery, "consent.recorded", Some("local:s1"), &wider).await;
    let told = school.is_told("reminder.issued").await;
    assert_eq!(told["data"]["kind"], "consent-widened", "{told:#}");
    assert_eq!(told["data"]["role"], "ig-lead");
    let also = team.is_told("reminder.issued").await;
    assert_eq!(also["data"]["kind"], "consent-widened", "{also:#}");
    assert_eq!(scene.count("SELECT count(*) FROM consent_asked").await, 2, "each is asked once");

    let to = [to_assess(&recipient(&visitors.id, "v1", "consent"))];
    let receipt = scene.offers("off-1", &to).await;
    assert_eq!(receipt["data"].get("released"), None, "{receipt:#}");
    school.acknowledges(&told, "received-by-system", &json!({})).await;
    assert_eq!(scene.count("SELECT count(*) FROM consent_confirmed").await, 0, "no person saw it");
    for _ in 0..2 {
        school.acknowledges(&told, "received-by-person", &json!({"person": "t1"})).await;
    }
    assert_eq!(scene.count("SELECT count(*) FROM consent_confirmed").await, 1);
    let receipt = scene.offers("off-2", &to).await;
    assert_eq!(receipt["data"]["released"], json!([{"agencyId": visitors.id, "parts": [PART]}]));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_wider_consent_names_a_sensitive_service_the_caf_team_alone_is_told_and_may_confirm_it() {
    let scene = Scene::new().await;
    let Scene { world, school, visitors, surgery, team } = &scene;
    let clinic = world.sensitive_agency("clinic", Kind::SexualHealth).await;
    world.sharing_knows().await;
    school.records_consent("c1", "t1", consent(&[&surgery.id], &json!({}))).await;
    let wider = json!({
        "saidOn": "2026-11-20", "from": "2026-11-20",
        "evidence": {"formRef": "f-1", "heldBy": surgery.id, "signature": "written"},
    });
    surgery.records_consent("s1", "g1", consent(&[&clinic.id, &visitors.id], &wider)).await;
    let told = team.is_told("reminder.issued").await;
    assert_eq!(told["data"]["kind"], "consent-widened", "{told:#}");
    assert_eq!(scene.count("SELECT count(*) FROM consent_asked").await, 1);
    let to = [to_assess(&recipient(&visitors.id, "v1", "consent"))];
    team.acknowledges(&told, "received-by-system", &json!({})).await;
    assert_eq!(scene.offers("off-1", &to).await["data"].get("released"), None);
    team.acknowledges(&told, "acted", &json!({})).await;
    let receipt = scene.offers("off-2", &to).await;
    assert_eq!(receipt["data"]["released"], json!([{"agencyId": visitors.id, "parts": [PART]}]));
}
