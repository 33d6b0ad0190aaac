//! Who may write down what another agency told (D-A3): a CAF team, in every type about a child.

use std::collections::BTreeSet;

use schemas::catalogue::{Exchange, entries};
use serde_json::{Value, json};
use stories::facts::{caf, child, intention, involvement, nhs_number, step, under};
use stories::{Actor, Kind, World};

use crate::caf_marks::{self, for_another};

/// One statement of each type about a child, for another.
fn for_others(agency: &Actor) -> Vec<(&'static str, Option<&'static str>, Value)> {
    let caf_ref = format!("{}/f-1", agency.id);
    let ada = child("Ada", "Example", "2017-03-04", Some(&nhs_number(1)), "ZZ1 1AA");
    let ended = json!({"involvementRef": "i-1", "endedOn": "2026-11-01", "endedReason": "moved"});
    let [closed, reopened, withdrawn] = caf_marks::endings();
    let steps = [
        caf_marks::completed("2026-11-02"),
        caf_marks::returned(),
        caf_marks::transferred("proposed"),
        closed,
        reopened,
        withdrawn,
    ];
    let steps = steps.map(|(kind, more)| (kind, step(&caf_ref, ("p1", "coordinator"), &more)));
    let about_ada = [
        ("child.recorded", ada.clone()),
        ("child.corrected", json!({"path": "/names", "value": ada["names"], "happenedOn": "2026-11-02"})),
        ("involvement.recorded", involvement("p1", "team-member", "Support")),
        ("involvement.ended", ended),
        ("caf.intended", intention("p1")),
        ("caf.started", caf(&caf_ref, "p1")),
    ];
    let about_ada = about_ada.into_iter().chain(steps).map(|(kind, data)| (kind, Some("local:c1"), data));
    let refused = ("caf.refused", None, caf_marks::refusal("p1", "refused"));
    let all = about_ada.chain([refused]);
    all.map(|(kind, subject, data)| (kind, subject, for_another(under(kind, data)))).collect()
}

/// The types that may say for whom they were written down (docs/contract.md).
fn by_catalogue() -> BTreeSet<String> {
    let sent = entries().iter().filter(|entry| entry.exchange == Exchange::In);
    let of_children =
        sent.filter(|entry| ["child", "involvement", "caf"].contains(&entry.message_type.noun()));
    of_children.map(|entry| format!("{}.{}", entry.message_type.noun(), entry.message_type.verb())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caf_team_writes_down_every_type_for_others_and_a_school_none() {
    let world = World::start().await;
    let school = world.agency("school", Kind::School).await;
    let team = world.caf_team("borough").await;
    world.caf_team("county").await;
    for agency in [&school, &team] {
        agency.vouches_for("p1", "Pat Marlow", "other").await;
    }
    let said: BTreeSet<String> = for_others(&school).iter().map(|(kind, ..)| (*kind).to_owned()).collect();
    assert_eq!(said, by_catalogue());

    for (kind, subject, data) in for_others(&school) {
        let receipt = school.says(kind, subject, data).await;
        assert_eq!(receipt["data"]["code"], "not-yours", "{kind}: {receipt}");
        assert_eq!(receipt["data"]["pointers"][0]["at"], "/data/onBehalfOf", "{kind}: {receipt}");
    }
    for (kind, subject, data) in for_others(&team) {
        if kind == "caf.intended" {
            // Answered by advice, too.
            team.intends(subject, data).await;
        } else {
            team.records(kind, subject, data).await;
        }
    }
    told_by_a_childminder_without_name_and_number(&world).await;
}

/// In each table whose rows are statements; a refusal alone keeps by whom to ask (`personal_data`).
async fn told_by_a_childminder_without_name_and_number(world: &World) {
    let mut database = world.database().await;
    for table in ["record", "involvement", "caf", "intention"] {
        let query = format!("SELECT told_by FROM {table} WHERE told_by IS NOT NULL");
        let query = sqlx::query_scalar(sqlx::AssertSqlSafe(query));
        let kept: Vec<Value> = query.fetch_all(&mut database).await.expect("the database answers");
        assert_eq!(kept, [json!({"agencyId": "zoe-minder", "how": "phone"})], "{table}");
    }
}
