//! Nothing separates "you may not know" from "there is no such thing" (D-I6, G5).

use serde_json::{Value, json};
use stories::facts::{child, nhs_number, restriction, under};
use stories::shared::{consent, request};
use stories::{Actor, Kind, World};

/// The message without what differs between any two: ids and times.
fn bare(message: &str) -> String {
    let is_id = |text: &str| text.len() == 36 && text.matches('-').count() == 4;
    let words = message.split('"').map(|word| match word.strip_prefix("child:") {
        Some(of) if is_id(of) => "child:ID",
        _ if is_id(word) => "ID",
        _ if word.starts_with("2026-") => "TIME",
        _ => word,
    });
    words.collect::<Vec<_>>().join("\"")
}

/// All that comes of a request, in its order; the first also as it stood on the wire.
async fn answers(asker: &Actor, child: &str, request: Value) -> Vec<String> {
    let id = asker.requests(child, "p1", request).await;
    asker.hears_again(&id, 1).await;
    let mut all = vec![bare(&asker.heard.wire_answer_to(&id))];
    all.extend(asker.heard.answers_to(&id).iter().map(|answer| bare(&answer.to_string())));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_may_not_be_is_answered_as_one_about_nobody() {
    let world = World::with_sharing().await;
    let school = world.agency("school", Kind::School).await;
    let surgery = world.agency("surgery", Kind::Gp).await;
    let social = world.agency("social", Kind::SocialCare).await;
    let clinic = world.sensitive_agency("oakfield", Kind::SexualHealth).await;
    for (agency, job) in [
        (&school, "teacher"),
        (&surgery, "gp"),
        (&social, "social-worker"),
        (&clinic, "sexual-health-worker"),
    ] {
        agency.vouches_for("p1", "Pat Worker", job).await;
    }
    let someone = |n: u32| {
        child(
            ["Ada", "Ben", "Cleo", "Dan"][n as usize],
            "Example",
            "2017-03-04",
            Some(&nhs_number(n)),
            "ZZ1 1AA",
        )
    };
    for n in 0..4 {
        let local = format!("c{n}");
        school.knows(&local, someone(n)).await;
        school.works_with(&local, "p1", "team-member").await;
        let named = [&surgery.id, &social.id, &clinic.id, &school.id];
        school.records_consent(&local, "p1", consent(&named, &json!({}))).await;
    }
    // The child 0 nobody else knows; 1 the clinic alone; 2 is restricted; with 3 the surgery has ceased to work.
    for (agency, local, n) in [(&clinic, "c1", 1), (&social, "c2", 2)] {
        agency.knows(local, someone(n)).await;
        agency.works_with(local, "p1", "team-member").await;
    }
    social.records("restriction.set", Some("local:c2"), under("r-1", restriction("whole-record"))).await;
    surgery.knows("c3", someone(3)).await;
    world.sharing_knows().await;

    let ask = |holder| request(holder, &["action-plan"], "p1", &json!({}));
    let whoever = json!({"holder": {"whoeverTheIndexShows": true}});
    let nobody = answers(&school, "c0", ask(&surgery.id)).await;
    assert_eq!(nobody.len(), 3, "a receipt and a refusal: {nobody:#?}");
    assert!(nobody.iter().any(|answer| answer.contains("not-shared")));
    for (what, local, asked) in [
        ("a service that keeps itself hidden", "c1", ask(&clinic.id)),
        (
            "whoever works with a child of such a service",
            "c1",
            request(&clinic.id, &["action-plan"], "p1", &whoever),
        ),
        ("a restricted child", "c2", ask(&social.id)),
        (
            "whoever works with a restricted child",
            "c2",
            request(&social.id, &["action-plan"], "p1", &whoever),
        ),
        ("an agency that does not work with the child", "c3", ask(&surgery.id)),
        ("an agency that never was", "c3", ask(&world.id("nowhere"))),
        ("itself", "c3", ask(&school.id)),
    ] {
        assert_eq!(answers(&school, local, asked).await, nobody, "{what}");
    }
}
