//! What is due of consents: their reviews, the birthdays on which somebody else is to be asked, reminders that nobody
//! answers, and advice that nobody gives. Each is told once, also where the service was away when it came due.

use serde_json::{Value, json};
use stories::facts::{child, nhs_number, under, with};
use stories::shared::{consent, request};
use stories::shared_scene::{ada, heard_of};
use stories::{Actor, Kind, World, until};

/// A school that recorded what was agreed, and somebody who asks it; the CAF team of their area.
async fn scene(world: &World) -> (Actor, Actor, Actor) {
    let team = world.caf_team("borough").await;
    let school = world.member("school", Kind::School, "teacher", ada()).await;
    let visitors = world.member("visitors", Kind::HealthVisiting, "health-visitor", ada()).await;
    world.sharing_knows().await;
    (school, visitors, team)
}

/// What an agency is reminded of for the `count`th time.
async fn reminded(agency: &Actor, count: usize) -> (String, String, String, Value) {
    let told = agency.is_told_again("reminder.issued", count).await;
    let text = |name: &str| told["data"][name].as_str().expect("a code or a day").to_owned();
    (text("kind"), text("due"), text("role"), told["data"]["ref"].clone())
}

fn reminder(kind: &str, due: &str, role: &str, reference: &str) -> (String, String, String, Value) {
    (kind.to_owned(), due.to_owned(), role.to_owned(), json!(reference))
}

/// Waits until no timer of that kind goes off before a day.
async fn all_is_looked_at(world: &World, kind: &str, before: &str) {
    let mut database = world.database_of("sharing").await;
    until("nothing is due any more", async || {
        let waiting = "SELECT count(*) FROM timer WHERE kind = $1 AND look_at < $2::date";
        let waiting = sqlx::query_scalar::<_, i64>(waiting).bind(kind).bind(before);
        (waiting.fetch_one(&mut database).await.expect("a count") == 0).then_some(())
    })
    .await;
}

async fn count(world: &World, query: &'static str) -> i64 {
    let mut database = world.database_of("sharing").await;
    sqlx::query_scalar(query).fetch_one(&mut database).await.expect("a count")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_announced_three_times_to_who_recorded_it_and_to_the_lead_and_past_it_requests_wait() {
    let mut world = World::with_sharing().await;
    let (school, visitors, team) = scene(&world).await;
    let surgery = world.agency("surgery", Kind::Gp).await;
    surgery.vouches_for("g1", "Gia Example", "gp").await;
    let leads = surgery.knows("s1", ada()).await;
    surgery.works_with("s1", "g1", "lead-professional").await;
    world.sharing_knows().await;
    let said = school.records_consent("c1", "p1", consent(&[&visitors.id], &json!({}))).await;

    let warnings = [
        ("2027-09-20T07:00:00Z", "consent-review-60"),
        ("2027-10-20T07:00:00Z", "consent-review-30"),
        ("2027-11-12T07:00:00Z", "consent-review-7"),
        // The day after is a Saturday.
        ("2027-11-22T07:00:00Z", "consent-review"),
    ];
    for (time, (now, kind)) in warnings.into_iter().enumerate() {
        world.restart_at(now).await;
        assert_eq!(reminded(&school, time).await, reminder(kind, "2027-11-19", "owner", &said));
        let lead = reminded(&surgery, time).await;
        assert_eq!(lead, reminder(kind, "2027-11-19", "lead-professional", &leads));
        world.restart_at(&now.replace("07:00", "08:00")).await;
        // Whatever is said of the child has its consents looked at again.
        school.knows("c1", ada()).await;
        world.sharing_knows().await;
        all_is_looked_at(&world, "consent", "2000-01-01").await;
    }
    let second = reminded(&team, 0).await;
    assert_eq!((second.0.as_str(), second.2.as_str()), ("consent-review", "second-owner"));
    for agency in [&school, &surgery] {
        assert_eq!(heard_of(agency, "reminder.issued").len(), 4, "each once");
    }

    let asked = request(&school.id, &["dev-learning"], "p1", &json!({"purpose": "assess-need"}));
    visitors.requests("c1", "p1", asked).await;
    assert_eq!(visitors.is_told("share.refused").await["data"]["toldCode"], "ask-caf-team");
    let pending = "SELECT count(*) FROM decision WHERE outcome = 'pending-consent'";
    assert_eq!(count(&world, pending).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_sixteen_the_young_person_is_to_be_asked_and_at_eighteen_a_parents_consent_ends() {
    let mut world = World::with_sharing().await;
    let school = world.agency("school", Kind::School).await;
    school.vouches_for("p1", "Pat Worker", "teacher").await;
    let born = |number, given, on| child(given, "Example", on, Some(&nhs_number(number)), "ZZ1 1AA");
    school.knows("c1", born(1, "Ada", "2010-12-25")).await;
    school.knows("c2", born(2, "Ben", "2009-01-05")).await;
    world.sharing_knows().await;
    let of_ada = school.records_consent("c1", "p1", consent(&[], &json!({}))).await;
    let of_ben = school.records_consent("c2", "p1", consent(&[], &json!({}))).await;
    all_is_looked_at(&world, "consent", "2026-11-22").await;
    school.knows("c1", born(1, "Ada", "2010-11-25")).await;
    world.sharing_knows().await;

    world.restart_at("2026-11-25T07:00:00Z").await;
    let asks = reminder("ask-the-young-person", "2026-11-25", "owner", &of_ada);
    assert_eq!(reminded(&school, 0).await, asks);
    world.restart_at("2027-01-05T07:00:00Z").await;
    let ends = reminder("parental-consent-ends", "2027-01-05", "owner", &of_ben);
    assert_eq!(reminded(&school, 1).await, ends);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_of_a_child_before_it_was_known_is_due_once_it_is() {
    let mut world = World::with_sharing().await;
    let school = world.agency("school", Kind::School).await;
    school.vouches_for("p1", "Pat Worker", "teacher").await;
    world.sharing_knows().await;
    let soon = json!({"reviewBy": "2027-01-22"});
    let said = school.records_consent("c1", "p1", consent(&[], &soon)).await;
    school.knows("c1", ada()).await;
    world.sharing_knows().await;
    world.restart_at("2026-11-23T07:00:00Z").await;
    let warned = reminder("consent-review-60", "2027-01-22", "owner", &said);
    assert_eq!(reminded(&school, 0).await, warned);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_answer_that_a_consent_was_widened_is_asked_again_until_somebody_does() {
    let mut world = World::with_sharing().await;
    let (school, visitors, team) = scene(&world).await;
    // The wider one is said later, and known first.
    let wider = json!({
        "saidOn": "2026-11-20", "from": "2026-11-20",
        "evidence": {"formRef": "f-1", "heldBy": visitors.id, "signature": "written"},
    });
    visitors.records_consent("c1", "p1", consent(&[&visitors.id], &wider)).await;
    school.records_consent("c1", "p1", consent(&[&school.id], &json!({}))).await;
    for agency in [&school, &team] {
        assert_eq!(reminded(agency, 0).await.0, "consent-widened");
    }
    world.restart_at("2026-11-24T18:00:00Z").await;
    for agency in [&school, &team] {
        assert_eq!(reminded(agency, 1).await.0, "consent-widened");
    }
    let again = heard_of(&school, "reminder.issued").remove(1);
    school.acknowledges(&again, "received-by-person", &json!({"person": "p1"})).await;
    assert_eq!(count(&world, "SELECT count(*) FROM consent_confirmed").await, 1);
    world.restart_at("2026-11-30T18:00:00Z").await;
    all_is_looked_at(&world, "widened", "2999-01-01").await;
    assert_eq!(count(&world, "SELECT count(*) FROM consent_asked").await, 4, "nobody is asked any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn advice_that_is_not_given_by_its_date_is_told_to_who_asked_for_it() {
    let mut world = World::with_sharing().await;
    let (school, visitors, _) = scene(&world).await;
    school.records_consent("c1", "p1", consent(&[&visitors.id], &json!({}))).await;
    let asked = request(&school.id, &["dev-learning"], "p1", &json!({"purpose": "assess-need"}));
    visitors.requests("c1", "p1", asked).await;
    let wanted = school.is_told("share.wanted").await;
    let question = |reference: &str, due: &str| {
        let by = json!({
            "request": wanted["data"]["request"], "practitioner": {"id": "p1", "roleInCase": "contributor"},
            "askedOf": {"role": "caldicott-guardian"}, "dueBy": due, "questionText": "May this go?",
        });
        with(under(reference, by), &json!({"happenedOn": "2026-11-19"}))
    };
    school.records("advice.asked", None, question("adv-1", "2026-11-24")).await;
    world.restart_at("2026-11-24T18:00:00Z").await;
    let overdue = reminder("pending-advice", "2026-11-24", "owner", "adv-1");
    assert_eq!(reminded(&school, 0).await, overdue);
}
