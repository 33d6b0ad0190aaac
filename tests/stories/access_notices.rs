//! Each agency learns the next day which of its children's records were shown to others; never by whom
//! in person, and nothing that names a sensitive service (D-I6, codes §8).

use serde_json::{Value, json};
use stories::facts::{child, intention, nhs_number, under};
use stories::{Actor, Kind, World, until};

const NIGHT: &str = "2026-11-22T02:00:00Z";

fn ada() -> Value {
    child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA")
}

/// Waits until every digest was written and published.
async fn digests_are_sent(world: &World) {
    let mut database = world.database().await;
    until("the digests", async || {
        let open: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM timer WHERE look_at <= $1::timestamptz OR kind = 'digest'",
        )
        .bind(NIGHT)
        .fetch_one(&mut database)
        .await
        .expect("a count");
        (open == 0).then_some(())
    })
    .await;
    world.outbox_is_empty("index").await;
}

/// What an agency was told, each notice without its id.
fn notices(agency: &Actor) -> Vec<Value> {
    let heard = agency.heard.all().into_iter().filter(|json| json["type"] == "uk.caf.access.notified.v1");
    heard.flat_map(|json| json["data"]["notices"].as_array().expect("notices").clone()).collect()
}

async fn hears(agency: &Actor, count: usize) -> Vec<Value> {
    until("the notices", async || (notices(agency).len() >= count).then_some(())).await;
    let all = notices(agency);
    assert_eq!(all.len(), count, "{all:#?}");
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_is_told_the_next_day_and_a_notice_leads_to_its_decision() {
    let mut world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let visitors = world.agency("visitors", Kind::HealthVisiting).await;
    let housing = world.agency("housing", Kind::Housing).await;
    let clinic = world.sensitive_agency("oakfield", Kind::SexualHealth).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    visitors.vouches_for("v1", "Vera Noble", "health-visitor").await;
    housing.vouches_for("h1", "Hal Brook", "housing-officer").await;
    clinic.vouches_for("n1", "Nan Cole", "sexual-health-worker").await;
    let of_school = school.knows("c1", ada()).await;
    school.works_with("c1", "t1", "team-member").await;
    school.starts_caf("c1", "t1").await;
    clinic.knows("p1", ada()).await;
    clinic.works_with("p1", "n1", "team-member").await;

    visitors.asks_for("v1", &nhs_number(1)).await;
    clinic.asks_for("n1", &nhs_number(1)).await;
    school.asks_for("t1", &nhs_number(1)).await;
    // The advice names the assessor as contact: the CAF was shown, and no involvement.
    let mut intended = under("n-1", intention("h1"));
    intended["child"] = json!({"names": ada()["names"], "birth": ada()["birth"], "gender": "not-known",
        "identifiers": ada()["identifiers"], "addresses": ada()["addresses"]});
    let advice = housing.intends(None, intended).await;
    assert_eq!(advice["data"]["code"], "open-caf-speak-to-lead", "{advice}");

    world.index.stop().await;
    world.restart_at(NIGHT).await;
    digests_are_sent(&world).await;
    let told = hears(&school, 6).await;
    let mut shown: Vec<Value> = told
        .iter()
        .map(|notice| {
            assert_eq!((&notice["childRef"], &notice["localId"]), (&json!(of_school), &json!("c1")));
            assert_eq!(notice["day"], "2026-11-21");
            json!([notice["kind"], notice["purpose"], notice["byAgencyKind"]])
        })
        .collect();
    shown.sort_by_key(Value::to_string);
    let lookup = "find-lead-or-key-worker";
    assert_eq!(
        json!(shown),
        json!([
            ["caf-shown", "avoid-duplicate-assessment", "housing"],
            ["caf-shown", lookup, "health-visiting"],
            ["caf-shown", lookup, null],
            ["contact-shown", "avoid-duplicate-assessment", "housing"],
            ["contact-shown", lookup, "health-visiting"],
            ["contact-shown", lookup, null],
        ])
    );
    assert_eq!(notices(&clinic), Vec::<Value>::new(), "nothing of the clinic was shown to anybody");
    assert!(!json!(told).to_string().contains("Vera"), "never by whom in person");

    let of_visitors = told.iter().find(|notice| notice["byAgencyKind"] == "health-visiting").expect("one");
    let decision = world.caf(&["decisions", "show", of_visitors["ref"].as_str().expect("an id"), "--json"]);
    let decision: Value = serde_json::from_slice(&decision.stdout).expect("a decision");
    assert_eq!(decision["practitioner"], "v1");

    world.index.kill();
    world.restart_at("2026-11-23T02:00:00Z").await;
    digests_are_sent(&world).await;
    hears(&school, 6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_many_lookups_is_told_in_messages_of_a_hundred() {
    let mut world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let visitors = world.agency("visitors", Kind::HealthVisiting).await;
    school.vouches_for("t1", "Tess Archer", "teacher").await;
    visitors.vouches_for("v1", "Vera Noble", "health-visitor").await;
    school.knows("c1", ada()).await;
    school.works_with("c1", "t1", "team-member").await;
    let by = json!({"identifiers": [{"kind": "nhs-number", "value": nhs_number(1)}]});
    let data = json!({"purpose": "find-lead-or-key-worker", "practitioner": {"id": "v1"}, "by": by});
    let lookups: Vec<_> = (0..130).map(|_| visitors.message("index.looked-up", None, data.clone())).collect();
    visitors.send_at_once(&lookups).await;
    world.index.stop().await;
    world.restart_at(NIGHT).await;
    digests_are_sent(&world).await;
    hears(&school, 130).await;
    let messages = school.heard.all();
    let digests = messages.iter().filter(|json| json["type"] == "uk.caf.access.notified.v1");
    let mut sizes: Vec<usize> =
        digests.map(|json| json["data"]["notices"].as_array().map_or(0, Vec::len)).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [30, 100]);
}
