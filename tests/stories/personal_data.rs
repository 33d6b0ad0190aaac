//! Marked personal data through everything, and then a look for it in every place where it must
//! not be: logs, traces, metrics, receipts, names, error texts, and the database outside of the
//! tables of children and registers.

use serde_json::{Value, json};
use stories::trouble::LOCK_NOT_AVAILABLE;
use stories::{Actor, Collector, Kind, World, until};

use crate::marks::{self, ANSWERED, OF_FAMILIES, OF_STAFF};
use crate::places::{self, Place};

/// Short pauses before a message is parked; the longest before one is tried again, so that it is found waiting.
const LIMITS: &str =
    "[limits]\noutbox_grace_ms = 500\noutbox_retry_ms = 20\ntick_ms = 20\nretry_delay_ms = 600000\n";

/// Who does things in this story.
struct Cast {
    school: Actor,
    health: Actor,
    surgery: Actor,
}

/// The log as talkative as it can be.
async fn open(collector: &Collector) -> (World, Cast) {
    let telemetry = format!("[telemetry]\nlog = \"trace\"\n{}", collector.configuration());
    let world = World::with_configuration(&format!("{telemetry}{LIMITS}")).await;
    let cast = Cast {
        school: world.agency("beaumont-school", Kind::School).await,
        health: world.agency("castle-health-visiting", Kind::HealthVisiting).await,
        surgery: world.agency("northside-surgery", Kind::Gp).await,
    };
    (world, cast)
}

/// Every type of statement.
async fn everything_is_said(Cast { school, health, surgery }: &Cast) {
    for (agency, id) in [(school, "t1"), (school, "t2"), (health, "hv1"), (surgery, "gp1")] {
        agency.records("practitioner.recorded", None, marks::practitioner(id)).await;
    }
    school.records("child.recorded", Some("local:c1"), marks::child("c-1")).await;
    health.records("child.recorded", Some("local:h1"), marks::child("h-1")).await;
    school.records("child.recorded", Some("local:c2"), marks::twin("c-2")).await;
    health.records("child.recorded", Some("local:h3"), marks::restricted("h-3")).await;
    school.records("involvement.recorded", Some("local:c1"), marks::involvement("t1", "i-1")).await;
    school.records("involvement.recorded", Some("local:c1"), marks::involvement("t2", "i-2")).await;
    school.records("caf.started", Some("local:c1"), marks::caf(&school.id, "f-1")).await;
    health.records("restriction.set", Some("local:h3"), marks::restriction("r-1")).await;
    school.records("involvement.ended", Some("local:c1"), marks::involvement_ended("i-2")).await;
    school.records("practitioner.ended", None, marks::practitioner_ended("t2")).await;
}

/// Lookups that match, that ask for more, that show nothing, that are refused.
async fn everything_is_asked(Cast { school, health, .. }: &Cast) {
    for (by, outcome) in marks::ways_of_asking() {
        let lookup = marks::lookup("hv1", &by);
        let answer = health.says("index.looked-up", None, lookup).await;
        assert_eq!(answer["data"]["outcome"], outcome, "{by}: {answer}");
    }
    let own = json!({"purpose": "assess-need", "practitioner": {"id": "hv1"}, "reasonText": "Zyxreason"});
    let answer = health.says("index.looked-up", Some("local:h1"), own).await;
    assert_eq!(answer["data"]["outcome"], "match", "{answer}");
    let (by, _) = marks::ways_of_asking().remove(0);
    let refused = school.says("index.looked-up", None, marks::lookup("t2", &by)).await;
    assert_eq!(refused["data"]["code"], "unknown-practitioner", "{refused}");
}

/// What is rejected at each of the checks.
async fn everything_is_mistaken(Cast { school, .. }: &Cast) {
    for (key, change, code) in marks::mistakes() {
        let message = school.message("child.recorded", Some("local:c9"), marks::child(&school.new_ref("c")));
        let body = change(Value::Object(message.envelope().clone()));
        let key = format!("{}.{key}", school.id);
        let properties = school.client.properties(&message);
        let receipt = school.sends_raw(&key, properties, &body, message.id()).await;
        assert_eq!(receipt["data"]["code"], code, "{receipt}");
    }
    let told = school.says("family.told", Some("local:c1"), marks::child("c-1")).await;
    assert_eq!(told["data"]["code"], "unknown-type", "{told}");
}

/// One message is set aside, one waits to be tried again, one answer is parked.
async fn everything_goes_wrong(world: &World, Cast { school, surgery, .. }: &Cast) {
    let mut database = world.database().await;
    // PostgreSQL's own words about this quote the whole row.
    let rule = "ALTER TABLE record ADD CONSTRAINT story CHECK (names::text NOT LIKE '%Zyxheld%')";
    sqlx::raw_sql(rule).execute(&mut database).await.expect("the superuser may");
    let mut held = marks::child("c-7");
    held["names"]["knownAs"] = json!("Zyxheld");
    let receipt = school.says("child.recorded", Some("local:c7"), held).await;
    assert_eq!(receipt["data"]["state"], "held", "{receipt}");

    world.database_refuses("involvement", "i-late", LOCK_NOT_AVAILABLE).await;
    let late = school.message("involvement.recorded", Some("local:c1"), marks::involvement("t1", "i-late"));
    school.client.publish(&late).await.expect("the broker takes it");

    let gone = &surgery.client.access().answers;
    world.management().delete_queue(gone).await.expect("the operator may");
    let (by, _) = marks::ways_of_asking().remove(0);
    let lookup = surgery.message("index.looked-up", None, marks::lookup("gp1", &by));
    surgery.client.publish(&lookup).await.expect("the broker takes it");
    until("one is held, one waits, one is parked", async || {
        let status: Value = world.index.admin().get("/status", &[]).await.expect("a status");
        let counts = [&status["setAside"], &status["retrying"], &status["parked"]];
        (counts == [1, 1, 1]).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn personal_data_stand_nowhere_but_where_they_belong() {
    let collector = Collector::start().await;
    let (mut world, mut cast) = open(&collector).await;
    everything_is_said(&cast).await;
    everything_is_asked(&cast).await;
    everything_is_mistaken(&cast).await;
    everything_goes_wrong(&world, &cast).await;

    let mut found = Vec::new();
    for agency in [&cast.school, &cast.health, &cast.surgery] {
        for message in agency.heard.all() {
            if message["type"] == "uk.caf.index.answered.v1" {
                Place::new("an answer", message.to_string()).assert_without(&OF_FAMILIES);
            } else {
                found.push(Place::new("a receipt", message.to_string()));
            }
        }
    }
    found.extend(places::database(&world).await);
    found.extend(places::broker(&world).await);
    found.extend(places::admin(&world).await);
    // From here on the program `caf` reads for them.
    for agency in [&mut cast.school, &mut cast.health] {
        agency.stop_listening().await;
    }
    found.extend(places::command_line(&world));
    found.push(places::metrics(&world).await);
    // The registers know staff, and involvements their telephones: families have no place there.
    for table in ["authority", "agency", "practitioner", "involvement"] {
        places::table(&world, table).await.assert_without(&OF_FAMILIES);
    }
    // The looking finds what is there.
    let children = places::table(&world, "record").await;
    assert!(OF_FAMILIES.iter().filter(|mark| children.holds(mark)).count() >= 14, "{children:?}");
    assert!(cast.health.heard.all().iter().any(|answer| answer.to_string().contains(ANSWERED)));

    assert!(world.index.stop().await.success());
    found.push(Place::new("the service's log", world.index.log()));
    found.push(Place::new("the traces", String::from_utf8_lossy(&collector.bytes())));
    found.extend(places::logs_of_the_servers(&world));
    assert!(collector.bytes().windows(6).any(|part| part == b"uk.caf"), "traces arrived");
    for place in &found {
        place.assert_without(&OF_FAMILIES);
        place.assert_without(&OF_STAFF);
    }
}
