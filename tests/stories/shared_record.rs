//! What the record of a decision holds: a code for each part that was declined (D-S7).

use serde_json::{Value, json};
use stories::facts::with;
use stories::shared::{in_the_public_interest, request};
use stories::shared_scene::ada;
use stories::{Actor, Kind, Ran, World};

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
}

fn done(ran: Ran) -> Ran {
    assert_eq!(ran.code, 0, "{ran:?}");
    ran
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
